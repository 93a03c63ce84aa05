"""Ctrl+C on the command line: the first one is caught, the second one is as ever."""

from __future__ import annotations

import signal
import threading
from typing import Any, Self


class CtrlC:
    """While it is open, the first Ctrl+C only calls `caught`."""

    def __init__(self) -> None:
        self._pressed = False
        self._before: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def caught(self) -> None:
        """Called once, wherever the program happens to be: it must not raise."""

    def _press(self, *_: object) -> None:
        if self._pressed:
            raise KeyboardInterrupt
        self._pressed = True
        self.caught()
