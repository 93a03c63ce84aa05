"""The rows of a table with what finds them: a filter, a row's number, sorting."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.domain.errors import StudioError
from studio.domain.table import TableOrder, TablePage, TableShape
from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.viewers.data_grid import DataGrid
from studio.gui.viewers.page_model import (
    BLOCK_COLUMNS,
    BLOCK_ROWS,
    MOST_ROWS,
    TablePages,
)
from studio.gui.widgets.banner import Banner
from studio.gui.widgets.basics import column, search_edit, wrap_in
from studio.gui.widgets.progress import ProgressRow
from studio.services.tables.service import Table

MOST_COPIED = 2_000_000
WHOLE = 1 << 20


@dataclass(frozen=True)
class OpenedTable:
    """A table with what is shown of it first."""

    table: Table
    shape: TableShape
    head: TablePage


def open_table(table: Table) -> OpenedTable:
    """Shape and first rows; for a worker thread."""
    return OpenedTable(table, *table.head(BLOCK_ROWS, BLOCK_COLUMNS))


class RowsView(QWidget):
    """`filter` and `jump` are for the owner to place; `told` when `words` change."""

    told = Signal()
    copied = Signal(str)
    settled = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._work: Task | None = None
        self._sort: tuple[tuple[int, bool], ...] = ()
        self.words = ""
        self.grid = DataGrid()
        self.grid.sort_wanted.connect(self._sorted)
        self.grid.copy_wanted.connect(self.copy)
        self.filter = search_edit("Filter rows")
        self.filter.setToolTip(
            "For example year>2007, species=Adelie, sex=null, or a text to find"
        )
        self.filter.returnPressed.connect(self.apply)
        self.filter.textChanged.connect(self._filter_changed)
        self.jump = QLineEdit()
        self.jump.setPlaceholderText("Row")
        self.jump.setAccessibleName("Go to row")
        self.jump.setToolTip("Go to the row with this number")
        self.jump.setFixedWidth(60)
        self.jump.returnPressed.connect(self._jump)
        self.progress = ProgressRow("", cancel=self.cancel)
        self._waiting = wrap_in(column(self.progress, margins=(12, 6, 12, 6)))
        self.trouble = Banner("err")
        self._trouble = wrap_in(column(self.trouble, margins=(12, 8, 12, 8)))
        self._waiting.hide()
        self._trouble.hide()
        layout = column(self._trouble, self._waiting, gap=0)
        layout.addWidget(self.grid, 1)
        self.setLayout(layout)

    @property
    def pages(self) -> TablePages | None:
        return self.grid.pages

    def show_table(self, opened: OpenedTable) -> None:
        """Show a table from its first row; a text file is then read to its end."""
        self.cancel()
        self._sort = ()
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)
        self._trouble.hide()
        pages = TablePages(opened.table, opened.shape, opened.head, self._tasks)
        pages.failed.connect(self._fail)
        self.grid.show_pages(pages)
        self._tell()
        if opened.shape.rows is None:
            self._settle(opened.table)

    def apply(self) -> None:
        """Filter and sort as asked; what is shown stays until that is done."""
        pages = self.pages
        if pages is None:
            return
        self._trouble.hide()
        try:
            order = pages.table.order(pages.shape, self.filter.text(), self._sort)
        except StudioError as error:
            self._fail(error)
            return
        if order == pages.order:
            return
        if not order:
            self._ordered(order, pages.shape.rows or pages.total)
            return
        self._stream(
            "Sorting" if not order.where else "Filtering",
            lambda emit, cancelled: pages.table.count(order, cancelled),
            lambda rows: self._ordered(order, rows),
        )

    def cancel(self) -> None:
        """Stop reading, sorting or filtering."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
        self._waiting.hide()

    def copy(self) -> None:
        """The selected cells with their columns' names, as TSV, exact and whole."""
        pages = self.pages
        if pages is None:
            return
        first, count, columns = self.grid.chosen()
        if count * max(1, len(columns)) > MOST_COPIED:
            self._fail(
                StudioError(
                    f"{count:,} rows are too many to copy",
                    "Select fewer, or open the folder and take the file",
                )
            )
            return
        names = [pages.shape.columns[number].name for number in columns]
        words = f"Copied {count:,} row{'' if count == 1 else 's'}"

        def copied(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self.copied.emit(words)

        self._stream(
            "Copying",
            lambda emit, cancelled: _tsv(
                pages.table, pages.order, first, count, columns, names
            ),
            copied,
        )

    def _filter_changed(self, text: str) -> None:
        if not text:
            self.apply()

    def _settle(self, table: Table) -> None:
        def work(emit: Emit, cancelled: Event) -> TableShape:
            return table.settle(emit, cancelled)

        self._stream("Reading all rows", work, self._known)

    def _known(self, shape: TableShape) -> None:
        if self.pages is not None:
            self.pages.set_shape(shape)
            self.grid.measure_numbers()
            self._tell()
            self.settled.emit(shape)

    def _stream(self, text: str, work: Any, done: Any) -> None:
        self.cancel()
        self.progress.restart(text)
        self._waiting.show()

        def finish(result: Any) -> None:
            self._waiting.hide()
            self._work = None
            done(result)

        self._work = self._tasks.stream(
            work,
            on_item=self.progress.set_progress,
            done=finish,
            failed=self._fail,
            owner=self,
        )

    def _ordered(self, order: TableOrder, rows: int) -> None:
        if self.pages is not None:
            self.pages.set_order(order, rows)
            self.grid.scrollToTop()
            self._tell()

    def _sorted(self, number: int, descending: bool) -> None:
        self._sort = ((number, descending),) if number >= 0 else ()
        self.apply()

    def _jump(self) -> None:
        digits = "".join(sign for sign in self.jump.text() if sign.isdigit())
        if digits and self.pages is not None:
            last = self.pages.rowCount() - 1
            self.grid.go_to(min(max(0, int(digits) - 1), last))
            self.grid.setFocus()

    def _fail(self, error: BaseException) -> None:
        self._waiting.hide()
        self._work = None
        hint = str(getattr(error, "hint", ""))
        self.trouble.show_message("err", str(error), hint=hint)
        self._trouble.show()

    def _tell(self) -> None:
        pages = self.pages
        assert pages is not None
        known = pages.shape.rows
        rows = f"{pages.total:,}"
        if known is None:
            rows = f"first {rows}"
        elif pages.order.where:
            rows = f"{rows} of {known:,}"
        if pages.total > MOST_ROWS:
            rows = f"first {MOST_ROWS:,} of {rows}"
        self.words = f"{rows} rows × {len(pages.shape.columns):,} columns"
        self.told.emit()


def _tsv(
    table: Table,
    order: TableOrder,
    first: int,
    count: int,
    columns: Sequence[int],
    names: Sequence[str],
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(names)
    step = max(BLOCK_ROWS, 200_000 // max(1, len(columns)))
    read = partial(table.page, columns=columns, order=order, longest=WHOLE)
    for start in range(first, first + count, step):
        page = read(start, min(step, first + count - start))
        writer.writerows(zip(*page.columns, strict=True))
    return text.getvalue()
