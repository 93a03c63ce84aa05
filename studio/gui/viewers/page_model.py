"""A table of any length as a Qt model: blocks of cells come as they are looked at.

Cells are asked for while they are painted; until they are there they are `WAITING`.
What was scrolled past before its turn came is not read at all.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from studio.domain.schema import ColumnKind, kind_of_arrow
from studio.domain.table import NO_ROW, TableOrder, TablePage, TableShape
from studio.gui.tasks import Tasks
from studio.gui.theme.icons import icon
from studio.gui.widgets.formats import decimals_of, format_data
from studio.services.tables.matched import MatchedTable
from studio.services.tables.service import Table

BLOCK_ROWS, BLOCK_COLUMNS = 256, 16
KEPT, AT_ONCE, LINE = 96, 2, 6
MOST_ROWS = 50_000_000
"""A view can't be scrolled further down: its height is counted in 32 bits."""
Index: TypeAlias = QModelIndex | QPersistentModelIndex
Block: TypeAlias = tuple[int, int]
Other: TypeAlias = Callable[[int, int], str | None]
"""What a cell is in a table beside, where that differs; else None."""
Tone: TypeAlias = Literal["warn", "ok", "err"]
"""How a row is marked that the table beside doesn't have."""
NO_SUCH_ROW = "no such row"
_MARKS: Mapping[ColumnKind, str] = {
    "number": "hash",
    "text": "text-t",
    "boolean": "toggle-left",
    "time": "calendar",
    "unknown": "question",
}
WAITING = object()
NOBODY = -1
NULL, NAN = "null", "NaN"
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TablePages(QAbstractTableModel):
    """`failed` carries why cells can't be read; after it no more are asked for."""

    failed = Signal(object)
    first_seen = Signal(int, int, int)
    """A row whose cells are here, and the first and last column: new to be seen."""

    def __init__(
        self,
        table: Table,
        shape: TableShape,
        head: TablePage,
        tasks: Tasks,
        parent: QObject | None = None,
        matched: MatchedTable | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = matched or table
        self.table, self.shape, self._tasks = table, shape, tasks
        self.order = TableOrder()
        self.other: Other | None = None
        self.lone: Tone = "warn"
        self._decimals: dict[int, int] = {}
        self._rows = 0
        self._ahead: list[Block] = []
        self._seen_from = 0
        self._start(shape, len(head.rows))
        self._keep_head(head)

    # -- what is shown ---------------------------------------------------------------

    @property
    def total(self) -> int:
        """Rows in this order, also those that can't be scrolled to."""
        return self._rows

    def set_shape(self, shape: TableShape) -> None:
        """All rows are known now; types may have turned out otherwise."""
        self.beginResetModel()
        self.shape = shape
        self._decimals.clear()
        self._start(shape, 0)
        self.endResetModel()

    def set_order(self, order: TableOrder, rows: int) -> None:
        """Show these rows only, in this order."""
        self.beginResetModel()
        self.order = order
        self._start(self.shape, rows)
        self._rows = rows
        self.endResetModel()

    def cell(self, row: int, column: int) -> Any:
        """A value, None where it is missing, or WAITING; asks for what isn't here."""
        block = (row // BLOCK_ROWS, column // BLOCK_COLUMNS)
        page = self._kept.get(block)
        if page is None:
            self._want(block)
            return WAITING
        values = page.columns[column % BLOCK_COLUMNS]
        at = row % BLOCK_ROWS
        return values[at] if at < len(values) else WAITING

    def peek(self, row: int, column: int) -> Any:
        """The same without asking for it."""
        page = self._kept.get((row // BLOCK_ROWS, column // BLOCK_COLUMNS))
        if page is None:
            return WAITING
        values, at = page.columns[column % BLOCK_COLUMNS], row % BLOCK_ROWS
        return values[at] if at < len(values) else WAITING

    def written(self, row: int, column: int) -> str:
        """A cell as people read it; "" while it is waited for."""
        return self.text_of(self.cell(row, column), column)

    def text_of(self, value: Any, column: int) -> str:
        """A value of a column as people read it."""
        if value is WAITING or value is NO_ROW:
            return ""
        if value is None:
            return NULL
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return self._number(value, column)
        return str(value)

    def number_of(self, row: int) -> int | None:
        """A row's number in the table as it is stored, from 0; None if it has none."""
        if not self.order and self._source is self.table:
            return row
        at = row // BLOCK_ROWS
        held = (p for (r, _), p in self._kept.items() if r == at)
        page = next(held, None)
        place = row % BLOCK_ROWS
        known = page.rows[place] if page and place < len(page.rows) else NOBODY
        return known if known >= 0 else None

    # -- Qt's questions ----------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else min(self._rows, MOST_ROWS)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.shape.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.written(row, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.written(row, column) + self._beside(row, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if self.shape.columns[column].is_number else _LEFT
            case Qt.ItemDataRole.ToolTipRole:
                shown = self.shape.columns[column]
                written = self.written(row, column) + self._beside(row, column)
                return f"{shown.name} ({shown.type}): {written}"
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole:
                number = self.number_of(section)
                return "" if number is None else str(number + 1)
            return _RIGHT if role == Qt.ItemDataRole.TextAlignmentRole else None
        column = self.shape.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.name
            case Qt.ItemDataRole.ToolTipRole:
                return f"{column.name}: {column.type}"
            case Qt.ItemDataRole.DecorationRole:
                return icon(_MARKS[kind_of_arrow(column.type)], "text3", 14)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.is_number else _LEFT
        return None

    # -- fetching ----------------------------------------------------------------------

    def look_ahead(self, rows: range, columns: Sequence[int]) -> None:
        """These are in view: fetch what lies around them while nothing else is to do.

        Where the view is going comes first.
        """
        self._ahead.clear()
        if not rows or not columns or self._broken:
            return
        down = rows.start >= self._seen_from
        self._seen_from = rows.start
        top, low = rows[0] // BLOCK_ROWS, rows[-1] // BLOCK_ROWS
        across = sorted({column // BLOCK_COLUMNS for column in columns})
        beside = [low + 1, top - 1] if down else [top - 1, low + 1]
        around = [(row, column) for row in beside for column in across]
        around += [(top, across[-1] + 1), (top, across[0] - 1)]
        self._ahead += [block for block in around if self._is_missing(block)]
        if self._ahead and not self._wanted:
            QTimer.singleShot(0, self, self._ask)

    def _is_missing(self, block: Block) -> bool:
        row, column = block
        inside = (
            0 <= row * BLOCK_ROWS < self.rowCount()
            and 0 <= column * BLOCK_COLUMNS < self.columnCount()
        )
        return inside and block not in self._kept and block not in self._flying

    def _start(self, shape: TableShape, known: int) -> None:
        self._rows = shape.rows if shape.rows is not None else known
        self._kept: OrderedDict[Block, TablePage] = OrderedDict()
        self._wanted: OrderedDict[Block, None] = OrderedDict()
        self._flying: set[Block] = set()
        self._generation = object()
        self._broken = False
        self._met: set[int] = set()
        self._ahead.clear()

    def _keep_head(self, head: TablePage) -> None:
        """The rows that were read together with the shape."""
        for place in range(0, len(head.columns), BLOCK_COLUMNS):
            part = head.columns[place : place + BLOCK_COLUMNS]
            self._kept[0, place // BLOCK_COLUMNS] = TablePage(part, head.rows)
            self._met.add(place // BLOCK_COLUMNS)

    def _want(self, block: Block) -> None:
        if block in self._flying or self._broken:
            return
        if not self._wanted:
            QTimer.singleShot(0, self, self._ask)
        self._wanted[block] = None
        self._wanted.move_to_end(block)

    def _ask(self) -> None:
        """The latest first; the oldest of a long line are no longer looked at."""
        while len(self._wanted) > LINE:
            self._wanted.popitem(last=False)
        while self._wanted and len(self._flying) < AT_ONCE:
            block, _ = self._wanted.popitem()
            self._fetch(block)
        while self._ahead and not self._flying:
            if self._is_missing(block := self._ahead.pop(0)):
                self._fetch(block)

    def _fetch(self, block: Block) -> None:
        self._flying.add(block)
        generation = self._generation
        self._tasks.run(
            partial(_read, self._source, block, len(self.shape.columns), self.order),
            done=partial(self._arrived, block, generation),
            failed=partial(self._failed, block, generation),
            owner=self,
        )

    def _arrived(self, block: Block, generation: object, page: TablePage) -> None:
        if generation is not self._generation:
            return
        self._flying.discard(block)
        self._kept[block] = page
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        row, column = block[0] * BLOCK_ROWS, block[1] * BLOCK_COLUMNS
        last_row = min(row + BLOCK_ROWS, self.rowCount()) - 1
        last_column = min(column + BLOCK_COLUMNS, self.columnCount()) - 1
        if last_row >= row:
            first, last = self.index(row, column), self.index(last_row, last_column)
            self.dataChanged.emit(first, last)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, row, last_row)
        if block[1] not in self._met:
            self._met.add(block[1])
            self.first_seen.emit(row, column, last_column)
        self._ask()

    def _failed(self, block: Block, generation: object, error: BaseException) -> None:
        if generation is self._generation and not self._broken:
            self._broken = True
            self._flying.discard(block)
            self._wanted.clear()
            self.failed.emit(error)

    def _beside(self, row: int, column: int) -> str:
        if self.peek(row, column) is NO_ROW:
            return NO_SUCH_ROW
        other = self.other(row, column) if self.other is not None else None
        return "" if other is None else f", changed, beside: {other}"

    def _number(self, value: int | float, column: int) -> str:
        if isinstance(value, float) and math.isnan(value):
            return NAN
        if not math.isfinite(value):
            return str(value)
        return format_data(value, self._decimals_of(column))

    def _decimals_of(self, column: int) -> int:
        """The same for all rows of a column, so that its points stay in line."""
        known = self._decimals.get(column)
        if known is None:
            held = (
                page.columns[column % BLOCK_COLUMNS]
                for (_, at), page in self._kept.items()
                if at == column // BLOCK_COLUMNS
            )
            finite = [v for values in held for v in values if _finite(v)]
            known = self._decimals[column] = decimals_of(finite)
        return known


def _read(
    table: Table | MatchedTable, block: Block, columns: int, order: TableOrder
) -> TablePage:
    first = block[1] * BLOCK_COLUMNS
    wanted = range(first, min(first + BLOCK_COLUMNS, columns))
    return table.page(block[0] * BLOCK_ROWS, BLOCK_ROWS, wanted, order)


def _finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
