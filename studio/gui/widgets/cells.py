"""How table cells are drawn: text, numbers, status chips and clickable tags."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.chip import HEIGHT as CHIP_HEIGHT
from studio.gui.widgets.chip import chip_size, paint_chip
from studio.gui.widgets.rows_model import FADES, KIND, VALUE, WARNS, chip_look

ROW, PAD, TAG_PAD, TAG_GAP = 32, 8, 6, 4
_Index = QModelIndex | QPersistentModelIndex
_State = QStyle.StateFlag
_ELIDE = Qt.TextElideMode.ElideRight


class CellDelegate(QStyledItemDelegate):
    """Paints a whole cell itself; `hovered` is the row under the pointer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(_wanted_width(index) + 2 * PAD, fonts.scaled(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        self._paint_ground(painter, rect, state, index.row())
        inner = rect.adjusted(PAD, 0, -PAD, -1)
        match index.data(KIND):
            case "chip":
                _paint_chip(painter, inner, index)
            case "tags":
                _paint_tags(painter, inner, index)
            case kind:
                _paint_text(painter, inner, index, str(kind))
        if state & _State.State_HasFocus:
            _paint_ring(painter, rect)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, row: int
    ) -> None:
        today = tokens()
        if state & _State.State_Selected:
            painter.fillRect(rect, QColor(today.selected))
        elif row == self.hovered:
            painter.fillRect(rect, QColor(today.hover))
        painter.setPen(QColor(today.border))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())


def tag_rects(rect: QRect, value: object) -> list[tuple[QRect, str]]:
    """Where the tags of a cell are drawn, each with its `key=value` text."""
    metrics = QFontMetrics(fonts.mono(12))
    left = rect.left()
    found: list[tuple[QRect, str]] = []
    for text in _tag_texts(value):
        width = metrics.horizontalAdvance(text) + 2 * TAG_PAD
        if left + width > rect.right() and found:
            break
        room = min(width, rect.right() - left + 1)
        height = fonts.scaled(CHIP_HEIGHT)
        top = rect.center().y() - height // 2 + 1
        found.append((QRect(left, top, room, height), text))
        left += width + TAG_GAP
    return found


def _tag_texts(value: object) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{key}={text}" for key, text in value.items()]
    return []


def _paint_chip(painter: QPainter, rect: QRect, index: _Index) -> None:
    shown = chip_look(index.data(VALUE))
    if not shown.word:
        return
    size = chip_size(shown.word, shown.icon)
    top = rect.center().y() - size.height() // 2 + 1
    box = QRect(rect.left(), top, min(size.width(), rect.width()), size.height())
    paint_chip(painter, box, shown.word, shown.tone, shown.icon)


def _paint_tags(painter: QPainter, rect: QRect, index: _Index) -> None:
    today, value = tokens(), index.data(VALUE)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(fonts.mono(12))
    drawn = tag_rects(rect, value)
    for box, text in drawn:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(today.sunken))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(today.text2))
        inner = box.adjusted(TAG_PAD, 0, 2 - TAG_PAD, 0)
        elided = painter.fontMetrics().elidedText(text, _ELIDE, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter, elided)
    hidden = len(_tag_texts(value)) - len(drawn)
    if hidden > 0 and drawn:
        rest = QRect(drawn[-1][0].right() + TAG_GAP, rect.top(), 40, rect.height())
        painter.setPen(QColor(today.text3))
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter, f"+{hidden}")


def _paint_text(painter: QPainter, rect: QRect, index: _Index, kind: str) -> None:
    today = tokens()
    muted = kind in ("muted", "time", "mono")
    painter.setFont(_font(kind))
    plain = today.link if kind == "link" else today.text
    ink = today.text2 if muted else plain
    ink = today.text3 if index.data(FADES) else ink
    painter.setPen(QColor(today.warn if index.data(WARNS) else ink))
    text = str(index.data() or "").replace("\n", " ")
    elided = painter.fontMetrics().elidedText(text, _ELIDE, rect.width())
    alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
    painter.drawText(rect, int(alignment), elided)


def _paint_ring(painter: QPainter, rect: QRect) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens().focus), 1))
    painter.drawRect(rect.adjusted(0, 0, -1, -2))


def _font(kind: str) -> QFont:
    if kind == "mono":
        return fonts.mono(12)
    return fonts.font(tabular=kind in ("number", "time"))


def _wanted_width(index: _Index) -> int:
    kind = str(index.data(KIND))
    if kind == "chip":
        shown = chip_look(index.data(VALUE))
        return chip_size(shown.word, shown.icon).width()
    if kind == "tags":
        wide = QRect(0, 0, 100_000, ROW)
        drawn = tag_rects(wide, index.data(VALUE))
        return drawn[-1][0].right() + 1 if drawn else 0
    return QFontMetrics(_font(kind)).horizontalAdvance(str(index.data() or ""))
