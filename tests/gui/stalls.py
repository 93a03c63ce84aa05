"""How long single events keep the window busy, over a whole run of its tests.

    STUDIO_WATCHDOG=report pytest -n 0 tests/gui    # figures, stacks of the longest
    STUDIO_WATCHDOG=strict pytest -n 0 tests/gui    # failed if any is over 250 ms

Time in which the computer gave the thread no processor is taken off where Linux
counts it. What a test does itself between events is no stall of the window.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

LONG, LOOK = 0.250, 0.050
MOST_STACKS, FRAMES = 20, 12
MODE = os.environ.get("STUDIO_WATCHDOG", "")


@dataclass
class Stalls:
    """Seconds that each outermost event took, and where the longest ones were."""

    seconds: list[float] = field(default_factory=list)
    stacks: list[str] = field(default_factory=list)
    test: str = ""

    def add(self, seconds: float, what: str, stack: str) -> None:
        self.seconds.append(seconds)
        if seconds > LONG and len(self.stacks) < MOST_STACKS:
            head = f"{seconds * 1000:.0f} ms in {what}, {self.test}"
            self.stacks.append(f"{head}\n{stack}")

    @property
    def long(self) -> int:
        return sum(each > LONG for each in self.seconds)

    def line(self) -> str:
        ordered = sorted(self.seconds) or [0.0]
        told = [f"{len(self.seconds):,} events"]
        for name, share in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
            at = min(len(ordered) - 1, int(share * len(ordered)))
            told.append(f"{name} {ordered[at] * 1000:.2f} ms")
        told.append(f"longest {ordered[-1] * 1000:.0f} ms")
        told.append(f"{self.long} over {LONG * 1000:.0f} ms")
        return ", ".join(told)


STALLS = Stalls()


class WatchedApplication(QApplication):
    """Notes how long each event takes that isn't part of another one."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._depth, self._began, self._stack = 0, 0.0, ""
        self._thread = threading.get_ident()
        self._counter = _open_counter()
        threading.Thread(target=self._look, daemon=True).start()

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self._depth or threading.get_ident() != self._thread:
            return super().notify(receiver, event)
        kind, who = event.type().name, type(receiver).__name__
        waited = self._waited()
        self._depth, self._stack = 1, ""
        self._began = time.perf_counter()
        try:
            return super().notify(receiver, event)
        finally:
            took = time.perf_counter() - self._began - (self._waited() - waited)
            self._depth = 0
            STALLS.add(max(0.0, took), f"{kind} of {who}", self._stack)

    def _look(self) -> None:
        """In a thread of its own: where an event is that lasts."""
        while True:
            time.sleep(LOOK)
            lasts = self._depth and time.perf_counter() - self._began > LONG
            if lasts and not self._stack:
                frame = sys._current_frames().get(self._thread)
                told = traceback.format_stack(frame)[-FRAMES:] if frame else []
                self._stack = "".join(told)
                # A frame that is kept keeps its event; Qt frees that, and what comes
                # to its address next would be taken for an event.
                del frame

    def _waited(self) -> float:
        """Seconds the thread has stood in the queue for a processor."""
        if self._counter < 0:
            return 0.0
        return int(os.pread(self._counter, 100, 0).split()[1]) / 1e9


def _open_counter() -> int:
    file = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return os.open(file, os.O_RDONLY) if file.exists() else -1
