"""Long work on the command line: its progress on stderr, and Ctrl+C cancels it."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from studio.cli.output import note

if TYPE_CHECKING:
    from studio.environments.tool import Progress


class Work:
    """The first Ctrl+C sets `cancelled`, the second one ends the program."""

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._before: Any = None
        self._told = ""
        self._began = time.monotonic()

    def __enter__(self) -> Work:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def tell(self, progress: Progress) -> None:
        """A line for each new thing that is being done."""
        told = progress.message or progress.phase
        if told == self._told:
            return
        self._told = told
        note(f"[{time.monotonic() - self._began:6.1f} s] {told}")

    def _press(self, *_: object) -> None:
        if self.cancelled.is_set():
            raise KeyboardInterrupt
        note("Cancelling. Press Ctrl+C again to end at once.")
        self.cancelled.set()
