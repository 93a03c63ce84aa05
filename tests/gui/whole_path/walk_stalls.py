"""How long the window's event loop was away, and where it was when that was long."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 0.010
LONG = 0.250


class Watchdog(QObject):
    """A beat every 10 ms in the event loop; a thread looks when one is overdue.

    Time in which the computer gave the loop's thread no processor, though it wanted
    one, is no stall of the window: where Linux counts it, it is taken off.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.stalls: list[float] = []
        self.stacks: list[str] = []
        self._suspect = ""
        self._thread = threading.get_ident()
        self._counted = _open_counter()
        self._beaten, self._waited = time.monotonic(), self._waiting()
        self._done = threading.Event()
        timer = QTimer(self, interval=round(BEAT * 1000))
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(self._beat)
        timer.start()
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._done.set()

    def figures(self) -> dict[str, float]:
        """Milliseconds that beats came late."""
        late = sorted(self.stalls)
        return {
            "beats": len(late),
            "p50_ms": _of(late, 0.5),
            "p99_ms": _of(late, 0.99),
            "p999_ms": _of(late, 0.999),
            "max_ms": _of(late, 1.0),
        }

    def _beat(self) -> None:
        now, waited = time.monotonic(), self._waiting()
        late = now - self._beaten - BEAT - (waited - self._waited)
        self._beaten, self._waited = now, waited
        self.stalls.append(max(0.0, late))
        if late > LONG and self._suspect:
            self.stacks.append(f"{late:.3f} s\n{self._suspect}")
        self._suspect = ""

    def _watch(self) -> None:
        noted = 0.0
        while not self._done.wait(BEAT * 3):
            beaten = self._beaten
            if time.monotonic() - beaten > LONG and beaten != noted:
                noted = beaten
                frame = sys._current_frames().get(self._thread)
                self._suspect = _told(frame)

    def _waiting(self) -> float:
        """Seconds the thread has stood in the queue for a processor."""
        if self._counted < 0:
            return 0.0
        return int(os.pread(self._counted, 100, 0).split()[1]) / 1e9


def _open_counter() -> int:
    file = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
    return os.open(file, os.O_RDONLY) if file.exists() else -1


def _of(late: list[float], share: float) -> float:
    if not late:
        return 0.0
    return round(1000 * late[min(len(late) - 1, int(share * len(late)))], 1)


def _told(frame: FrameType | None) -> str:
    return "".join(traceback.format_stack(frame)[-9:]) if frame else "(ended)"
