"""A runner process kept ready, its libraries loaded, for the next run.

Loading them takes seconds, which a person at the window would wait for at every
press of Run. An unused one ends when its owner's end of the pipe closes.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading

from studio.domain.run import RunnerProcess
from studio.services.processes import Detached, adopt, identity
from studio.storage.workspace import Workspace


class SpareRunner:
    """At most one process in waiting. Safe to use from any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._waiting: Detached | None = None

    def prepare(self) -> None:
        """Have a process in waiting. Not being able to only costs time later."""
        with self._lock:
            if self._waiting is not None and self._waiting.poll() is None:
                return
            with contextlib.suppress(OSError):
                self._waiting = self._start()

    def take(self, run_id: str) -> RunnerProcess | None:
        """Hand a run to the process in waiting; None if there is none."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is None or waiting.poll() is not None or waiting.stdin is None:
            return None
        adopt(waiting)
        try:
            runner = identity(waiting.pid)
            waiting.stdin.write(run_id.encode() + b"\n")
            waiting.stdin.close()
        except OSError:
            return None
        return runner

    def close(self) -> None:
        """Let the process in waiting end."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.stdin is not None:
            with contextlib.suppress(OSError):
                waiting.stdin.close()
            adopt(waiting)

    def _start(self) -> Detached:
        log = self._workspace.runs / "spare.log"
        with log.open("wb") as output:
            return Detached(
                [
                    *(sys.executable, "-P", "-m", "studio"),
                    *("runner", str(self._workspace.root), "-"),
                ],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self._workspace.root,
                start_new_session=True,
            )
