"""Python's collector of reference cycles, on the window's thread and nowhere else.

It runs in whatever thread happens to allocate. A cycle with a widget in it that a
worker thread collected would be destroyed in that thread, which crashes Qt.
"""

from __future__ import annotations

import gc
import operator
import time

from PySide6.QtCore import QObject, QTimer

LOOK_MS = 500
FULL_SHARE = 0.01
"""At most this share of the time goes into looking through all objects."""


class Garbage(QObject):
    """As often as Python itself would, but from the window's event loop."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._full_from = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """The oldest generation that has its fill, with the younger ones."""
        young, middle, old = map(operator.gt, gc.get_count(), gc.get_threshold())
        began = time.monotonic()
        if old and began >= self._full_from:
            gc.collect(2)
            took = time.monotonic() - began
            self._full_from = began + took / FULL_SHARE
        elif young or middle:
            gc.collect(1 if middle else 0)

    def stop(self) -> None:
        """Python collects by itself again."""
        self._timer.stop()
        gc.enable()
