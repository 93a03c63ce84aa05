"""What work on an environment has told: live while it goes on, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from studio.domain.work_log import WorkLog
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import column
from studio.gui.widgets.chip import look
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.formats import format_seconds
from studio.gui.widgets.log_view import LogView
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.gui.works import Work, Works

if TYPE_CHECKING:
    from studio.bootstrap import Studio


class LogTab(QWidget):
    """A list of what was done, also by others and before this window; one log below.

    `changed` when another work has come or ended; `line_wanted(WorkLog, int)` asks
    for a line of the Dockerfile.
    """

    changed = Signal()
    line_wanted = Signal(object, int)

    def __init__(self, studio: Studio, tasks: Tasks, works: Works) -> None:
        super().__init__()
        self._studio, self._tasks, self._works = studio, tasks, works
        self._name = ""
        self._kept: Sequence[WorkLog] = ()
        self._shown: WorkLog | None = None
        self._lines = 0
        self._listing: Task | None = None
        self._reading: Task | None = None
        self.table: DataTable[WorkLog] = DataTable(
            RowsModel(_columns(), key=lambda each: each.id)
        )
        self.table.setAccessibleName("What was done")
        self.view = LogView()
        self._stack = QStackedWidget()
        self._build()

    @property
    def shown(self) -> WorkLog | None:
        """The one whose lines are shown."""
        return self._shown

    @property
    def logs(self) -> Sequence[WorkLog]:
        """All that are known, the newest first."""
        live = [work.log for work in self._works.of(self._name)]
        ids = {log.id for log in live}
        found = [*live, *(log for log in self._kept if log.id not in ids)]
        return sorted(found, key=lambda log: log.id, reverse=True)

    def fault_of(self, reference: str) -> WorkLog | None:
        """The build of a version that has failed at a line, if it is its last one."""
        last = {log.title: log for log in reversed(self.logs) if not log.goes_on}
        found = (log for log in last.values() if log.subject == reference)
        return next((log for log in found if log.line), None)

    def set_name(self, name: str) -> None:
        """Show what is done with another environment."""
        if name != self._name:
            self._name, self._kept = name, ()
            self._show(None)
            self._list()
        self.reload()

    def reload(self) -> None:
        """Read what is kept: another window or a command may have done more."""
        if self._listing is not None:
            self._listing.cancel()
        self._listing = self._tasks.run(
            partial(self._studio.work_logs.list, self._name),
            done=self._listed,
            owner=self,
        )

    def show_log(self, log: WorkLog) -> None:
        """Show a log from its beginning."""
        self._list()
        self.table.select_key(log.id)
        self._choose(log)

    def _build(self) -> None:
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.view)
        split.setSizes([150, 400])
        split.setStretchFactor(1, 1)
        self._stack.addWidget(
            EmptyState(
                "scroll",
                "Nothing has been done yet",
                "Lock or build it, and what the tools tell stands here.",
            )
        )
        self._stack.addWidget(split)
        layout = column(gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)
        self.table.current_changed.connect(self._choose)
        self.view.place_clicked.connect(self._place_clicked)
        self._works.changed.connect(self._follow)

    def _listed(self, found: Sequence[WorkLog]) -> None:
        self._kept = found
        self._list()

    def _list(self) -> None:
        logs = self.logs
        self._stack.setCurrentIndex(1 if logs else 0)
        if self._shown is not None and self._shown.id not in {e.id for e in logs}:
            self._show(None)
        self.table.rows_model.set_rows(logs)
        if logs and self.table.current() is None:
            self.table.select_key(logs[0].id)
        self._choose(self.table.current() if self._shown is None else None)
        self.changed.emit()

    def _choose(self, log: WorkLog | None) -> None:
        if log is not None and (self._shown is None or log.id != self._shown.id):
            self._show(log)

    def _show(self, log: WorkLog | None) -> None:
        self._shown, self._lines = log, 0
        if self._reading is not None:
            self._reading.cancel()
        self.view.clear()
        self.view.set_following(True)
        if log is None:
            return
        if (work := self._work_of(log)) is not None:
            self._more(work)
            return
        self._reading = self._tasks.run(
            partial(self._studio.work_logs.lines, log),
            done=self.view.append_lines,
            owner=self,
        )

    def _work_of(self, log: WorkLog) -> Work | None:
        found = (work for work in self._works.all if work.id == log.id)
        return next(found, None)

    def _follow(self, work: Work) -> None:
        if work.subject.partition(":")[0] != self._name:
            return
        known = self.table.rows_model.find(work.id) >= 0
        if not known and work in self._works.all:
            self.show_log(work.log)
        if self._shown is not None and work.id == self._shown.id:
            self._more(work)
        if not work.goes_on:
            self._list()
            self.reload()

    def _more(self, work: Work) -> None:
        self.view.append_lines(work.lines[self._lines :])
        self._lines = len(work.lines)

    def _place_clicked(self, _file: str, line: int) -> None:
        if self._shown is not None:
            self.line_wanted.emit(self._shown, line)


def _columns() -> list[Column[WorkLog]]:
    return [
        Column("Result", lambda each: look(each.state), kind="chip", width=124),
        Column("Work", lambda each: each.title, width=230, tip=_tip),
        Column("Began", lambda each: each.began_at, kind="time", width=120),
        Column(
            "Took",
            lambda each: format_seconds(each.seconds) if each.seconds else "",
            align="right",
            width=72,
            sort_key=lambda each: each.seconds or 0.0,
        ),
    ]


def _tip(each: WorkLog) -> str:
    return each.message or each.title
