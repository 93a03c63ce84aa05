"""What is going on on the Environments page, one row each, with its log and Cancel."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.widgets.banner import Banner, Fix
from studio.gui.widgets.basics import column, frame, label, row, wrap_in
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.progress import ProgressRow
from studio.gui.works import Work, Works

HIGHEST, BAR_ROOM = 300, 24


class WorkRow(QWidget):
    """One piece of work: its progress, then what became of it if that is bad."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work
        self.setAccessibleName(work.title)
        self.progress = ProgressRow(work.title, cancel=self._cancel)
        self.banner = Banner("err", closable=True)
        self.banner.hide()
        self.setLayout(column(self.progress, self.banner, gap=4))

    def renew(self) -> None:
        """As the work stands now."""
        if self.work.goes_on:
            told = self.work.progress
            fraction = told.done / told.total if told.total else None
            self.progress.set_progress(fraction, _detail(self.work))

    def fail(self, fixes: list[Fix]) -> None:
        """Why it has failed, and what can be done."""
        self.progress.hide()
        error = self.work.error
        message = getattr(error, "message", f"{type(error).__name__}: {error}")
        hint = in_window(getattr(error, "hint", ""))
        self.banner.show_message(
            "err", f"{self.work.title}: {message}", hint=hint, fixes=fixes
        )
        self.banner.show()

    def _cancel(self) -> None:
        self.progress.set_text(f"{self.work.title}: stopping")
        self.work.cancel()


class WorksPanel(QWidget):
    """Rows of what runs and of what has failed; out of sight if there is nothing.

    `log_wanted(Work)` and `mend_wanted(Work)` are what a person can ask for.
    """

    log_wanted = Signal(object)
    mend_wanted = Signal(object)

    def __init__(self, works: Works) -> None:
        super().__init__()
        self._works = works
        self._rows: dict[int, WorkRow] = {}
        self._list = QVBoxLayout()
        self._list.setContentsMargins(16, 8, 16, 12)
        self._list.setSpacing(12)
        self.title = label("", "section")
        head = frame("header", row(self.title, None, margins=(16, 6, 8, 6)))
        self._area = scrolled(wrap_in(self._list))
        layout = column(head, gap=0)
        layout.addWidget(self._area)
        self.setLayout(layout)
        self.hide()
        works.changed.connect(self.show_work)

    @property
    def rows(self) -> list[WorkRow]:
        return list(self._rows.values())

    def show_work(self, work: Work) -> None:
        """Its row as it stands; the row goes when the work has gone well."""
        gone = work not in self._works.all or work.state in ("SUCCEEDED", "CANCELLED")
        if gone:
            self._drop(work)
        elif work.number not in self._rows:
            self._add(work)
        if not gone and work.state == "FAILED":
            self._rows[work.number].fail(self._fixes(work))
        elif not gone:
            self._rows[work.number].renew()
        self._fit()

    def _add(self, work: Work) -> None:
        made = WorkRow(work)
        made.banner.dismissed.connect(partial(self._works.forget, work))
        self._rows[work.number] = made
        self._list.addWidget(made)

    def _drop(self, work: Work) -> None:
        made = self._rows.pop(work.number, None)
        if made is not None:
            self._list.removeWidget(made)
            made.hide()
            made.deleteLater()

    def _fixes(self, work: Work) -> list[Fix]:
        if not work.subject:
            return []
        mend = ("Edit to mend it", partial(self.mend_wanted.emit, work))
        log = ("Show the log", partial(self.log_wanted.emit, work))
        return [mend, log] if getattr(work.error, "told", "") else [log]

    def _fit(self) -> None:
        going = sum(work.goes_on for work in self._works.all)
        bad = len(self._rows) - going
        words = [f"{going} under way"] if going else []
        words += [f"{bad} failed"] if bad else []
        self.title.setText(" · ".join(words))
        self.setVisible(bool(self._rows))
        self._refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._refit()

    def _refit(self) -> None:
        """As high as its rows, whose words wrap."""
        width = self.width() - BAR_ROOM
        self._list.invalidate()
        least = self._list.sizeHint().height()
        wanted = max(self._list.totalHeightForWidth(width), least)
        self._area.setFixedHeight(min(HIGHEST, wanted + 4))


def _detail(work: Work) -> str:
    told = work.progress
    if told.phase == "warning":
        return told.message
    return " · ".join(part for part in (told.phase, told.message) if part)[:120]
