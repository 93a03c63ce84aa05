"""What is wrong with the text, under it; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.domain.text_problem import TextProblem
from studio.gui.widgets.basics import column
from studio.gui.widgets.chip import StateLook
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

_LOOKS = {
    "error": StateLook("Error", "err", "x-circle"),
    "warning": StateLook("Warning", "warn", "warning"),
    "info": StateLook("Note", "idle", "info"),
}


class ProblemList(QWidget):
    """`chosen(TextProblem)` asks to go where it is."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.table: DataTable[TextProblem] = DataTable(RowsModel(_columns()))
        self.table.setAccessibleName("Problems")
        self.table.set_empty_text("Nothing is wrong with the text itself")
        self.table.clicked.connect(lambda _: self._choose())
        self.table.activated_row.connect(lambda _: self._choose())
        layout = column(gap=0)
        layout.addWidget(self.table, 1)
        self.setLayout(layout)

    def show_problems(self, problems: Sequence[TextProblem]) -> None:
        """The worst first, then as they stand."""
        order = list(_LOOKS)
        rows = sorted(problems, key=lambda each: order.index(each.severity))
        self.table.rows_model.set_rows(rows)

    def _choose(self) -> None:
        if (problem := self.table.current()) is not None:
            self.chosen.emit(problem)


def _columns() -> list[Column[TextProblem]]:
    return [
        Column("Kind", lambda each: _LOOKS[each.severity], kind="chip", width=104),
        Column("Line", lambda each: each.line, kind="number", width=56),
        Column(
            "Problem",
            lambda each: each.message,
            width=400,
            tip=lambda each: each.message,
        ),
        Column(
            "How to fix it",
            lambda each: each.hint,
            kind="muted",
            width=300,
            tip=lambda each: each.hint,
        ),
    ]
