"""What is wrong with the texts; a click goes to the line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.gui.widgets.basics import column, label, wrap_in
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable
from studio.services.components.checks import Slip


class SlipList(QWidget):
    """`chosen(Slip)` asks to go to its line."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        columns: list[Column[Slip]] = [
            Column(
                "What is wrong",
                lambda slip: slip.message,
                width=300,
                tip=lambda slip: f"{slip.message}. {slip.hint}",
            ),
            Column(
                "How to fix it",
                lambda slip: slip.hint,
                kind="muted",
                width=240,
                tip=lambda slip: slip.hint,
            ),
            Column("File", lambda slip: slip.file.name, width=120),
            Column("Line", lambda slip: slip.line or None, kind="number", width=56),
        ]
        model: RowsModel[Slip] = RowsModel(columns, key=lambda slip: slip)
        self.table = DataTable(model)
        self.table.setAccessibleName("What is wrong with the component")
        self.table.clicked.connect(lambda _: self._choose())
        self.table.activated_row.connect(self.chosen)
        words = label("No errors found. Save, and the pipeline uses it.", "muted")
        self._none = wrap_in(column(words, None, margins=(12, 10, 12, 8)))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._none)
        self._stack.addWidget(self.table)
        layout = column(gap=0)
        layout.addWidget(self._stack)
        self.setLayout(layout)

    def show_slips(self, slips: Sequence[Slip]) -> None:
        self.table.rows_model.set_rows(list(slips))
        self._stack.setCurrentWidget(self.table if slips else self._none)

    @property
    def messages(self) -> list[str]:
        return [slip.message for slip in self.table.rows_model.rows]

    def _choose(self) -> None:
        if (slip := self.table.current()) is not None:
            self.chosen.emit(slip)
