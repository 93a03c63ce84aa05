"""Runs a program that ends with whoever asked for it, however that one ends.

    python -m studio.worker.tether PROGRAM ARGUMENTS...

Our stdin is the tether: when the other end of it is gone, be it by a kill, the program
and all that it has started are ended. They are, too, when we are asked to end, or when
the program itself has ended.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from functools import partial
from typing import List

from . import kernel

_GRACE_SECONDS = 2.0


def run(arguments: List[str], tether: int) -> None:
    """Returns when nothing of the program is left."""
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    kernel.adopt_orphans()
    program = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(kernel.die_with_parent, os.getpid()),
    )
    while program.poll() is None:
        ready, _, _ = select.select([tether, wake_read], [], [])
        told = set(os.read(wake_read, 512)) if wake_read in ready else set()
        if signal.SIGTERM in told or (tether in ready and not os.read(tether, 512)):
            _end(program)
            break
    kernel.kill_children(but=set())


def _end(program: subprocess.Popen[bytes]) -> None:
    """Ask its group to end, and kill it when it takes too long."""
    os.killpg(program.pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    if program.poll() is None:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()


if __name__ == "__main__":
    run(sys.argv[1:], 0)
