"""What work on an environment has told, live while it goes on."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QStackedWidget, QWidget

from studio.gui.environments.works import Work, Works
from studio.gui.widgets.basics import column, frame, give_room, row, wrap_in
from studio.gui.widgets.chip import Chip
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.log_view import LogView


class LogTab(QWidget):
    """The newest work on the chosen environment, until a person chooses another."""

    def __init__(self, works: Works) -> None:
        super().__init__()
        self._works = works
        self._name = ""
        self._shown: Work | None = None
        self._lines = 0
        self.choice = QComboBox()
        self.choice.setAccessibleName("Work whose log is shown")
        self.choice.setMinimumWidth(260)
        give_room(self.choice)
        self.chip = Chip()
        self.view = LogView()
        self._stack = QStackedWidget()
        bar = frame("header", row(self.choice, self.chip, None, margins=(16, 6, 8, 6)))
        full = column(bar, gap=0)
        full.addWidget(self.view, 1)
        self._stack.addWidget(
            EmptyState(
                "scroll",
                "Nothing has been done yet",
                "Lock or build it, and what the tools tell stands here.",
            )
        )
        self._stack.addWidget(wrap_in(full))
        layout = column(gap=0)
        layout.addWidget(self._stack, 1)
        self.setLayout(layout)
        self.choice.activated.connect(self._chosen)
        works.changed.connect(self._changed)

    @property
    def work(self) -> Work | None:
        """The one whose log is shown."""
        return self._shown

    def set_name(self, name: str) -> None:
        """Show what is done with another environment."""
        if name != self._name:
            self._name = name
            self._list()
            found = self._works.of(name)
            self.show_work(found[-1] if found else None)

    def show_work(self, work: Work | None) -> None:
        """Show a log from its beginning."""
        self._stack.setCurrentIndex(0 if work is None else 1)
        self._shown, self._lines = work, 0
        self.view.clear()
        self.view.set_following(True)
        if work is not None:
            self.choice.setCurrentIndex(self.choice.findData(work.number))
            self._more()

    def _list(self) -> None:
        self.choice.clear()
        for work in reversed(self._works.of(self._name)):
            self.choice.addItem(work.title, work.number)

    def _chosen(self, _index: int) -> None:
        number = self.choice.currentData()
        found = (w for w in self._works.of(self._name) if w.number == number)
        self.show_work(next(found, None))

    def _changed(self, work: Work) -> None:
        if work.subject.partition(":")[0] != self._name:
            return
        known = self.choice.findData(work.number) >= 0
        if not known and work in self._works.all:
            self._list()
            self.show_work(work)
        elif work is self._shown:
            self._more()

    def _more(self) -> None:
        work = self._shown
        assert work is not None
        self.view.append_lines(work.lines[self._lines :])
        self._lines = len(work.lines)
        self.chip.set_state(work.state)
