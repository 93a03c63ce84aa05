"""A step of a past run, opened again: as it was, in a debugger, as a notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from debug_client import DebugClient
from workspaces import eventually, run_to_end, step, write_component

from studio.bootstrap import Studio
from studio.domain.errors import RefusedError
from studio.domain.node import FromPath, Value
from studio.domain.pipeline import Pipeline
from studio.domain.reopened import Debugging
from studio.domain.run import Run
from studio.services.processes import is_alive

SCRIPT = """
    import pathlib
    import sys

    # adds a word
    def joined(text, word):
        both = text + word
        return both

    if __name__ == "__main__":
        source, word, out = sys.argv[1:]
        text = pathlib.Path(source).read_text()
        pathlib.Path(out).write_text(joined(text, word))
        print("said", word)
"""
LINE = 8  # `return both`, with the empty line at the beginning


@pytest.fixture
def ran(studio: Studio, tmp_path: Path) -> tuple[Studio, Run]:
    """A run of `join`, which read a file outside the workspace, and `again`."""
    write_component(
        studio.workspace.root,
        "join",
        SCRIPT,
        inputs={
            "data": {"type": "uri_file"},
            "word": {"type": "string", "default": "x"},
        },
        outputs={"out": {"type": "uri_file"}},
        environment_variables={"COLOUR": "blue sky"},
    )
    (tmp_path / "data.txt").write_text("birds ")
    source = FromPath(str(tmp_path / "data.txt"), "uri_file")
    nodes = (
        step("join", data=source, word='it\'s "quoted" & more'),
        step("again", "join", data="@join.out", word="2"),
    )
    return studio, run_to_end(studio, Pipeline("p", nodes))


def result(command: Path, out: Path) -> str:
    done = subprocess.run(
        ["sh", str(command)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return out.read_text()


def test_that_a_step_is_laid_out_as_it_was_whatever_changed_since(
    ran: tuple[Studio, Run], tmp_path: Path
) -> None:
    studio, run = ran
    script = studio.workspace.components / "join" / "src" / "script.py"
    then = script.read_text()
    script.write_text("raise SystemExit('new code')\n")
    pipeline = studio.pipelines.get("p")
    studio.pipelines.save(pipeline.bind("again", "word", Value("other")))
    opened = studio.reopening.reopen(run.id, "again", tmp_path / "look")
    assert (opened.code / "script.py").read_text() == then
    assert opened.parameters == {"word": "2"}
    assert opened.environment["COLOUR"] == "blue sky"
    assert opened.notes == ()
    written = result(opened.script, Path(opened.outputs["out"]))
    assert written == 'birds it\'s "quoted" & more2'
    assert studio.runs.get(run.id) == run
    twice = studio.reopening.reopen(run.id, "again", tmp_path / "look")
    assert twice.folder == tmp_path / "look-2"
    assert studio.reopening.read(opened.folder) == opened


def test_that_data_that_has_changed_since_is_told(
    ran: tuple[Studio, Run], tmp_path: Path
) -> None:
    studio, run = ran
    assert studio.reopening.reopen(run.id, "join").notes == ()
    (tmp_path / "data.txt").write_text("fish ")
    (note,) = studio.reopening.reopen(run.id, "join").notes
    assert "data.txt, has changed since" in note


def test_that_a_step_that_failed_can_be_opened_and_one_that_never_began_cannot(
    studio: Studio,
) -> None:
    write_component(
        studio.workspace.root, "fails", "1 / 0", outputs={"out": {"type": "uri_file"}}
    )
    write_component(
        studio.workspace.root,
        "waits",
        "1",
        inputs={"data": {"type": "uri_file"}},
        outputs={"out": {"type": "uri_file"}},
    )
    nodes = (step("fails"), step("waits", data="@fails.out"))
    run = run_to_end(studio, Pipeline("p", nodes))
    opened = studio.reopening.reopen(run.id, "fails")
    done = subprocess.run(["sh", opened.script], capture_output=True, timeout=60)
    assert b"ZeroDivisionError" in done.stderr
    with pytest.raises(RefusedError, match=r"'waits' of run .* never began"):
        studio.reopening.reopen(run.id, "waits")


@pytest.fixture
def debugging(ran: tuple[Studio, Run], tmp_path: Path) -> Iterator[Debugging]:
    studio, run = ran
    opened = studio.reopening.reopen(run.id, "again", tmp_path / "debug")
    started = studio.reopening.debug(opened)
    yield started
    studio.reopening.stop(started)


def test_that_a_debugger_attaches_and_stops_at_a_breakpoint(
    debugging: Debugging,
) -> None:
    opened = debugging.reopened
    assert debugging.address.startswith("127.0.0.1:")
    attach = json.loads(opened.launch.read_text())["configurations"][0]
    assert attach["connect"] == {"host": "127.0.0.1", "port": opened.port}
    script = opened.code / "script.py"
    out = Path(opened.outputs["out"])
    with DebugClient(debugging.address) as client:
        client.attach(script, LINE)
        frame = client.stopped()
        assert (frame["name"], frame["line"]) == ("joined", LINE)
        seen = client.ask("evaluate", expression="word", frameId=frame["id"])
        assert seen["result"] == "'2'"
        assert not out.exists()
        client.ask("continue", threadId=1)
        client.event("terminated")
    assert out.read_text().endswith("more2")


def test_that_a_step_nobody_attaches_to_is_ended_with_all_it_started(
    ran: tuple[Studio, Run], debugging: Debugging
) -> None:
    studio, _ = ran
    assert is_alive(debugging.process)
    studio.reopening.stop(debugging)
    eventually(lambda: not is_alive(debugging.process), "its end")


def test_that_the_notebook_holds_code_and_runs_from_top_to_bottom(
    ran: tuple[Studio, Run], tmp_path: Path
) -> None:
    studio, run = ran
    opened = studio.reopening.reopen(run.id, "again", tmp_path / "book")
    book = json.loads(opened.notebook.read_text())
    assert book["nbformat"] == 4
    code = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
    assert code[0].startswith("parameters = {'word': '2'}")
    heads = [part.splitlines()[0] for part in code[2:]]
    assert heads == ["import pathlib", "# adds a word", 'if __name__ == "__main__":']
    whole = tmp_path / "whole.py"
    whole.write_text("\n".join(code))
    subprocess.run([sys.executable, str(whole)], check=True, timeout=60)
    assert Path(opened.outputs["out"]).read_text().endswith("more2")
