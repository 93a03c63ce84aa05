"""The log of a step (or of the runner), read on while the step runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.gui.designer.bottom.problems import fill
from studio.gui.tasks import Periodic, Tasks
from studio.gui.widgets.log_view import LogView

if TYPE_CHECKING:
    from studio.services.log_files import LogPart
    from studio.services.runs.service import RunService

READ_SECONDS = 0.2


class _Reader:
    """Where a log is read on from; used by one worker at a time."""

    def __init__(self, runs: RunService, run_id: str, step: str) -> None:
        self._runs, self.run_id, self.step = runs, run_id, step
        self._offset = 0

    def read(self) -> LogPart:
        part = self._runs.log(self.run_id, self.step, self._offset)
        self._offset = part.offset
        return part


class LogTab(QWidget):
    """`place_clicked(file, line)` follows a click on a traceback's place."""

    place_clicked = Signal(str, int)

    def __init__(
        self, runs: RunService, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self._tasks = runs, tasks
        self._reader: _Reader | None = None
        self._poll: Periodic | None = None
        self._live = False
        self.view = LogView()
        self.view.edit.setPlaceholderText("Nothing was printed so far")
        self.view.place_clicked.connect(self.place_clicked)
        fill(self, self.view)

    @property
    def shown(self) -> tuple[str, str]:
        """Run and step whose log is shown; "" where there is none."""
        reader = self._reader
        return (reader.run_id, reader.step) if reader is not None else ("", "")

    def show_log(self, run_id: str, step: str, *, live: bool) -> None:
        """Follow a step's log; "" as run shows nothing, "" as step the runner's."""
        reader = self._reader
        same = reader and (reader.run_id, reader.step) == (run_id, step)
        if not same:
            self._start(run_id, step)
        self._live = live
        if same and live and self._poll is None:
            self._resume()

    def _start(self, run_id: str, step: str) -> None:
        self._stop()
        self.view.clear()
        self._reader = _Reader(self._runs, run_id, step) if run_id else None
        if self._reader is not None:
            self._resume()

    def _resume(self) -> None:
        assert self._reader is not None
        reader = self._reader
        self._poll = self._tasks.every(
            READ_SECONDS,
            reader.read,
            lambda part: self._take(reader, part),
            failed=lambda _: self._stop(),
            owner=self,
        )

    def _take(self, reader: _Reader, part: LogPart) -> None:
        if reader is not self._reader:
            return
        if part.text:
            self.view.append(part.text)
        elif not self._live:  # the step has ended, and all of it was read
            self._stop()

    def _stop(self) -> None:
        if self._poll is not None:
            self._poll.stop()
            self._poll = None
