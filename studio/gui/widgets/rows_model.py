"""A table model over frozen values, whole or fetched page by page.

model = RowsModel([Column("Name", lambda m: m.name),
                   Column("AUC", lambda m: m.auc, kind="number")],
                  key=lambda m: m.id)
model.set_rows(models)
model.set_source(lambda offset, limit: studio.models.list(...), tasks)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.formats import NOTHING, format_number, format_time

T = TypeVar("T")
Kind: TypeAlias = Literal[
    "text", "muted", "mono", "link", "number", "chip", "tags", "time"
]
Index: TypeAlias = QModelIndex | QPersistentModelIndex
Fetch: TypeAlias = Callable[[int, int], Sequence[T]]

VALUE = Qt.ItemDataRole.UserRole
KIND = VALUE + 1
WARNS = VALUE + 2
FADES = VALUE + 3
PAGE_ROWS = 200
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column. `getter` returns what `kind` shows: a str, a number, a state's
    name or StateLook (chip), a mapping (tags), a datetime (time).

    `align` is "" for the kind's own; `sort_key` defaults to the getter's value;
    `write` turns a value that is not None into words, else its type decides;
    an `optional` one stays out where there is too little room;
    `warns` gives a cell the colour of warnings, which NaN has by itself; `fades` that
    of what matters little.
    """

    title: str
    getter: Callable[[T], Any]
    align: Literal["", "left", "right"] = ""
    kind: Kind = "text"
    width: int = 0
    sort_key: Callable[[T], Any] | None = None
    tip: Callable[[T], str] | None = None
    write: Callable[[Any], str] | None = None
    warns: Callable[[T], bool] | None = None
    fades: Callable[[T], bool] | None = None
    optional: bool = False

    @property
    def right(self) -> bool:
        return self.align == "right" or (self.align == "" and self.kind == "number")


class RowsModel(QAbstractTableModel, Generic[T]):
    """Rows are values; a reload keeps every row that has the same key."""

    failed = Signal(object)
    loaded = Signal()
    sort_wanted = Signal(int, bool)

    def __init__(
        self,
        columns: Sequence[Column[T]],
        *,
        key: Callable[[T], object] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self._key = key or (lambda row: row)
        self._rows: list[T] = []
        self._fetch: Fetch[T] | None = None
        self._tasks: Tasks | None = None
        self._pending: Task | None = None
        self._more = False
        self._sorted: tuple[int, Qt.SortOrder] | None = None

    @property
    def rows(self) -> list[T]:
        return list(self._rows)

    def row(self, number: int) -> T:
        """The value of one row. Raises IndexError."""
        return self._rows[number]

    def find(self, key: object) -> int:
        """The number of the row with a key, -1 if it isn't loaded."""
        found = (n for n, row in enumerate(self._rows) if self._key(row) == key)
        return next(found, -1)

    def key_of(self, number: int) -> object:
        return self._key(self._rows[number])

    def set_rows(self, rows: Sequence[T]) -> None:
        """Show these rows; only what differs is drawn again."""
        self._fetch, self._more = None, False
        self._replace(self._in_order(list(rows)))

    def set_source(self, fetch: Fetch[T], tasks: Tasks) -> None:
        """Load pages of rows in a worker thread as they are scrolled to.

        `fetch(offset, limit)` returns fewer than `limit` rows at the end.
        """
        self._fetch, self._tasks = fetch, tasks
        self.reload()

    def reload(self) -> None:
        """Fetch again as many rows as are shown."""
        if self._fetch is None or self._tasks is None:
            return
        if self._pending is not None:
            self._pending.cancel()
        fetch, limit = self._fetch, max(PAGE_ROWS, len(self._rows))
        self._pending = self._tasks.run(
            lambda: fetch(0, limit),
            done=lambda rows: self._arrived(list(rows), limit),
            failed=self._failed,
            owner=self,
        )

    def canFetchMore(self, parent: Index) -> bool:
        return self._more and self._pending is None and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        if self._fetch is None or self._tasks is None or self._pending is not None:
            return
        fetch, offset = self._fetch, len(self._rows)
        self._pending = self._tasks.run(
            lambda: fetch(offset, PAGE_ROWS),
            done=lambda rows: self._append(list(rows)),
            failed=self._failed,
            owner=self,
        )

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        column, row = self.columns[index.column()], self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return plain(column, row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.right else _LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip(row) if column.tip else None
        if role == VALUE:
            return column.getter(row)
        if role == WARNS:
            return _warns(column, row)
        if role == FADES:
            return column.fades is not None and column.fades(row)
        return column.kind if role == KIND else None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.columns[section].right else _LEFT
        return None

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Sort what is here; where pages are fetched, ask for `sort_wanted`."""
        self._sorted = (column, order) if column >= 0 else None
        if self._fetch is not None:
            descending = order == Qt.SortOrder.DescendingOrder
            self.sort_wanted.emit(column, descending)
        elif column >= 0:
            self._replace(self._in_order(self._rows), reorder=True)

    def _in_order(self, rows: list[T]) -> list[T]:
        if self._sorted is None or self._fetch is not None:
            return rows
        number, order = self._sorted
        column = self.columns[number]
        key = column.sort_key or column.getter
        down = order == Qt.SortOrder.DescendingOrder
        return sorted(rows, key=lambda row: _comparable(key(row)), reverse=down)

    def _replace(self, rows: list[T], *, reorder: bool = False) -> None:
        same = len(rows) == len(self._rows) and all(
            self._key(new) == self._key(old)
            for new, old in zip(rows, self._rows, strict=True)
        )
        if same and not reorder:
            self._update(rows)
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        self.loaded.emit()

    def _update(self, rows: list[T]) -> None:
        last = len(self.columns) - 1
        for number, (new, old) in enumerate(zip(rows, self._rows, strict=True)):
            if new != old:
                self._rows[number] = new
                self.dataChanged.emit(self.index(number, 0), self.index(number, last))

    def _arrived(self, rows: list[T], limit: int) -> None:
        self._pending = None
        self._more = len(rows) >= limit
        self._replace(rows)

    def _append(self, rows: list[T]) -> None:
        self._pending = None
        self._more = len(rows) >= PAGE_ROWS
        if rows:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()
        self.loaded.emit()

    def _failed(self, error: BaseException) -> None:
        self._pending = None
        self.failed.emit(error)


def plain(column: Column[T], row: T) -> str:
    """A cell as text, for screen readers and the clipboard."""
    value = column.getter(row)
    if column.write is not None and value is not None:
        return column.write(value)
    match value:
        case None:
            return NOTHING
        case Mapping():
            return " ".join(f"{key}={text}" for key, text in value.items())
        case datetime():
            return format_time(value)
        case bool():
            return "Yes" if value else "No"
        case int() | float():
            return format_number(value)
        case StateLook():
            return value.word
    return look(str(value)).word if column.kind == "chip" else str(value)


def _warns(column: Column[T], row: T) -> bool:
    if column.warns is not None:
        return column.warns(row)
    value = column.getter(row) if column.kind == "number" else None
    return isinstance(value, float) and not math.isfinite(value)


def chip_look(value: object) -> StateLook:
    """The look of a chip cell's value."""
    if isinstance(value, StateLook):
        return value
    return look(str(value)) if value else replace(look(""), word="")


def _comparable(value: object) -> tuple[int, Any]:
    """Numbers before texts before nothing, so that any column can be sorted."""
    match value:
        case None | float() if value is None or value != value:  # NaN has no place
            return (2, "")
        case bool() | int() | float():
            return (0, value)
        case datetime():
            return (0, value.timestamp())
        case StateLook():
            return (1, value.word)
        case Mapping():
            return (1, str(sorted(value.items())))
    return (1, str(value).casefold())
