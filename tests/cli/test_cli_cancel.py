"""Runs that are cancelled: by Ctrl+C, and from another terminal."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import psutil
import pytest

from studio.cli.progress import Interrupted, Interruption
from tests.cli.command_line import ENDLESS, CommandLine, write_pipeline
from tests.cli.conftest import Inside
from tests.workspaces import eventually


def running(root: Path) -> str:
    """The id of the workspace's only run, once its step has said something."""

    def speaking() -> list[Path]:
        logs = (root / "runs").glob("*/wait/log.txt")
        return [log for log in logs if "waiting" in log.read_text()]

    (log,) = eventually(speaking, "the step's first line")
    return log.parent.parent.name


def test_that_a_run_is_cancelled_from_another_terminal(
    root: Path, studio_at: CommandLine, inside: Inside
) -> None:
    write_pipeline(root, "endless", ENDLESS)
    following = studio_at.start("run", "endless", "--json")
    run_id = running(root)
    cancelled = studio_at("runs", "cancel", run_id, "--json")
    out, _ = following.communicate(timeout=30)
    assert cancelled.code == 0
    assert cancelled.json["state"] == "CANCELLED"
    assert following.returncode == 130
    assert json.loads(out)["state"] == "CANCELLED"
    assert json.loads(out)["steps"][0]["state"] == "CANCELLED"

    again = inside(*where(root), "runs", "cancel", run_id, "--json")
    assert (again.code, again.json["error"]["code"]) == (1, "refused")


def test_that_ctrl_c_cancels_the_run_and_waits_for_it(
    root: Path, studio_at: CommandLine, inside: Inside
) -> None:
    write_pipeline(root, "endless", ENDLESS)
    following = studio_at.start("run", "endless")
    assert following.stderr is not None
    assert "wait  RUNNING" in following.stderr.readline()
    following.send_signal(signal.SIGINT)
    out, err = following.communicate(timeout=30)
    assert following.returncode == 130
    assert "Cancelling" in err
    assert "CANCELLED" in out
    (run,) = inside(*where(root), "runs", "list", "--json").json["runs"]
    assert run["state"] == "CANCELLED"


def test_that_ctrl_c_is_kept_even_where_an_exception_would_be_swallowed() -> None:
    class Finalised:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGINT)

    with Interruption() as pressed:
        pressed.look()
        Finalised()
        with pytest.raises(Interrupted):
            pressed.look()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_that_a_run_goes_on_without_its_terminal_and_is_resumed(
    root: Path, studio_at: CommandLine, inside: Inside
) -> None:
    write_pipeline(root, "endless", ENDLESS)
    started = studio_at("run", "endless", "--no-wait", "--json")
    assert started.code == 0
    assert started.json["state"] in ("QUEUED", "RUNNING")
    run_id = started.json["run"]
    assert running(root) == run_id
    assert inside(*where(root), "runs", "resume", run_id).code == 1
    assert inside(*where(root), "runs", "delete", run_id).code == 1
    assert "waiting" in inside(*where(root), "runs", "logs", run_id, "wait").out
    beginning = run_id[:-2]
    assert inside(*where(root), "runs", "cancel", beginning).code == 0
    resumed = inside(*where(root), "runs", "resume", run_id, "--no-wait", "--json")
    assert resumed.json["resumed_from"] == run_id


def where(root: Path) -> list[str]:
    return ["--workspace", str(root)]


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGHUP])
def test_that_ctrl_c_or_a_closed_terminal_cancels_a_lock_whose_index_never_answers(
    root: Path,
    studio_at: CommandLine,
    inside: Inside,
    monkeypatch: pytest.MonkeyPatch,
    word: signal.Signals,
) -> None:
    asked = root / "requirements.txt"
    asked.write_text("alpha\n")
    create = ("environments", "create", str(asked), "--name", "waiting")
    assert inside(*where(root), *create).code == 0
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        place = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        monkeypatch.setenv("UV_DEFAULT_INDEX", place)
        locking = studio_at.start("environments", "lock", "waiting")
        with silent.accept()[0]:
            (uv,) = psutil.Process(locking.pid).children()
            locking.send_signal(word)
            _, err = locking.communicate(timeout=30)
    assert locking.returncode == 130
    assert "was cancelled" in err
    assert not uv.is_running()
