"""Long work on the command line: its progress on stderr, and Ctrl+C cancels it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from studio.cli.ctrl_c import CtrlC
from studio.cli.output import note

if TYPE_CHECKING:
    from studio.environments.tool import Progress


class Work(CtrlC):
    """The first Ctrl+C sets `cancelled`, the second one ends the program."""

    def __init__(self) -> None:
        super().__init__()
        self.cancelled = threading.Event()
        self._told = ""
        self._began = time.monotonic()

    def caught(self) -> None:
        note("Cancelling. Press Ctrl+C again to end at once.")
        self.cancelled.set()

    def tell(self, progress: Progress) -> None:
        """A line for each new thing that is being done."""
        told = progress.message or progress.phase
        if told == self._told:
            return
        self._told = told
        note(f"[{time.monotonic() - self._began:6.1f} s] {told}")
