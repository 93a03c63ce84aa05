from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import psutil
import pytest

from studio.domain.errors import CancelledError, UnavailableError
from studio.environments.child import run_child

ENVIRONMENT = dict(os.environ)


def test_that_output_lines_and_status_come_back(tmp_path: Path) -> None:
    told: list[str] = []
    script = (
        "import sys; print('out'); print('one\\ntwo', file=sys.stderr); sys.exit(3)"
    )
    finished = run_child(
        [sys.executable, "-c", script],
        environment=ENVIRONMENT,
        folder=tmp_path,
        on_line=told.append,
    )
    assert (finished.code, finished.output, finished.told) == (3, "out\n", "one\ntwo\n")
    assert told == ["one", "two"]


def test_that_cancelling_ends_a_tool_and_what_it_has_started(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "inner = subprocess.Popen(sleep)\n"
        "print(inner.pid, file=sys.stderr, flush=True)\n"
        "time.sleep(60)\n"
    )
    cancelled = threading.Event()
    pids: list[int] = []

    def heard(line: str) -> None:
        pids.append(int(line))
        cancelled.set()

    with pytest.raises(CancelledError):
        run_child(
            [sys.executable, "-c", script],
            environment=ENVIRONMENT,
            folder=tmp_path,
            on_line=heard,
            cancelled=cancelled,
        )
    assert _gone(pids[0])


def test_that_a_daemon_that_holds_the_pipes_doesnt_keep_us(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "inner = subprocess.Popen(sleep)\n"
        "print(inner.pid)\n"
    )
    finished = run_child(
        [sys.executable, "-c", script], environment=ENVIRONMENT, folder=tmp_path
    )
    assert finished.code == 0
    assert _gone(int(finished.output))


def test_that_a_tool_that_says_nothing_is_ended(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="said nothing"):
        run_child(
            [sys.executable, "-c", "import time; time.sleep(60)"],
            environment=ENVIRONMENT,
            folder=tmp_path,
            seconds=0.1,
        )


def test_that_a_tool_that_isnt_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="nothere could not be started"):
        run_child([str(tmp_path / "nothere")], environment=ENVIRONMENT, folder=tmp_path)


def _gone(pid: int) -> bool:
    """Killed; nobody may have taken note of it yet."""
    try:
        process = psutil.Process(pid)
        process.wait(10)
    except psutil.NoSuchProcess:
        return True
    return not process.is_running()
