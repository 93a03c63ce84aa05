"""Single steps on the command line: paused before, opened again, put back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.cli.command_line import CommandLine, write_pipeline
from tests.cli.conftest import Inside, Trained
from tests.workspaces import eventually

SPEAKING = """
  speak:
    type: command
    command: echo done
"""


def test_that_a_run_pauses_and_is_let_go_on_from_another_terminal(
    root: Path, studio_at: CommandLine, inside: Inside
) -> None:
    write_pipeline(root, "words", SPEAKING)
    started = studio_at("run", "words", "--pause-before", "speak", "--no-wait")
    assert started.code == 0
    where = ["--workspace", str(root)]
    (run,) = inside(*where, "runs", "list", "--json").json["runs"]

    def state() -> str:
        shown = inside(*where, "runs", "show", run["run"], "--json").json
        return str(shown["steps"][0]["state"])

    eventually(lambda: state() == "PAUSED", "the pause")
    wrong = inside(
        *where, "runs", "continue", run["run"], "speak", "--set", "a=1", "--json"
    )
    assert (wrong.code, wrong.json["error"]["code"]) == (1, "invalid")
    assert inside(*where, "runs", "continue", run["run"], "speak").code == 0
    eventually(lambda: state() == "SUCCEEDED", "its end")
    late = inside(*where, "runs", "pause", run["run"], "speak", "--json")
    assert late.json["error"]["code"] == "refused"


def test_that_a_step_of_a_past_run_is_opened_and_its_code_put_back(
    trained: Trained, inside: Inside, tmp_path: Path
) -> None:
    where = ["--workspace", str(trained.root), "runs"]
    folder = tmp_path / "look"
    opened = inside(
        *where, "reopen", trained.run_id, "split", "-o", str(folder), "--json"
    ).json
    assert opened["folder"] == str(folder)
    assert opened["parameters"]["seed"] == "42"
    done = subprocess.run(["sh", opened["script"]], capture_output=True, timeout=90)
    assert done.returncode == 0, done.stderr
    assert json.loads(Path(opened["notebook"]).read_text())["nbformat"] == 4
    code = folder / "code" / "split.py"
    code.write_text(code.read_text() + "# mine\n")
    shown = inside(*where, "put-back", str(folder), "--dry-run", "--json").json
    assert (shown["files"], shown["is_new"]) == (["split.py"], True)
    assert shown["diff"].endswith("+# mine")
    assert not Path(shown["folder"]).exists()
    assert inside(*where, "put-back", str(folder)).code == 0
    assert Path(shown["folder"]).is_dir()
    back = inside(*where, "put-back", str(folder), "--undo", "--json").json
    assert back == {"component": "split", "restored": True}
    assert not Path(shown["folder"]).exists()
    never = inside(*where, "reopen", trained.run_id, "nobody", "--json")
    assert never.json["error"]["code"] == "refused"


def test_that_a_run_up_to_a_step_isnt_stopped_by_what_comes_after(
    root: Path, inside: Inside
) -> None:
    unfinished = SPEAKING + "  unknown:\n    component: azureml:nowhere@latest\n"
    write_pipeline(root, "words", unfinished)
    where = ["--workspace", str(root)]
    whole = inside(*where, "run", "words", "--json")
    assert (whole.code, whole.json["error"]["code"]) == (1, "invalid")
    for option in ("--to", "--only"):
        done = inside(*where, "run", "words", option, "speak", "--json").json
        states = {step["name"]: step["state"] for step in done["steps"]}
        assert states == {"speak": "SUCCEEDED", "unknown": "SKIPPED"}
