"""The first rows of a table, and its columns with what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

from PySide6.QtWidgets import QTabWidget, QWidget

from studio.gui.viewers.preview import TablePreview
from studio.gui.widgets.rows_model import Column, Kind, RowsModel
from studio.gui.widgets.table import DataTable

NUMBERS = ("int", "uint", "float", "double", "number", "decimal", "half")


@dataclass(frozen=True)
class ColumnFacts:
    """What the rows that were read say about one column."""

    name: str
    type: str
    missing: int
    distinct: int
    example: str


class TableView(QTabWidget):
    """Two tabs: rows, columns."""

    def __init__(self, preview: TablePreview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.rows = rows_table(preview)
        self.columns = _columns_table(preview)
        self.addTab(self.rows, "Rows")
        self.addTab(self.columns, "Columns")


def rows_table(preview: TablePreview) -> DataTable[Any]:
    """A table of the rows that were read; numbers stand right."""
    columns: list[Column[Any]] = [
        Column(name, partial(_shown, place), kind=_kind(kind), sort_key=_sort(place))
        for place, (name, kind) in enumerate(preview.columns)
    ]
    model: RowsModel[Any] = RowsModel(columns, key=itemgetter(0))
    model.set_rows(list(enumerate(preview.rows)))
    table: DataTable[Any] = DataTable(model, many=True)
    table.setAccessibleName("First rows of the table")
    table.set_empty_text("The table has no rows")
    return table


def facts_of(preview: TablePreview) -> list[ColumnFacts]:
    """Missing and distinct values of each column among the rows that were read."""
    found = []
    for place, (name, kind) in enumerate(preview.columns):
        values = [row[place] if place < len(row) else None for row in preview.rows]
        given = [value for value in values if value not in (None, "")]
        example = str(given[0]) if given else ""
        missing = len(values) - len(given)
        found.append(ColumnFacts(name, kind, missing, len(set(given)), example))
    return found


def _columns_table(preview: TablePreview) -> DataTable[ColumnFacts]:
    seen = "first rows" if _partial(preview) else "all rows"
    model: RowsModel[ColumnFacts] = RowsModel(
        [
            Column("Column", lambda one: one.name, width=180),
            Column("Type", lambda one: one.type, kind="mono", width=120),
            Column(f"Missing ({seen})", lambda one: one.missing, kind="number"),
            Column(f"Distinct ({seen})", lambda one: one.distinct, kind="number"),
            Column("Example", lambda one: one.example, kind="muted"),
        ],
        key=lambda one: one.name,
    )
    model.set_rows(facts_of(preview))
    table = DataTable(model)
    table.setAccessibleName("Columns of the table")
    return table


def _partial(preview: TablePreview) -> bool:
    return preview.total_rows is None or preview.total_rows > len(preview.rows)


def _kind(type_name: str) -> Kind:
    return "number" if type_name.lower().startswith(NUMBERS) else "text"


def _cell(place: int, row: tuple[int, Sequence[Any]]) -> Any:
    values = row[1]
    return values[place] if place < len(values) else None


def _shown(place: int, row: tuple[int, Sequence[Any]]) -> str | None:
    """A value as it was stored: a year gets no comma, a float keeps six digits."""
    value = _cell(place, row)
    if isinstance(value, float):
        return f"{value:.6g}"
    return None if value is None else str(value)


def _sort(place: int) -> Any:
    def key(row: tuple[int, Sequence[Any]]) -> Any:
        value = _cell(place, row)
        try:
            return float(value)
        except (TypeError, ValueError):
            return value

    return key
