"""Steps as child processes of this computer, forked from warm interpreters.

Each environment's interpreter has a warm parent of its own, which has imported the
usual libraries and computes nothing itself; it speaks JSON lines (see
studio/worker/warm.py). It ends, with all its children, when our end of the pipe
closes: also when this process is killed.
"""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Sequence
from pathlib import Path

from studio.domain.target import StepTask, TargetEvent, TargetProblem
from studio.targets.warm_interpreter import WarmInterpreter


class ProcessTarget:
    """`slots` steps run at once; default: as many as there are processors.

    `python` runs the steps that name no interpreter of their own.
    """

    name = "local"

    def __init__(self, log: Path, slots: int = 0, python: str = "") -> None:
        self.slots = slots or os.cpu_count() or 1
        self._log = log
        self._python = python or sys.executable
        self._warm: dict[str, WarmInterpreter] = {}
        self._events: queue.SimpleQueue[TargetEvent] = queue.SimpleQueue()

    def check(self) -> TargetProblem | None:
        if not Path(self._python).exists():
            return TargetProblem(
                f"The interpreter {self._python} doesn't exist",
                hint="Choose another environment",
            )
        return None

    def warm_up(self) -> None:
        """Start the interpreter now, so that it is ready for the first step."""
        self._interpreter(self._python)

    def start(self, task: StepTask) -> None:
        self._interpreter(task.python or self._python).start(
            task.id,
            {
                "command": task.command,
                "cwd": str(task.folder),
                "env": dict(task.environment),
                "stdout": str(task.log),
                "error_file": str(task.error_file),
                "timeout_s": task.timeout_seconds,
                "memory_limit_bytes": task.memory_limit_bytes,
            },
        )

    def status(self, timeout_seconds: float) -> Sequence[TargetEvent]:
        events: list[TargetEvent] = []
        try:
            events.append(self._events.get(timeout=timeout_seconds))
            while True:
                events.append(self._events.get_nowait())
        except queue.Empty:
            pass
        return events

    def logs(self, task: StepTask, offset: int = 0) -> bytes:
        try:
            with task.log.open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    def stop(self, task_id: str, grace_seconds: float = 5.0) -> None:
        for interpreter in self._warm.values():
            if task_id in interpreter.tasks:
                interpreter.stop(task_id, grace_seconds)

    def close(self) -> None:
        """End the warm interpreters; they take what still runs with them."""
        warm, self._warm = self._warm, {}
        for interpreter in warm.values():
            interpreter.close()

    def _interpreter(self, python: str) -> WarmInterpreter:
        made = self._warm.get(python)
        if made is None or not made.alive:
            if made is not None:
                made.close()
            made = WarmInterpreter(python, self._log, self._events.put)
            self._warm[python] = made
        return made
