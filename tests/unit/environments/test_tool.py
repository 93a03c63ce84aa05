"""Tools run as child processes."""

from __future__ import annotations

import sys
import threading

import psutil
import pytest

from studio.domain.errors import UnavailableError
from studio.environments import tool
from studio.environments.tool import WorkCancelled, run_tool
from tests.workspaces import eventually


def _has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_that_both_streams_are_heard_line_by_line() -> None:
    told: list[str] = []
    program = "import sys; print('a'); print('b'); print('c', file=sys.stderr); exit(3)"
    ended = run_tool([sys.executable, "-c", program], what="A", on_output=told.append)
    assert (ended.code, ended.stdout, ended.stderr) == (3, "a\nb\n", "c\n")
    assert told == ["a", "b"]


def test_that_a_program_reads_its_request_and_notices_our_end() -> None:
    program = "print(input()[::-1])"
    ended = run_tool([sys.executable, "-c", program], what="A", request="abc")
    assert ended.stdout == "cba\n"


def test_that_cancelling_ends_the_whole_group() -> None:
    cancel = threading.Event()
    pids: list[int] = []
    program = (
        "import subprocess, sys, time;"
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(c.pid, flush=True); time.sleep(600)"
    )

    def heard(line: str) -> None:
        pids.append(int(line))
        cancel.set()

    with pytest.raises(WorkCancelled, match="The solve was cancelled"):
        run_tool(
            [sys.executable, "-c", program],
            what="The solve",
            cancel=cancel,
            on_output=heard,
        )
    assert pids
    eventually(lambda: _has_ended(pids[0]), "the end of what it had started")


def test_that_nothing_starts_where_it_was_cancelled_before() -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(WorkCancelled):
        run_tool(["no-such-program"], what="A", cancel=cancel)


def test_that_a_program_that_is_missing_is_named() -> None:
    with pytest.raises(UnavailableError, match="uv could not be started"):
        run_tool(["/no/such/program"], what="uv")


def test_that_a_daemon_that_keeps_the_streams_open_is_not_waited_for() -> None:
    program = (
        "import subprocess, sys;"
        "c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(c.pid)"
    )
    ended = run_tool([sys.executable, "-c", program], what="A")
    assert ended.code == 0
    eventually(lambda: _has_ended(int(ended.stdout)), "the end of what it had started")


def test_that_a_program_that_says_nothing_is_ended() -> None:
    program = "import time; time.sleep(600)"
    with pytest.raises(UnavailableError, match="said nothing for"):
        run_tool([sys.executable, "-c", program], what="It", silent_seconds=0.1)


def test_that_all_is_heard_of_a_tool_that_has_ended_before_anybody_listens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tool, "_POLL_SECONDS", 0.0)  # as if the readers were late
    said = [
        run_tool([sys.executable, "-c", "print('all of it')"], what="Speaking").stdout
        for _ in range(5)
    ]
    assert said == ["all of it\n"] * 5


@pytest.mark.parametrize("stream", [1, 2])
def test_that_a_tool_that_talks_without_end_takes_no_memory_of_ours(
    stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "_MOST_SAID", 1 << 20)
    cancel = threading.Event()
    heard: list[int] = []

    def hear(line: str) -> None:
        heard.append(len(line))
        if sum(heard) > 1 << 23:
            cancel.set()

    program = f"import os\nwhile True: os.write({stream}, b'x' * 65536)"
    with pytest.raises((UnavailableError, WorkCancelled)):
        run_tool(
            [sys.executable, "-c", program],
            what="A",
            cancel=cancel,
            on_error=hear,
        )
    assert max(heard, default=0) <= 1 << 18
