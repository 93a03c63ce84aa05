"""Real warm parents, driven over their own lines."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import studio.worker

WORKER = Path(studio.worker.__file__).parent
PATIENCE = 30.0

Event = dict[str, Any]


def wait_until(condition: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true value of `condition`, polled; fails after `seconds`."""
    tick = threading.Event()
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        tick.wait(0.005)
    return value


class Steps:
    """A process that takes steps, and everything it says about them."""

    def __init__(
        self,
        folder: Path,
        preload: Sequence[str] = (),
        program: str = "warm.py",
    ) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(WORKER / program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self.events: list[Event] = []
        self._arrived: queue.Queue[Event] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.send({"preload": list(preload)})

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._arrived.put(json.loads(line))

    def send(self, request: Event) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(request).encode() + b"\n")

    def next_event(self, kind: str, id: str | None = None) -> Event:
        """The first event of that kind (and step) not taken yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            for event in self.events:
                if event["event"] == kind and id in (None, event.get("id")):
                    self.events.remove(event)
                    return event
            left = max(0.01, deadline - time.monotonic())
            self.events.append(self._arrived.get(timeout=left))

    def log(self, id: str) -> str:
        path = self.folder / f"{id}.log"
        return path.read_text() if path.exists() else ""

    def error(self, id: str) -> dict[str, Any]:
        return dict(json.loads((self.folder / f"{id}.error.json").read_text()))

    def script(self, text: str, name: str = "step.py") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def start(self, id: str, command: str, **more: Any) -> Event:
        request: Event = {
            "op": "start",
            "id": id,
            "command": command,
            "cwd": str(self.folder),
            "env": dict(os.environ),
            "stdout": str(self.folder / f"{id}.log"),
            "error_file": str(self.folder / f"{id}.error.json"),
            "timeout_s": None,
            "memory_limit_bytes": None,
        }
        self.send({**request, **more})
        return self.next_event("started", id)

    def run(self, script: str, id: str = "s", **more: Any) -> Event:
        """Run the script text as a step to its end; its "exited" event."""
        self.script(script)
        self.start(id, more.pop("command", "python step.py"), **more)
        return self.next_event("exited", id)

    def close(self) -> None:
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
