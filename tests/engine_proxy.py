"""A socket that leads to an engine, as a rootless one's does; it can go and come."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
from pathlib import Path

from docker_engine import TestEngine


class EngineProxy:
    """Stopped, nobody listens at `place`; what was connected is cut off."""

    def __init__(self, engine: TestEngine, place: Path) -> None:
        self._behind = engine.host.removeprefix("unix://")
        self._place = place
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def host(self) -> str:
        return f"unix://{self._place}"

    def __enter__(self) -> EngineProxy:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._stop.clear()
        self._place.parent.mkdir(parents=True, exist_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self._place))
        listening.listen(16)
        self._begin(self._listen, listening)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._place.unlink(missing_ok=True)

    def _begin(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _listen(self, listening: socket.socket) -> None:
        with listening:
            while not self._stop.is_set():
                if not select.select([listening], [], [], 0.05)[0]:
                    continue
                asking, _ = listening.accept()
                answering = socket.socket(socket.AF_UNIX)
                answering.connect(self._behind)
                self._begin(self._carry, asking, answering)

    def _carry(self, asking: socket.socket, answering: socket.socket) -> None:
        """Both ways, until one side has no more to say and nothing comes back."""
        other = {asking: answering, answering: asking}
        with asking, answering, contextlib.suppress(OSError):
            while other and not self._stop.is_set():
                for ready in select.select(list(other), [], [], 0.05)[0]:
                    if data := ready.recv(1 << 16):
                        (answering if ready is asking else asking).sendall(data)
                    elif ready is answering:
                        return
                    else:
                        other.pop(asking)
                        answering.shutdown(socket.SHUT_WR)
