"""A step of a past run, opened again: as it was, in a debugger, as a notebook."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from debug_client import DebugClient
from forked import PROCESSES
from workspaces import (
    SharedTarget,
    eventually,
    run_here,
    run_to_end,
    step,
    write_component,
)

from studio.bootstrap import Studio, open_workspace
from studio.domain.errors import RefusedError
from studio.domain.node import FromPath, Value
from studio.domain.pipeline import Pipeline
from studio.domain.reopened import Debugging
from studio.domain.run import Run, RunnerProcess
from studio.services.processes import boot_id, is_alive

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
def ran(studio: Studio, target: SharedTarget, tmp_path: Path) -> tuple[Studio, Run]:
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
    return studio, run_here(studio, target, Pipeline("p", nodes))


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


def test_that_what_was_opened_last_is_found_again(ran: tuple[Studio, Run]) -> None:
    studio, run = ran
    assert studio.reopening.latest(run.id, "again") is None
    first = studio.reopening.reopen(run.id, "again")
    assert studio.reopening.latest(run.id, "again") == first
    second = studio.reopening.reopen(run.id, "again")
    assert second.folder != first.folder
    assert studio.reopening.latest(run.id, "again") == second
    assert studio.reopening.latest(run.id, "join") is None


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


def debug_and_die(root: Path, run_id: str, folder: Path) -> None:
    studio = open_workspace(root)
    started = studio.reopening.debug(studio.reopening.reopen(run_id, "again", folder))
    first = psutil.Process(started.process.pid)
    family = [first, *first.children(recursive=True)]
    told = [[one.pid, one.create_time()] for one in family]
    (folder / "family.json").write_text(json.dumps(told))
    os.kill(os.getpid(), signal.SIGKILL)


def test_that_a_debugged_step_ends_with_the_process_that_was_killed(
    ran: tuple[Studio, Run], tmp_path: Path
) -> None:
    studio, run = ran
    folder = tmp_path / "debug"
    arguments = (studio.workspace.root, run.id, folder)
    window = PROCESSES.Process(target=debug_and_die, args=arguments)
    window.start()
    window.join()
    assert window.exitcode == -signal.SIGKILL
    told = json.loads((folder / "family.json").read_text())
    family = [RunnerProcess(pid, created, boot_id()) for pid, created in told]
    assert len(family) >= 3  # the tether, Python and what debugpy starts
    eventually(lambda: not any(map(is_alive, family)), "the end of all of them")


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


def test_that_edited_code_is_put_back_and_the_plan_says_so(
    ran: tuple[Studio, Run],
) -> None:
    studio, run = ran
    opened = studio.reopening.reopen(run.id, "again")
    edited = opened.code / "script.py"
    before = edited.read_text()
    edited.write_text(before.replace("text + word", "word + text"))
    (opened.code / "__pycache__").mkdir()
    (opened.code / "__pycache__" / "x.pyc").write_text("")
    (opened.code / "leftover.csv").write_text("made by the step")
    change = studio.putting_back.change(opened)
    assert (change.files, change.is_new) == (("script.py",), False)
    assert "+    both = word + text" in change.diff.splitlines()
    script = studio.workspace.components / "join" / "src" / "script.py"
    assert script.read_text() == before
    studio.putting_back.put_back(opened)
    assert script.read_text() == edited.read_text()
    plan = studio.runs.plan("p")
    assert plan.steps[0].reason == "code changed: script.py +1 -1"
    assert studio.putting_back.undo(opened) == "join"
    assert {each.action for each in studio.runs.plan("p").steps} == {"reuse"}
    with pytest.raises(RefusedError, match="Nothing was put back"):
        studio.putting_back.undo(opened)


def test_that_an_undo_never_overwrites_what_came_after(
    ran: tuple[Studio, Run],
) -> None:
    studio, run = ran
    opened = studio.reopening.reopen(run.id, "again")
    with pytest.raises(RefusedError, match="has already"):
        studio.putting_back.put_back(opened)
    (opened.code / "script.py").write_text("1\n")
    studio.putting_back.put_back(opened)
    script = studio.workspace.components / "join" / "src" / "script.py"
    script.write_text("2\n")
    with pytest.raises(RefusedError, match="edited since"):
        studio.putting_back.undo(opened)
    assert script.read_text() == "2\n"


def test_that_a_built_in_is_hidden_by_a_copy_that_an_undo_takes_away(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "data.csv").write_text("a,b\n1,2\n")
    source = FromPath(str(tmp_path / "data.csv"), "uri_file")
    pipeline = Pipeline("p", (step("load", "import_data", source=source),))
    component = studio.components.get("import_data")
    port = component.inputs[0].name
    node = pipeline.nodes[0]
    pipeline = Pipeline("p", (step("load", "import_data", **{port: source}),))
    assert node.name == "load"
    run = run_to_end(studio, pipeline)
    opened = studio.reopening.reopen(run.id, "load")
    code = opened.code / "import_data.py"
    code.write_text(code.read_text() + "# mine\n")
    change = studio.putting_back.put_back(opened)
    assert change.is_new
    own = studio.components.get("import_data")
    assert not own.built_in
    assert own.source is not None
    assert own.source.is_relative_to(studio.workspace.components)
    assert studio.runs.plan("p").steps[0].reason.endswith("import_data.py +1 -0")
    studio.putting_back.undo(opened)
    assert studio.components.get("import_data").built_in
    assert studio.runs.plan("p").steps[0].action == "reuse"
