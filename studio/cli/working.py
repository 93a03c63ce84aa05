"""Long work on the command line: its progress on stderr, and Ctrl+C cancels it."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any, Self

from studio.cli.ctrl_c import CtrlC
from studio.cli.output import note, plain

if TYPE_CHECKING:
    from studio.environments.tool import Progress

_ENDINGS = ("SIGTERM", "SIGHUP")


class Work(CtrlC):
    """The first Ctrl+C sets `cancelled`, the second one ends the program. So does the
    end of the terminal, after which no tool must be left at work."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = threading.Event()
        self._told = ""
        self._began = time.monotonic()
        self._as_before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        super().__enter__()
        if threading.current_thread() is threading.main_thread():
            for name in _ENDINGS:
                number = getattr(signal, name, None)
                if number and signal.getsignal(number) is not signal.SIG_IGN:
                    self._as_before[number] = signal.signal(number, self._end)
        return self

    def __exit__(self, *reason: object) -> None:
        for number, before in self._as_before.items():
            signal.signal(number, before)
        super().__exit__(*reason)

    def _end(self, *_: object) -> None:
        self.cancelled.set()

    def caught(self) -> None:
        note("Cancelling. Press Ctrl+C again to end at once.")
        self.cancelled.set()

    def tell(self, progress: Progress) -> None:
        """A line for each new thing that is being done."""
        told = progress.message or progress.phase
        if told == self._told:
            return
        self._told = told
        note(f"[{time.monotonic() - self._began:6.1f} s] {plain(told)}")
