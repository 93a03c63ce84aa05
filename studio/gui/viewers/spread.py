"""How a column's values spread, drawn small in a cell or large beside the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from studio.domain.table import ColumnProfile
from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.cells import PAD, CellDelegate
from studio.gui.widgets.formats import format_data, format_number
from studio.gui.widgets.rows_model import VALUE

SPREAD_ROW, LEAST_BAR = 44, 1.5
_Index = QModelIndex | QPersistentModelIndex
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def figure(value: Any) -> str:
    """A measure of a column: a number in few digits, a text as it is."""
    if value is None:
        return "—"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e15:
        return format_data(int(value), 0)
    return format_number(value)


def share(part: int, whole: int) -> str:
    """`12 (0.5 %)`, `0`."""
    if not part:
        return "0"
    percent = 100 * part / max(1, whole)
    written = f"{percent:.0f}" if percent >= 10 else f"{percent:.2g}"
    return f"{part:,} ({written} %)"


def told(profile: ColumnProfile) -> str:
    """The picture in words, for tips and screen readers."""
    if profile.bars:
        low, high = profile.bars[0][0], profile.bars[-1][1]
        most = max(profile.bars, key=lambda bar: bar[2])
        return (
            f"From {figure(low)} to {figure(high)}, most between "
            f"{figure(most[0])} and {figure(most[1])}"
        )
    if profile.top:
        shown = (f"{value}: {count:,}" for value, count in profile.top[:3])
        return "Most often " + ", ".join(shown)
    return "No picture of these values"


def paint_bars(painter: QPainter, area: QRectF, counts: Sequence[int]) -> None:
    """Upright bars over the whole area, the highest count filling it."""
    most = max(counts, default=0)
    if not most:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().accent))
    step = area.width() / len(counts)
    for number, count in enumerate(counts):
        if count:
            height = max(LEAST_BAR, area.height() * count / most)
            left = area.left() + number * step
            top = area.bottom() - height
            painter.drawRect(QRectF(left, top, max(1.0, step - 1), height))


class SpreadDelegate(CellDelegate):
    """For cells whose value is a `ColumnProfile` or None."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        self._paint_ground(painter, rect, state, index.row())
        inner = QRectF(rect).adjusted(PAD, 6, -PAD, -7)
        profile = index.data(VALUE)
        if isinstance(profile, ColumnProfile):
            _paint_small(painter, inner, profile)
        painter.restore()


def _paint_small(painter: QPainter, area: QRectF, profile: ColumnProfile) -> None:
    if profile.bars:
        paint_bars(painter, area, [count for _, _, count in profile.bars])
        return
    painter.setFont(fonts.font(12))
    if not profile.top:
        painter.setPen(QColor(tokens().text3))
        painter.drawText(area, int(_MIDDLE), "—")
        return
    _paint_shares(painter, area, profile)


def _paint_shares(painter: QPainter, area: QRectF, profile: ColumnProfile) -> None:
    """The most frequent values as parts of one bar, the first ones named."""
    today = tokens()
    line = QRectF(area.left(), area.bottom() - 7, area.width(), 7)
    painter.fillRect(line, QColor(today.sunken))
    left = line.left()
    for number, (_, count) in enumerate(profile.top):
        width = line.width() * count / max(1, profile.count)
        color = QColor(today.accent)
        color.setAlpha(max(70, 255 - 45 * number))
        painter.fillRect(QRectF(left, line.top(), max(0.0, width - 1), 7), color)
        left += width
    painter.setPen(QColor(today.text2))
    words = ", ".join(value for value, _ in profile.top[:4])
    above = QRectF(area.left(), area.top() - 2, area.width(), area.height() - 9)
    elide = Qt.TextElideMode.ElideRight
    text = painter.fontMetrics().elidedText(words, elide, int(above.width()))
    painter.drawText(above, int(_MIDDLE), text)
