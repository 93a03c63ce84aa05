"""The first rows of a table, and its columns with what those rows say of them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QTabWidget, QWidget

from studio.gui.viewers.preview import TableHead
from studio.gui.viewers.table_view import TableHeadView
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable


@dataclass(frozen=True)
class ColumnFacts:
    """What the rows that were read say about one column."""

    name: str
    type: str
    missing: int
    distinct: int
    example: str


class TableTabs(QTabWidget):
    """Two tabs: rows, columns."""

    def __init__(self, head: TableHead, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self.rows = TableHeadView()
        self.rows.show_head(head)
        self.columns = _columns_table(head)
        self.addTab(self.rows, "Rows")
        self.addTab(self.columns, "Columns")


def facts_of(head: TableHead) -> list[ColumnFacts]:
    """Missing and distinct values of each column among the rows that were read."""
    found = []
    for place, (name, kind) in enumerate(head.columns):
        values = [row[place] if place < len(row) else None for row in head.rows]
        given = [value for value in values if value not in (None, "")]
        example = str(given[0]) if given else ""
        missing = len(values) - len(given)
        found.append(ColumnFacts(name, kind, missing, len(set(given)), example))
    return found


def _columns_table(head: TableHead) -> DataTable[ColumnFacts]:
    part = head.total is None or head.total > len(head.rows)
    where = f" in {len(head.rows):,} rows" if part else ""
    model: RowsModel[ColumnFacts] = RowsModel(
        [
            Column("Column", lambda one: one.name, width=180),
            Column("Type", lambda one: one.type, kind="mono", width=120),
            Column(f"Missing{where}", lambda one: one.missing, kind="number"),
            Column(f"Distinct{where}", lambda one: one.distinct, kind="number"),
            Column("Example", lambda one: one.example, kind="muted"),
        ],
        key=lambda one: one.name,
    )
    model.set_rows(facts_of(head))
    table = DataTable(model)
    table.setAccessibleName("Columns of the table")
    return table
