"""The columns of a table with their types."""

from __future__ import annotations

from studio.domain.table import TableColumn, TableShape
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

Numbered = tuple[int, TableColumn]


class SchemaView(DataTable[Numbered]):
    """One row for each column of the table."""

    def __init__(self) -> None:
        columns: list[Column[Numbered]] = [
            Column("#", lambda one: one[0] + 1, kind="number", width=56),
            Column("Column", lambda one: one[1].name, width=220),
            Column("Type", lambda one: one[1].type, kind="mono", width=160),
            Column(
                "May be missing",
                lambda one: "yes" if one[1].nullable else "no",
                kind="muted",
                width=120,
            ),
            Column("", lambda _: "", width=20),
        ]
        super().__init__(RowsModel(columns, key=lambda one: one[0]), many=True)
        self.setAccessibleName("Columns of the table")
        self.set_empty_text("The table has no columns")

    def show_shape(self, shape: TableShape) -> None:
        self.rows_model.set_rows(list(enumerate(shape.columns)))
