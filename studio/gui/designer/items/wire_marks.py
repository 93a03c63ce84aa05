"""What stands at the middle of a wire: a failure, or how many rows went through."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from studio.gui.designer.geometry import around
from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.items.stamps import stamp
from studio.gui.theme import fonts, icons
from studio.gui.theme.theme import tokens

MARK, CLOSE_ZOOM = 14.0, 0.8
LABEL_HEIGHT, LABEL_PAD, LABEL_SIZE = 16.0, 4.0, 11
PORT_ROOM = 14.0
"""What the two ports at the ends of a wire cover of it."""


def paint_marks(painter: QPainter, wires: Iterable[EdgeItem], zoom: float) -> None:
    """Draw the marks of these wires."""
    for wire in wires:
        if wire.flow == "failed":
            area = around(wire.middle, MARK + 2)
            stamp(painter, area, "failure", _failure_at(wire.middle))
        elif wire.label and zoom >= CLOSE_ZOOM:
            _paint_label(painter, wire)


def _paint_label(painter: QPainter, wire: EdgeItem) -> None:
    """Only where it fits: a label longer than its wire would hide it."""
    area = label_area(wire)
    start, end = wire.ends
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    if area.width() + PORT_ROOM <= length:
        stamp(painter, area, ("label", wire.label), _label_in(area, wire.label))


def label_area(wire: EdgeItem) -> QRectF:
    """Where its label stands: over the wire, which it doesn't hide."""
    width = _width(wire.label, fonts.scaled(LABEL_SIZE)) + 2 * LABEL_PAD
    area = QRectF(QPointF(), QSizeF(width, LABEL_HEIGHT))
    area.moveCenter(wire.middle - QPointF(0, LABEL_HEIGHT / 2 + 2))
    return area


@lru_cache(maxsize=1024)
def _width(text: str, _pixels: int) -> float:
    return math.ceil(QFontMetricsF(fonts.font(LABEL_SIZE)).horizontalAdvance(text))


def _label_in(area: QRectF, text: str) -> Callable[[QPainter], object]:
    def paint(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().canvas))
        painter.drawRoundedRect(area, 4, 4)
        painter.setPen(QColor(tokens().text3))
        painter.setFont(fonts.font(LABEL_SIZE))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    return paint


def _failure_at(middle: QPointF) -> Callable[[QPainter], object]:
    def paint(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().canvas))
        painter.drawEllipse(around(middle, MARK + 2))
        picture = icons.pixmap("x-circle", "err", int(MARK), ratio=2.0)
        painter.drawPixmap(around(middle, MARK), picture, QRectF(picture.rect()))

    return paint
