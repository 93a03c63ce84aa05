"""The head of a table: columns with their types, the first rows, how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.viewers.preview import TableHead
from studio.gui.widgets.basics import label
from studio.gui.widgets.formats import decimals_of, format_data, format_number
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

_NUMBERS = ("int", "uint", "float", "double", "decimal", "half")
Row = tuple[int, tuple[Any, ...]]


class TableHeadView(QWidget):
    """`show_head` replaces the table; cells can be copied as TSV."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._count = label("", "caption")
        self._count.setContentsMargins(12, 6, 12, 6)
        self._layout.addWidget(self._count)
        self.table: DataTable[Row] | None = None

    def show_head(self, head: TableHead) -> None:
        if self.table is not None:
            self._layout.removeWidget(self.table)
            self.table.deleteLater()
        columns = [
            _column(n, name, kind, head.rows)
            for n, (name, kind) in enumerate(head.columns)
        ]
        model: RowsModel[Row] = RowsModel(columns, key=lambda row: row[0])
        self.table = DataTable(model, many=True)
        self.table.setAccessibleName("First rows")
        self.table.set_empty_text("The table has no rows")
        model.set_rows(list(enumerate(head.rows)))
        self._layout.addWidget(self.table, 1)
        self._count.setText(_words(head))


def _column(
    number: int, name: str, kind: str, rows: Sequence[tuple[Any, ...]]
) -> Column[Row]:
    numeric = kind.startswith(_NUMBERS)
    decimals = decimals_of(row[number] for row in rows) if numeric else 0
    return Column(
        name,
        partial(_cell, number),
        kind="number" if numeric else "text",
        tip=lambda row: f"{name} ({kind}): {_cell(number, row)}",
        write=partial(_written, decimals) if numeric else None,
    )


def _cell(number: int, row: Row) -> Any:
    return row[1][number]


def _written(decimals: int, value: object) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return format_data(value, decimals) if number else str(value)  # type: ignore[arg-type]


def _words(head: TableHead) -> str:
    shown = len(head.rows)
    total = shown if head.total is None else head.total
    columns = f"{len(head.columns)} columns"
    if total > shown:
        first = format_number(shown)
        return f"First {first} of {format_number(total)} rows · {columns}"
    return f"{format_number(total)} rows · {columns}"
