"""Draws the cells of a `DataGrid` in one pass: asking Qt cell by cell costs far more.

Also the row numbers beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView

from studio.domain.table import NO_ROW
from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.viewers.page_model import NAN, NO_SUCH_ROW, WAITING, TablePages, Tone

if TYPE_CHECKING:
    from studio.gui.viewers.data_grid import DataGrid

PAD, STUB, STUB_HEIGHT, BAR = 8, 64, 8, 3
NARROW, WIDE = 9, 15
"""Pixels that a digit, and any letter, is sure to fit into."""
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
RIGHT = int(Qt.AlignmentFlag.AlignRight | _MIDDLE)
LEFT = int(Qt.AlignmentFlag.AlignLeft | _MIDDLE)
_ELIDE = Qt.TextElideMode.ElideRight


class Lane(NamedTuple):
    """A column as it is drawn: its number in the table, its left edge and width."""

    column: int
    left: int
    width: int


class Ink(QObject):
    """Fonts and colours of cells, made once for a theme."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._dress()
        theme().changed.connect(self._dress)

    def _dress(self) -> None:
        self.numbers, self.texts = fonts.font(tabular=True), fonts.font()
        self.missing, self.counts = fonts.font(12), fonts.font(12, tabular=True)
        self.missing.setItalic(True)
        self.narrow, self.wide = fonts.scaled(NARROW), fonts.scaled(WIDE)
        today = tokens()
        self.ground, self.rule = QColor(today.surface), QColor(today.border)
        self.text, self.faint = QColor(today.text), QColor(today.text3)
        self.chosen, self.ring = QColor(today.selected), QColor(today.focus)
        self.stub = QColor(today.sunken)
        self.grounds: dict[Tone, QColor] = {
            "warn": QColor(today.warn_bg),
            "ok": QColor(today.ok_bg),
            "err": QColor(today.err_bg),
        }
        self.bars: dict[Tone, QColor] = {
            "warn": QColor(today.warn),
            "ok": QColor(today.ok),
            "err": QColor(today.err),
        }
        self.quiet = QColor(today.surface2)


def paint_cells(grid: DataGrid, painter: QPainter, area: QRect, ink: Ink) -> None:
    """What of the cells lies in an area of the viewport."""
    painter.fillRect(area, ink.ground)
    pages = grid.pages
    if pages is None:
        return
    rows, lanes = rows_within(grid, area), list(lanes_within(grid, area))
    if not rows or not lanes:
        return
    height = grid.rowHeight(rows[0])
    tops = [grid.rowViewportPosition(row) for row in rows]
    changed = _changed(grid, pages, rows, lanes)
    for cell, tone in changed:
        painter.fillRect(cell, ink.grounds[tone])
    _paint_chosen(grid, painter, ink, rows, lanes)
    for cell, tone in changed:  # also where selected, and not by the ground alone
        painter.fillRect(cell.left(), cell.top(), BAR, cell.height(), ink.bars[tone])
    right = lanes[-1].left + lanes[-1].width - 1
    painter.setPen(ink.rule)
    for top in tops:
        painter.drawLine(lanes[0].left, top + height - 1, right, top + height - 1)
    for lane in lanes:
        _paint_lane(painter, pages, lane, zip(rows, tops, strict=True), height, ink)
    current = grid.currentIndex()
    if grid.hasFocus() and current.isValid():
        painter.setPen(ink.ring)
        painter.drawRect(grid.visualRect(current).adjusted(0, 0, -1, -2))


def rows_within(grid: DataGrid, area: QRect) -> range:
    """Rows that an area of the viewport touches."""
    first, last = grid.rowAt(area.top()), grid.rowAt(area.bottom())
    if first < 0:
        return range(0)
    pages = grid.pages
    return range(first, (pages.rowCount() if pages and last < 0 else last + 1))


def lanes_within(grid: DataGrid, area: QRect) -> Iterator[Lane]:
    """Columns that an area touches, from left to right as they are shown."""
    header = grid.horizontalHeader()
    place = max(0, header.visualIndexAt(max(0, area.left())))
    while place < header.count():
        column = header.logicalIndex(place)
        left = grid.columnViewportPosition(column)
        if left > area.right():
            return
        if not header.isSectionHidden(column):
            yield Lane(column, left, grid.columnWidth(column))
        place += 1


def _paint_chosen(
    grid: DataGrid, painter: QPainter, ink: Ink, rows: range, lanes: list[Lane]
) -> None:
    picked = grid.selectionModel().selection()
    height = grid.rowHeight(rows[0])
    for one in (picked.at(number) for number in range(picked.size())):
        first, last = max(rows[0], one.top()), min(rows[-1], one.bottom())
        if first > last:
            continue
        top, tall = grid.rowViewportPosition(first), (last - first + 1) * height
        for lane in lanes:
            if one.left() <= lane.column <= one.right():
                painter.fillRect(lane.left, top, lane.width, tall, ink.chosen)


def _changed(
    grid: DataGrid, pages: TablePages, rows: range, lanes: list[Lane]
) -> list[tuple[QRect, Tone]]:
    """Cells that differ from those of a table beside, and how they are marked."""
    if pages.other is None:
        return []
    height, other = grid.rowHeight(rows[0]), pages.other
    found: list[tuple[QRect, Tone]] = []
    for lane in lanes:
        for row in rows:
            told = other(row, lane.column)
            if told is not None:
                top = grid.rowViewportPosition(row)
                cell = QRect(lane.left, top, lane.width, height - 1)
                found.append((cell, pages.lone if told is NO_SUCH_ROW else "warn"))
    return found


def _paint_lane(
    painter: QPainter,
    pages: TablePages,
    lane: Lane,
    rows: Iterator[tuple[int, int]],
    height: int,
    ink: Ink,
) -> None:
    column, left, width = lane.column, lane.left + PAD, lane.width - 2 * PAD
    number = pages.shape.columns[column].is_number
    font, side = (ink.numbers, RIGHT) if number else (ink.texts, LEFT)
    sure = ink.narrow if number else ink.wide
    metrics: QFontMetrics | None = None
    painter.setFont(font)
    painter.setPen(ink.text)
    for row, top in rows:
        value = pages.cell(row, column)
        if value is WAITING:
            stub = min(width, STUB)
            middle = top + (height - STUB_HEIGHT) // 2
            painter.fillRect(left, middle, stub, STUB_HEIGHT, ink.stub)
            continue
        if value is NO_ROW:
            painter.fillRect(lane.left, top, lane.width, height - 1, ink.quiet)
            continue
        text = pages.text_of(value, column)
        if len(text) * sure > width:
            metrics = metrics or QFontMetrics(font)
            text = metrics.elidedText(text.replace("\n", " "), _ELIDE, width)
        if value is None or text == NAN:
            painter.setPen(ink.faint)
            painter.setFont(ink.missing if value is None else font)
            painter.drawText(left, top, width, height - 1, side, text)
            painter.setFont(font)
            painter.setPen(ink.text)
        else:
            painter.drawText(left, top, width, height - 1, side, text)


class RowNumbers(QHeaderView):
    """Numbers of the rows in the table as it is stored."""

    def __init__(self, grid: DataGrid, ink: Ink) -> None:
        super().__init__(Qt.Orientation.Vertical, grid)
        self._grid, self._ink = grid, ink
        self.setSectionsClickable(True)
        self.setAccessibleName("Row numbers")

    def paintEvent(self, event: QPaintEvent) -> None:
        area, ink, pages = event.rect(), self._ink, self._grid.pages
        painter = QPainter(self.viewport())
        painter.fillRect(area, ink.quiet)
        rows = rows_within(self._grid, area) if pages is not None else range(0)
        width, font = self.viewport().width(), QFont(ink.counts)
        painter.setFont(font)
        for row in rows:
            assert pages is not None
            top, height = self.sectionViewportPosition(row), self.sectionSize(row)
            number = pages.number_of(row)
            painter.setPen(ink.rule)
            painter.drawLine(0, top + height - 1, width, top + height - 1)
            if number is not None:
                painter.setPen(ink.faint)
                words = str(number + 1)
                painter.drawText(PAD, top, width - 2 * PAD, height - 1, RIGHT, words)
        painter.setPen(ink.rule)
        painter.drawLine(width - 1, area.top(), width - 1, area.bottom())
        painter.end()
