"""Children that go on when we end."""

from __future__ import annotations

import os
import signal
import subprocess

from studio.services.processes import Detached


def test_that_letting_go_of_one_that_still_runs_is_no_leak() -> None:
    """Of another child Python would warn here, which fails a test."""
    child = Detached(["sleep", "600"], stdin=subprocess.DEVNULL)
    pid = child.pid
    del child
    os.kill(pid, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
