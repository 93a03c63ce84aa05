"""Sizes and shapes of the canvas, in scene pixels."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

WIDTH, HEIGHT = 216.0, 64.0
RADIUS = 8.0
GRID, DOTS = 8, 24
PORT, PORT_HIT, PORT_HALO = 10.0, 20.0, 3.0
PORT_STEP = 16.0
LEAST_BEND = 40.0
DETAIL_ZOOM, BLOCK_ZOOM = 0.6, 0.35
LEAST_ZOOM, MOST_ZOOM, OPENING_ZOOM = 0.15, 2.5, 0.75


def card_height(inputs: int, outputs: int) -> float:
    """64 px, more where the ports of one side need it."""
    return max(HEIGHT, PORT_STEP * (max(inputs, outputs) + 1))


def port_y(number: int, count: int, height: float) -> float:
    """Where the port of a side stands, from the card's top."""
    return height * (number + 1) / (count + 1)


def snapped(point: QPointF) -> tuple[float, float]:
    """The nearest place on the 8 px grid."""
    return (round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID)


def wire(start: QPointF, end: QPointF) -> QPainterPath:
    """A cubic from an output (leaving right) to an input (arriving from the left)."""
    bend = max(LEAST_BEND, abs(end.x() - start.x()) * 0.5)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path


def around(point: QPointF, size: float) -> QRectF:
    """A square of that size with the point in its middle."""
    return QRectF(point.x() - size / 2, point.y() - size / 2, size, size)
