"""The shapes of ports: kind of data by form as well as by colour."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from studio.gui.designer.geometry import PORT, PORT_HALO, around
from studio.gui.theme.theme import tokens


def port_shape(kind: str, middle: QPointF, size: float = PORT) -> QPainterPath:
    """The outline of a port: table a square, model a diamond, metric a triangle."""
    path = QPainterPath()
    box = around(middle, size)
    match kind:
        case "table":
            path.addRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 1, 1)
        case "model":
            path.addPolygon(_regular(middle, size * 0.6, 4, 0))
        case "metric":
            path.addPolygon(_regular(middle, size * 0.6, 3, 0))
        case "artifact":
            path.addPolygon(_regular(middle, size * 0.56, 6, math.pi / 6))
        case "image":
            path.addRoundedRect(box, 3, 3)
        case "param":
            path.addRoundedRect(box.adjusted(2.5, 0, -2.5, 0), 1.5, 1.5)
        case _:
            path.addEllipse(box)
    path.closeSubpath()
    return path


def paint_port(
    painter: QPainter,
    kind: str,
    middle: QPointF,
    *,
    size: float = PORT,
    ground: str = "canvas",
    halo: float = PORT_HALO,
) -> None:
    """Draw a port with a halo of its background, so that borders end before it."""
    today = tokens()
    if halo:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(today.color(ground)))
        painter.drawPath(port_shape(kind, middle, size + 2 * halo * 0.66))
    color = QColor(today.port(kind))
    if kind == "any":
        painter.setBrush(QColor(today.surface))
        painter.setPen(QPen(color, 2))
        painter.drawEllipse(around(middle, size - 2))
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPath(port_shape(kind, middle, size))


def _regular(middle: QPointF, radius: float, corners: int, turn: float) -> QPolygonF:
    points = []
    for corner in range(corners):
        angle = turn + 2 * math.pi * corner / corners
        points.append(middle + QPointF(math.cos(angle), math.sin(angle)) * radius)
    return QPolygonF([*points, points[0]])


def soft_shadow(painter: QPainter, card: QRectF, radius: float) -> None:
    """Three rounded rectangles; an effect would be redrawn as a picture each time."""
    strength = 2 if tokens().dark else 1
    painter.setPen(Qt.PenStyle.NoPen)
    for spread, alpha in ((2.5, 5), (1.5, 7), (0.5, 9)):
        painter.setBrush(QColor(0, 0, 0, alpha * strength))
        grown = card.adjusted(-spread, -spread + 1.5, spread, spread + 1.5)
        painter.drawRoundedRect(grown, radius + spread, radius + spread)
