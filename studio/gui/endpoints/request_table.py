"""A request's rows as a table to type into; JSON and table are the same request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget

from studio.gui.tab_order import move_focus
from studio.gui.theme import fonts
from studio.gui.widgets.basics import button, frame, row

Index = QModelIndex | QPersistentModelIndex
_PLACES = ("input_data", "dataframe_split")
MOST_ROWS = 500


@dataclass(frozen=True)
class RequestRows:
    """The table within a request: where it stands, its columns and rows."""

    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def rows_of(text: str) -> RequestRows | None:
    """The table of a request's JSON; None if it holds none."""
    try:
        body = json.loads(text)
    except ValueError:
        return None
    for place in _PLACES:
        table = body.get(place) if isinstance(body, dict) else None
        if isinstance(table, dict) and _is_table(table):
            rows = tuple(tuple(each) for each in table["data"][:MOST_ROWS])
            return RequestRows(place, tuple(map(str, table["columns"])), rows)
    return None


def with_rows(text: str, rows: Sequence[Sequence[Any]]) -> str:
    """The same request with other rows; one row a line, as people write it."""
    found = rows_of(text)
    if found is None:
        return text
    body = json.loads(text)
    body[found.place]["data"] = "ROWS"
    body[found.place].pop("index", None)
    lines = ",\n".join(
        "      " + json.dumps(list(each), ensure_ascii=False) for each in rows
    )
    whole = json.dumps(body, indent=2, ensure_ascii=False)
    return whole.replace('"ROWS"', f"[\n{lines}\n    ]" if lines else "[]", 1)


def typed(text: str, before: Any) -> Any:
    """What a person typed, as a JSON value; a text stays one if it was one before."""
    stripped = text.strip()
    if stripped in ("", "null"):
        return None
    if isinstance(before, str):
        return text
    try:
        value = json.loads(stripped)
    except ValueError:
        return text
    return value if isinstance(value, int | float | bool | str) else text


def _is_table(table: dict[str, Any]) -> bool:
    columns, data = table.get("columns"), table.get("data")
    if not isinstance(columns, list) or not isinstance(data, list):
        return False
    return all(isinstance(r, list) and len(r) == len(columns) for r in data)


class _RowsModel(QAbstractTableModel):
    """Rows of plain JSON values; `edited` after each change."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[str, ...] = ()
        self.values: list[list[Any]] = []

    def show_rows(self, found: RequestRows) -> None:
        self.beginResetModel()
        self.columns = found.columns
        self.values = [list(each) for each in found.rows]
        self.endResetModel()

    def add_row(self) -> None:
        self.beginResetModel()
        blank = [None] * len(self.columns)
        self.values.append(list(self.values[-1]) if self.values else blank)
        self.endResetModel()
        self.edited.emit()

    def remove_row(self, number: int) -> None:
        if 0 <= number < len(self.values):
            self.beginResetModel()
            del self.values[number]
            self.endResetModel()
            self.edited.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.values)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        value = self.values[index.row()][index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return _shown(value)
            case Qt.ItemDataRole.TextAlignmentRole:
                number = isinstance(value, int | float) and not isinstance(value, bool)
                side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag(0)
                return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def setData(
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        old = self.values[index.row()][index.column()]
        new = typed(str(value), old)
        if new == old:
            return False
        self.values[index.row()][index.column()] = new
        self.dataChanged.emit(index, index)
        self.edited.emit()
        return True

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and self.values:
            index = self.index(0, section)
            return self.data(index, role) if _across(orientation) else None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.columns[section] if _across(orientation) else str(section + 1)


class _Cells(QTableView):
    """Tab goes from cell to cell, and out at the last one."""

    def focusNextPrevChild(self, forward: bool) -> bool:
        rows, columns = self.model().rowCount(), self.model().columnCount()
        end = (rows - 1, columns - 1) if forward else (0, 0)
        now = self.currentIndex()
        if now.isValid() and (now.row(), now.column()) != end:
            return super().focusNextPrevChild(forward)
        return move_focus(self.window(), forward)


class RequestTable(QWidget):
    """`edited(rows)` after each change by hand."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _RowsModel()
        self._model.setParent(self)
        self._model.edited.connect(lambda: self.edited.emit(self._model.values))
        self.view = _Cells()
        self.view.setModel(self._model)
        self.view.setShowGrid(True)
        self.view.setAccessibleName("Rows of the request")
        self.view.setFont(fonts.font(tabular=True))
        self.view.verticalHeader().setDefaultSectionSize(fonts.scaled(30))
        self.view.horizontalHeader().setMinimumSectionSize(64)
        self.view.horizontalHeader().setStretchLastSection(True)
        self.view.setTabKeyNavigation(True)
        self.view.setEditTriggers(QTableView.EditTrigger.AllEditTriggers)
        add = button("Add row", kind="text", icon="plus", clicked=self._model.add_row)
        drop = button("Remove row", kind="text", icon="minus", clicked=self._remove)
        bar = frame("plain", row(add, drop, None, gap=4, margins=(8, 4, 8, 4)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(bar)

    def show_rows(self, found: RequestRows) -> None:
        """Show the rows of a request."""
        self._model.show_rows(found)
        self.view.resizeColumnsToContents()

    def _remove(self) -> None:
        current = self.view.currentIndex().row()
        self._model.remove_row(current if current >= 0 else len(self._model.values) - 1)


def _across(orientation: Qt.Orientation) -> bool:
    return orientation == Qt.Orientation.Horizontal


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
