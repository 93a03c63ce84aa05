"""The view of a `TablePages`: any length, cells picked freely, copied as TSV."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme
from studio.gui.viewers.grid_head import GridHead
from studio.gui.viewers.grid_paint import (
    PAD,
    Ink,
    RowNumbers,
    lanes_within,
    paint_cells,
    rows_within,
)
from studio.gui.viewers.page_model import TablePages
from studio.gui.widgets.column_fit import LEAST_WIDTH

ROW, MEASURED, MOST_WIDTH, MOST_MEASURED = 28, 64, 320, 1000
_ELIDE = Qt.TextElideMode.ElideRight


class DataGrid(QTableView):
    """`sort_wanted(column, descending)`, -1 for none; `copy_wanted` on Ctrl+C."""

    sort_wanted = Signal(int, bool)
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Rows")
        self._ink = Ink(self)
        self.setVerticalHeader(RowNumbers(self, self._ink))
        self.setHorizontalHeader(GridHead(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        # Then scrolling moves what is drawn, and draws only what comes into view.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._dress_rows()
        self._dress_columns()
        theme().changed.connect(self._resize_rows)

    @property
    def pages(self) -> TablePages | None:
        model = self.model()
        return model if isinstance(model, TablePages) else None

    def show_pages(self, pages: TablePages) -> None:
        """Replace the model; the old one is deleted."""
        old = self.pages
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        pages.setParent(self)
        pages.first_seen.connect(self._measure_columns)
        self.setModel(pages)
        if old is not None:
            old.deleteLater()
        for column in range(pages.columnCount()):
            self.setColumnHidden(column, False)
        self.measure()

    def measure(self) -> None:
        """Columns as wide as their names and first values, the row numbers too.

        Those whose values come later are measured again then.
        """
        if self.pages is not None:
            most = min(self.pages.columnCount(), MOST_MEASURED)
            self._measure_columns(0, 0, most - 1)
            self.measure_numbers()

    def _measure_columns(self, row: int, first: int, last: int) -> None:
        pages = self.pages
        assert pages is not None
        metrics = QFontMetrics(fonts.font(tabular=True))
        heading = QFontMetrics(fonts.font(12, fonts.SEMIBOLD))
        rows = range(row, min(row + MEASURED, pages.rowCount()))
        for column in range(first, last + 1):
            name = heading.horizontalAdvance(pages.shape.columns[column].name) + 36
            values = (pages.peek(at, column) for at in rows)
            texts = {pages.text_of(value, column) for value in values}
            widest = max((metrics.horizontalAdvance(t) for t in texts), default=0)
            wanted = max(name, widest) + 2 * PAD + 4
            self.setColumnWidth(column, min(MOST_WIDTH, max(LEAST_WIDTH, wanted)))

    def measure_numbers(self) -> None:
        """Room for the largest row number."""
        largest = "0" * max(3, len(str(self.pages.total if self.pages else 0)))
        width = QFontMetrics(fonts.font(12, tabular=True)).horizontalAdvance(largest)
        self.verticalHeader().setFixedWidth(width + 2 * PAD)

    def go_to(self, row: int) -> None:
        """Make a row current and bring it into the middle."""
        model = self.model()
        if model is not None and 0 <= row < model.rowCount():
            column = max(0, self.currentIndex().column())
            index = model.index(row, column)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def chosen(self) -> tuple[int, int, list[int]]:
        """First row, number of rows and columns of what is selected; all if nothing.

        Columns are in the order in which they are shown.
        """
        header = self.horizontalHeader()
        shown = [header.logicalIndex(place) for place in range(header.count())]
        shown = [column for column in shown if not self.isColumnHidden(column)]
        picked = self.selectionModel().selection()
        ranges = [picked.at(number) for number in range(picked.size())]
        if not ranges:
            return 0, self.pages.total if self.pages else 0, shown
        top = min(one.top() for one in ranges)
        bottom = max(one.bottom() for one in ranges)
        within = {c for one in ranges for c in range(one.left(), one.right() + 1)}
        return top, bottom - top + 1, [column for column in shown if column in within]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        pages, painter = self.pages, QPainter(self.viewport())
        paint_cells(self, painter, event.rect(), self._ink)
        if pages is not None and pages.rowCount() == 0:
            words = "No row fits" if pages.order.where else "The table has no rows"
            painter.setPen(self._ink.faint)
            centred = Qt.AlignmentFlag.AlignCenter
            painter.drawText(self.viewport().rect(), int(centred), words)
        painter.end()
        if pages is not None:
            pages.look_ahead(*self.in_view())

    def in_view(self) -> tuple[range, list[int]]:
        """Rows and columns that are seen at least in part."""
        area = self.viewport().rect()
        lanes = lanes_within(self, area)
        return rows_within(self, area), [lane.column for lane in lanes]

    def _dress_rows(self) -> None:
        numbers = self.verticalHeader()
        numbers.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        numbers.setHighlightSections(False)
        self._resize_rows()

    def _dress_columns(self) -> None:
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(LEAST_WIDTH)
        header.setSortIndicatorClearable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.sortIndicatorChanged.connect(self._sort)
        header.setTextElideMode(_ELIDE)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.sort_wanted.emit(column, order == Qt.SortOrder.DescendingOrder)

    def _resize_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(fonts.scaled(ROW))
        self.viewport().update()

    def _header_menu(self, point: Any) -> None:
        header, pages = self.horizontalHeader(), self.pages
        if pages is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        under = header.logicalIndexAt(point)
        if under >= 0:
            name = pages.shape.columns[under].name
            hide = menu.addAction(f"Hide {name}")
            hide.triggered.connect(lambda: self.setColumnHidden(under, True))
            menu.addSeparator()
        for column, shown in enumerate(pages.shape.columns):
            choice = menu.addAction(shown.name)
            choice.setCheckable(True)
            choice.setChecked(not self.isColumnHidden(column))
            choice.toggled.connect(
                lambda on, column=column: self.setColumnHidden(column, not on)
            )
        menu.popup(header.mapToGlobal(point))
