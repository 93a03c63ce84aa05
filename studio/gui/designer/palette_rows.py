"""How rows of components are searched and drawn, in the palette and in quick add."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from studio.domain.component import Component
from studio.gui.designer.items.card_paint import bundled_icon
from studio.gui.designer.items.shapes import paint_port
from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.chip import paint_icon

COMPONENT = Qt.ItemDataRole.UserRole
CONTEXT = Qt.ItemDataRole.UserRole + 1
BROKEN = Qt.ItemDataRole.UserRole + 2
ROW, GLYPH, GLYPH_GAP = 28, 8.0, 3.0
ICON_LEFT, TEXT_LEFT, CARET = 18, 40, 12
STAR, STAR_ROOM = 5.0, 17
_HOVERED = QStyle.StateFlag.State_MouseOver
_Index = QModelIndex | QPersistentModelIndex
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PaletteDelegate(QStyledItemDelegate):
    """Categories with a caret; components with icon, name and the kinds they give."""

    def __init__(
        self,
        searched: Callable[[], str],
        starred: Callable[[str], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._searched, self._starred = searched, starred

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, fonts.scaled(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, rect, state)
        component = index.data(COMPONENT)
        if index.data(BROKEN) is not None:
            _paint_broken(painter, rect, str(index.data()), self._searched())
        elif component is None:
            tree = self.parent()
            is_open = isinstance(tree, QTreeView) and tree.isExpanded(
                QModelIndex(index)  # type: ignore[arg-type]
            )
            _paint_head(painter, rect, str(index.data()), is_open)
        else:
            paint_component(painter, rect, component, self._searched())
            if self._starred(component.name):
                _paint_star(painter, rect, filled=True)
            elif state & (_HOVERED | QStyle.StateFlag.State_Selected):
                _paint_star(painter, rect, filled=False)
        painter.restore()


def paint_row_ground(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    """Selected and hovered rows, rounded as menus are."""
    today = tokens()
    painter.setPen(Qt.PenStyle.NoPen)
    if state & QStyle.StateFlag.State_Selected:
        painter.setBrush(QColor(today.selected))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(QColor(today.hover))
    else:
        return
    painter.drawRoundedRect(QRectF(rect).adjusted(2, 1, -2, -1), 4, 4)


def paint_component(
    painter: QPainter,
    rect: QRect,
    component: Component,
    searched: str = "",
    *,
    left: int = ICON_LEFT,
    aside: str = "",
) -> None:
    """Icon, name (what was searched for in bold), `aside`, glyphs of its outputs."""
    middle = rect.center().y() + 1
    paint_icon(
        painter,
        bundled_icon(component.icon),
        tokens().text2,
        rect.left() + left,
        middle,
        18,
    )
    taken = _paint_glyphs(painter, rect, component) + 4
    taken += _paint_aside(painter, rect.adjusted(0, 0, -taken, 0), aside)
    text = rect.adjusted(left + TEXT_LEFT - ICON_LEFT, 0, -taken, 0)
    painter.setPen(QColor(tokens().text))
    paint_found(painter, text, component.title, searched)


def paint_found(painter: QPainter, rect: QRect, text: str, searched: str) -> None:
    """A text with the first place of the searched word in bold."""
    word = searched.strip().casefold()
    at = text.casefold().find(word) if word else -1
    parts = [(text, False)]
    if at >= 0:
        end = at + len(word)
        parts = [(text[:at], False), (text[at:end], True), (text[end:], False)]
    left = rect.left()
    for part, strong in parts:
        font = fonts.font(13, fonts.SEMIBOLD if strong else fonts.REGULAR)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        room = QRect(left, rect.top(), max(0, rect.right() - left), rect.height())
        shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(_LEFT), shown)
        left += metrics.horizontalAdvance(part)


def _paint_head(painter: QPainter, rect: QRect, text: str, is_open: bool) -> None:
    today = tokens()
    caret = "caret-down" if is_open else "caret-right"
    middle = rect.center().y() + 1
    paint_icon(painter, caret, today.text2, rect.left() + 6, middle, CARET)
    painter.setFont(fonts.font(12, fonts.SEMIBOLD))
    painter.setPen(QColor(today.text2))
    painter.drawText(rect.adjusted(24, 0, -4, 0), int(_LEFT), text)


def _paint_broken(painter: QPainter, rect: QRect, text: str, searched: str) -> None:
    """What can't be used: a warning, and the name that it would have."""
    middle = rect.center().y() + 1
    ink = tokens().warn
    paint_icon(painter, "warning", ink, rect.left() + ICON_LEFT, middle, 18)
    painter.setPen(QColor(tokens().text2))
    paint_found(painter, rect.adjusted(TEXT_LEFT, 0, -8, 0), text, searched)


def _paint_star(painter: QPainter, rect: QRect, *, filled: bool) -> None:
    """A star at the left: a favourite's is filled."""
    middle = QPointF(rect.left() + STAR_ROOM / 2, rect.center().y() + 1)
    points = QPolygonF()
    for number in range(10):
        angle = math.pi * number / 5 - math.pi / 2
        reach = STAR if number % 2 == 0 else STAR * 0.45
        points << middle + QPointF(math.cos(angle) * reach, math.sin(angle) * reach)
    today = tokens()
    painter.setPen(QPen(QColor(today.accent if filled else today.text3), 1))
    painter.setBrush(QColor(today.accent) if filled else Qt.BrushStyle.NoBrush)
    painter.drawPolygon(points)


def _paint_aside(painter: QPainter, rect: QRect, text: str) -> int:
    """A quiet word at the right; its width."""
    if not text:
        return 0
    painter.setFont(fonts.font(12))
    painter.setPen(QColor(tokens().text3))
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(rect, int(right), text)
    return painter.fontMetrics().horizontalAdvance(text) + 12


def _paint_glyphs(painter: QPainter, rect: QRect, component: Component) -> int:
    """The kinds it gives as small port shapes at the right, each once: names need
    the room. Their width."""
    x = rect.right() - 10.0
    kinds = dict.fromkeys(port.kind for port in component.outputs)
    for kind in reversed(list(kinds)):
        middle = QPointF(x, rect.center().y() + 1)
        paint_port(painter, kind, middle, size=GLYPH, halo=0)
        x -= GLYPH + GLYPH_GAP
    return int(rect.right() - x)
