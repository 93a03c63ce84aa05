"""One interpreter that is kept warm and forks a process for each step."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import IO, Any

from studio.domain.errors import UnavailableError
from studio.domain.target import TargetEvent, TaskEnded, TaskMemory, TaskStarted

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


class WarmInterpreter:
    """Started at once; `on_event` is called from a thread that reads what it tells."""

    def __init__(
        self, python: str, log: Path, on_event: Callable[[TargetEvent], None]
    ) -> None:
        self._on_event = on_event
        self._tasks: set[str] = set()
        self._process = _launch(python, log)
        assert self._process.stdout is not None
        reader = threading.Thread(
            target=self._read, args=(self._process.stdout,), daemon=True
        )
        reader.start()
        self._send({"preload": list(PRELOAD)})

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def tasks(self) -> Collection[str]:
        """Ids of what runs in it now."""
        return self._tasks

    def start(self, task_id: str, order: dict[str, Any]) -> None:
        self._tasks.add(task_id)
        if not self._send({"op": "start", "id": task_id, **order}):
            # it has just died, perhaps before it could be asked to tell
            self._end(_lost(task_id, "before it began"))

    def stop(self, task_id: str, grace_seconds: float) -> None:
        self._send({"op": "stop", "id": task_id, "grace_s": grace_seconds})

    def close(self) -> None:
        """End it; it takes what still runs with it."""
        if self._process.stdin:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                pass
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            _kill_tree(self._process)
            self._process.wait()

    def _send(self, message: dict[str, Any]) -> bool:
        """Whether there is still somebody to read it."""
        pipe = self._process.stdin
        if pipe is None:
            return False
        try:
            pipe.write(json.dumps(message).encode() + b"\n")
            pipe.flush()
        except (BrokenPipeError, ValueError):  # ValueError: it is closed
            return False
        return True

    def _read(self, stdout: IO[bytes]) -> None:
        with stdout:
            for line in stdout:
                if event := _parse(line):
                    self._end(event)
        code = self._process.wait()
        for task_id in list(self._tasks):
            self._end(_lost(task_id, f"with code {code}"))

    def _end(self, event: TargetEvent) -> None:
        if isinstance(event, TaskEnded):
            self._tasks.discard(event.id)
        self._on_event(event)


def _launch(python: str, log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as output:
            return subprocess.Popen(
                [python, "-u", str(WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                start_new_session=True,
            )
    except OSError as error:
        raise UnavailableError(
            f"No interpreter could be started: {error.strerror}",
            hint=f"Check that {python} can be run",
        ) from error


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
