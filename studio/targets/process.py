"""Steps as child processes of this computer, forked from a warm interpreter.

The warm parent has imported the usual libraries and computes nothing itself; it
speaks JSON lines (see studio/worker/warm.py). It ends, with all its children,
when our end of the pipe closes: also when this process is killed.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from studio.domain.errors import UnavailableError
from studio.domain.target import (
    StepTask,
    TargetEvent,
    TargetProblem,
    TaskEnded,
    TaskMemory,
    TaskStarted,
)

WORKER = Path(__file__).resolve().parent.parent / "worker" / "warm.py"
PRELOAD = (
    "numpy",
    "pyarrow",
    "pyarrow.parquet",
    "pyarrow.csv",
    "pandas",
    "sklearn.pipeline",
    "sklearn.compose",
    "sklearn.impute",
    "sklearn.preprocessing",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.model_selection",
    "sklearn.metrics",
)


class ProcessTarget:
    """`slots` steps run at once; default: as many as there are processors."""

    name = "local"

    def __init__(self, log: Path, slots: int = 0, python: str = "") -> None:
        self.slots = slots or os.cpu_count() or 1
        self._log = log
        self._python = python or sys.executable
        self._parent: subprocess.Popen[bytes] | None = None
        self._events: queue.SimpleQueue[TargetEvent] = queue.SimpleQueue()
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def check(self) -> TargetProblem | None:
        if not Path(self._python).exists():
            return TargetProblem(
                f"The interpreter {self._python} doesn't exist",
                hint="Choose another environment",
            )
        return None

    def warm_up(self) -> None:
        """Start the interpreter now, so that it is ready for the first step."""
        self._warm_parent()

    def start(self, task: StepTask) -> None:
        self._running[task.id] = self._warm_parent()
        sent = self._send(
            {
                "op": "start",
                "id": task.id,
                "command": task.command,
                "cwd": str(task.folder),
                "env": dict(task.environment),
                "stdout": str(task.log),
                "error_file": str(task.error_file),
                "timeout_s": task.timeout_seconds,
                "memory_limit_bytes": task.memory_limit_bytes,
            }
        )
        if not sent:  # it has just died, perhaps before it could be asked to tell
            self._events.put(_lost(task.id, "before it began"))

    def status(self, timeout_seconds: float) -> Sequence[TargetEvent]:
        events: list[TargetEvent] = []
        try:
            events.append(self._events.get(timeout=timeout_seconds))
            while True:
                events.append(self._events.get_nowait())
        except queue.Empty:
            pass
        for event in events:
            if isinstance(event, TaskEnded):
                self._running.pop(event.id, None)
        return events

    def logs(self, task: StepTask, offset: int = 0) -> bytes:
        try:
            with task.log.open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    def stop(self, task_id: str, grace_seconds: float = 5.0) -> None:
        self._send({"op": "stop", "id": task_id, "grace_s": grace_seconds})

    def close(self) -> None:
        """End the warm parent; it takes what still runs with it."""
        parent, self._parent = self._parent, None
        if parent is None:
            return
        if parent.stdin:
            try:
                parent.stdin.close()
            except BrokenPipeError:
                pass
        try:
            parent.wait(timeout=10)
        except subprocess.TimeoutExpired:
            _kill_tree(parent)
            parent.wait()

    # -- inside ---------------------------------------------------------------

    def _warm_parent(self) -> subprocess.Popen[bytes]:
        if self._parent is not None and self._parent.poll() is not None:
            self.close()
        if self._parent is None:
            self._parent = self._launch()
        return self._parent

    def _launch(self) -> subprocess.Popen[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._log.open("ab") as log:
                parent = subprocess.Popen(
                    [self._python, "-u", str(WORKER)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            raise UnavailableError(
                f"No interpreter could be started: {error.strerror}",
                hint=f"Check that {self._python} can be run",
            ) from error
        assert parent.stdout is not None
        reader = threading.Thread(
            target=self._read, args=(parent, parent.stdout), daemon=True
        )
        reader.start()
        self._parent = parent
        self._send({"preload": list(PRELOAD)})
        return parent

    def _send(self, message: dict[str, Any]) -> bool:
        """Whether there is still somebody to read it."""
        parent = self._parent
        if parent is None or parent.stdin is None:
            return False
        try:
            parent.stdin.write(json.dumps(message).encode() + b"\n")
            parent.stdin.flush()
        except BrokenPipeError:
            return False
        return True

    def _read(self, parent: subprocess.Popen[bytes], stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                if event := _parse(line):
                    self._events.put(event)
        code = parent.wait()
        for task_id, owner in list(self._running.items()):
            if owner is parent:
                self._events.put(_lost(task_id, f"with code {code}"))


def _kill_tree(parent: subprocess.Popen[bytes]) -> None:
    """It doesn't answer, so it can't take its steps along; they are killed here."""
    import psutil

    children = psutil.Process(parent.pid).children(recursive=True)
    parent.kill()
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue


def _lost(task_id: str, how: str) -> TaskEnded:
    reason = f"the interpreter that runs steps ended {how}"
    return TaskEnded(task_id, None, None, 0.0, reason=reason)


def _parse(line: bytes) -> TargetEvent | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    if data.get("event") == "started":
        return TaskStarted(data["id"], data["pid"], data.get("start_time") or 0)
    if data.get("event") == "memory":
        return TaskMemory(data["id"], int(data["peak_memory_bytes"]))
    if data.get("event") == "exited":
        return TaskEnded(
            data["id"],
            data.get("code"),
            data.get("signal"),
            float(data.get("seconds") or 0),
            data.get("peak_memory_bytes"),
            data.get("cpu_seconds"),
            data.get("reason") or "",
        )
    return None
