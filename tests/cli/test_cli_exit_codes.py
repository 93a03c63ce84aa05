"""Each exit code of the contract, with what is said along."""

from __future__ import annotations

import os
import pty
from pathlib import Path

import pytest

from tests.cli.command_line import FAILING, CommandLine, write_pipeline
from tests.cli.conftest import Inside, Trained


def test_that_a_failed_run_ends_with_3_and_the_end_of_its_log(
    root: Path, studio_at: CommandLine
) -> None:
    write_pipeline(root, "failing", FAILING)
    answer = studio_at("run", "failing", "--json")
    assert answer.code == 3
    assert answer.json["state"] == "FAILED"
    assert answer.json["steps"][0]["error"]["message"]
    assert "the data is upside down" in answer.err
    shown = studio_at("runs", "show", answer.json["run"])
    assert shown.code == 0
    assert "FAILED" in shown.out


def test_that_a_failed_deployment_ends_with_3_and_the_end_of_its_log(
    root: Path, studio_at: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "score.py").write_text(
        "def init():\n    raise RuntimeError('no weights')\ndef run(data): return 1\n"
    )
    file = tmp_path / "deployment.yml"
    file.write_text(
        "name: blue\nendpoint_name: broken\n"
        "code_configuration:\n  code: .\n  scoring_script: score.py\n"
    )
    answer = studio_at("endpoints", "deploy", "-f", str(file), "--json")
    assert answer.code == 3
    assert answer.json["state"] == "FAILED"
    assert "no weights" in answer.json["message"]
    assert "Traceback" in answer.err


def test_that_a_scoring_script_answers_a_request_from_stdin(
    root: Path, studio_at: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "score.py").write_text(
        "import json, os\n"
        "def init(): pass\n"
        "def run(data): return [os.environ['GREETING'], json.loads(data)['who']]\n"
    )
    deployed = studio_at(
        *("endpoints", "deploy", "hello", "blue", "--scoring-script", "score.py"),
        *("--code", str(tmp_path), "--env", "GREETING=Good day"),
    )
    assert deployed.code == 0, deployed.err
    answer = studio_at("endpoints", "invoke", "hello", "-r", "-", stdin='{"who": "U"}')
    assert answer.json == ["Good day", "U"]
    assert studio_at("endpoints", "stop", "hello").code == 0
    stopped = studio_at("endpoints", "invoke", "hello", "-r", "-", stdin="{}")
    assert (stopped.code, stopped.out) == (1, "")
    assert "endpoints start hello" in stopped.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["models", "show", "nothing"],
        ["models", "register", "new", "no-such-file"],
        ["models", "list", "--filter", "f1>high"],
        ["runs", "show", "20200101"],
        ["runs", "logs", "20200101"],
        ["pipelines", "show", "nothing"],
        ["pipelines", "plan", "nothing.yml"],
        ["pipelines", "plan", "penguins", "--set", "inputs.nothing=1"],
        ["pipelines", "plan", "penguins", "--set", "inputs.max_depth=deep"],
        ["pipelines", "plan", "penguins", "--to", "nothing"],
        ["run", "penguins", "--target", "moon"],
        ["components", "show", "nothing"],
        ["components", "import", "no-such-folder"],
        ["endpoints", "show", "nothing"],
        ["endpoints", "create", "2x"],
        ["endpoints", "deploy", "species", "blue", "--model", "nothing"],
        ["endpoints", "invoke", "nothing", "--request", "no-such-file"],
        ["endpoints", "logs", "nothing", "blue"],
        ["events", "list", "--since", "nothing"],
        ["backup", "restore", "nothing"],
        ["init", "{root}/studio.db"],
        ["open", "{root}/pipelines"],
    ],
    ids=" ".join,
)
def test_that_a_refusal_is_1_with_a_message_and_a_hint(
    trained: Trained, inside: Inside, arguments: list[str]
) -> None:
    words = [word.format(root=trained.root) for word in arguments]
    answer = inside("--workspace", str(trained.root), *words, "--json")
    assert answer.code == 1
    assert set(answer.json) == {"error"}
    error = answer.json["error"]
    assert error["message"] and error["hint"]
    assert error["code"] in ("not_found", "invalid", "refused", "unavailable")
    assert answer.err.splitlines()[-2:] == [
        f"Error: {error['message']}",
        f"Hint: {error['hint']}",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["runs"],
        ["runs", "nothing"],
        ["run"],
        ["run", "penguins", "--set", "max_depth"],
        ["run", "penguins", "--to", "train", "--from", "train"],
        ["run", "penguins", "--nothing"],
        ["pipelines", "export", "penguins", "--format", "nothing"],
        ["models", "tag", "penguins", "stage"],
        ["models", "list", "--limit", "0"],
        ["endpoints", "traffic", "species", "blue=most"],
        ["endpoints", "deploy"],
        ["endpoints", "keys", "species", "--regenerate", "tertiary"],
        ["--workspace"],
    ],
    ids=" ".join,
)
def test_that_bad_usage_is_2(inside: Inside, arguments: list[str]) -> None:
    plain = inside(*arguments)
    assert (plain.code, plain.out) == (2, "")
    assert plain.err
    answer = inside("--json", *arguments)
    assert answer.code == 2
    assert answer.json["error"]["code"] == "usage"


def test_that_a_mistyped_verb_is_answered_with_the_right_one(inside: Inside) -> None:
    assert "Did you mean 'logs'" in inside("runs", "lgos").err
    assert "Did you mean 'models'" in inside("model").err


def test_that_a_bug_keeps_its_traceback(
    trained: Trained, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    from studio.services.models import ModelService

    monkeypatch.setattr(ModelService, "get", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        inside("--workspace", str(trained.root), "models", "show", "penguins")


def test_that_a_closed_pipe_is_no_bug(trained: Trained) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = trained.studio.start("pipelines", "export", "penguins", stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err


def test_that_a_terminal_shows_a_table_that_is_kept_up_to_date(
    trained: Trained,
) -> None:
    terminal, theirs = pty.openpty()
    process = trained.studio.start("run", "penguins", "--json", stderr=theirs)
    os.close(theirs)
    shown = b""
    while part := read(terminal):
        shown += part
    process.wait(timeout=30)
    assert process.stdout is not None
    process.stdout.close()
    os.close(terminal)
    assert process.returncode == 0
    assert b"reused, unchanged" in shown
    assert b"\x1b[" in shown


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side was closed
        return b""


def test_that_names_that_no_folder_can_have_are_told_as_that(
    root: Path, inside: Inside, tmp_path: Path
) -> None:
    write_pipeline(root, "failing", FAILING)
    file = str(root / "pipelines" / "failing" / "pipeline.yml")
    where = ["--workspace", str(root)]
    long = inside(*where, "pipelines", "import", file, "--as", "a" * 300)
    assert long.code == 1
    assert "100 letters at most, and this one 300" in long.err
    device = inside(*where, "pipelines", "import", file, "--as", "CON")
    assert device.code == 1
    assert "Windows keeps it" in device.err
    path = inside(*where, "components", "new", "../evil")
    assert path.code == 1
    assert "is a path" in path.err
    assert not list((root / "components").glob("*evil*"))


def test_that_a_new_workspace_says_how_to_run_in_it(
    inside: Inside, tmp_path: Path
) -> None:
    folder = tmp_path / "my birds"
    made = inside("init", str(folder), "--sample", "penguins")
    assert f"studio --workspace '{folder}' run penguins" in " ".join(made.out.split())
