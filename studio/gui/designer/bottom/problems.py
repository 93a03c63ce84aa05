"""What would stop a run; a click goes to the step and its field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.domain.validation import Problem
from studio.gui.widgets.basics import column
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.empty_state import EmptyState
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
    """`chosen(Problem)` asks to go where a problem is."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns: list[Column[_Line]] = [
            Column("Kind", _kind, kind="chip", width=96),
            Column("Step", lambda line: line.step, width=150),
            Column("Problem", lambda line: line.problem.message, width=300),
            Column(
                "How to fix it",
                lambda line: line.problem.hint,
                kind="muted",
                width=200,
                tip=lambda line: line.problem.hint,
            ),
        ]
        model: RowsModel[_Line] = RowsModel(columns, key=lambda line: line.number)
        self.table = DataTable(model)
        self.table.setAccessibleName("Problems")
        self.table.clicked.connect(self._go)
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

    def _go(self) -> None:
        line = self.table.current()
        if line is not None:
            self.chosen.emit(line.problem)


def _kind(line: _Line) -> StateLook:
    return _ERROR if line.problem.severity == "error" else _WARNING


def fill(outer: QWidget, inner: QWidget) -> None:
    """Let a widget be all that another one shows."""

    layout = column(gap=0)
    layout.addWidget(inner, 1)
    outer.setLayout(layout)
