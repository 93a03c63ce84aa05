"""What would stop a run; a click goes to the step and its field, or mends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from studio.domain.validation import Problem
from studio.gui.designer.told_problems import way_to_mend
from studio.gui.widgets.basics import column
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

_ERROR = StateLook("Error", "err", "x-circle")
_WARNING = StateLook("Warning", "warn", "warning")


@dataclass(frozen=True)
class _Line:
    """A problem with the title of its step."""

    number: int
    problem: Problem
    step: str


class ProblemsTab(QWidget):
    """`chosen(Problem)` asks to go where a problem is, `fix_chosen(Problem, Fix)` to
    mend it."""

    chosen = Signal(object)
    fix_chosen = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns: list[Column[_Line]] = [
            Column("Kind", _kind, kind="chip", width=112),
            Column("Step", lambda line: line.step, width=150),
            Column("Problem", lambda line: line.problem.message, width=300, tip=_whole),
            Column(
                "How to fix it",
                lambda line: in_window(line.problem.hint),
                kind="muted",
                width=200,
                tip=lambda line: in_window(line.problem.hint),
            ),
            Column(
                "Fix", lambda line: way_to_mend(line.problem), kind="link", width=150
            ),
        ]
        self._fix_column = len(columns) - 1
        model: RowsModel[_Line] = RowsModel(columns, key=lambda line: line.number)
        self.table = DataTable(model)
        self.table.setAccessibleName("Problems")
        self.table.clicked.connect(self._clicked)
        self.table.menu_wanted.connect(self._menu)
        self.table.activated_row.connect(lambda line: self.chosen.emit(line.problem))
        self._none = EmptyState("check-circle", "No problems", "This pipeline can run.")
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._none)
        self._stack.addWidget(self.table)
        fill(self, self._stack)

    @property
    def count(self) -> int:
        return len(self.table.rows_model.rows)

    def show_problems(
        self, problems: Sequence[Problem], title: Callable[[str], str]
    ) -> None:
        """`title` gives the words for a step's name."""
        lines = [
            _Line(number, problem, title(problem.step))
            for number, problem in enumerate(problems)
        ]
        self.table.rows_model.set_rows(lines)
        self._stack.setCurrentWidget(self.table if lines else self._none)

    def _clicked(self, index: QModelIndex) -> None:
        line = self.table.current()
        if line is None:
            return
        fixes = line.problem.fixes if index.column() == self._fix_column else ()
        if len(fixes) == 1:
            self.fix_chosen.emit(line.problem, fixes[0])
        elif fixes:
            below = self.table.visualRect(index).bottomLeft()
            self._menu(line, self.table.viewport().mapToGlobal(below))
        else:
            self.chosen.emit(line.problem)

    def _menu(self, line: _Line, at: QPoint) -> None:
        menu = self.menu(line.problem)
        menu.popup(at)

    def menu(self, problem: Problem) -> QMenu:
        """What can be done about a problem."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for fix in problem.fixes:
            menu.addAction(fix.label, partial(self.fix_chosen.emit, problem, fix))
        menu.addAction("Go to the step", lambda: self.chosen.emit(problem))
        return menu


def _way(line: _Line) -> str:
    return way_to_mend(line.problem)


def _whole(line: _Line) -> str:
    """The message with the place it only names shortly."""
    return "\n".join(filter(None, (line.problem.message, line.problem.place)))


def _kind(line: _Line) -> StateLook:
    return _ERROR if line.problem.severity == "error" else _WARNING


def fill(outer: QWidget, inner: QWidget) -> None:
    """Let a widget be all that another one shows."""

    layout = column(gap=0)
    layout.addWidget(inner, 1)
    outer.setLayout(layout)
