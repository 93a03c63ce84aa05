"""Sizes and shapes of the canvas, in scene pixels."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

WIDTH, HEIGHT = 216.0, 64.0
RADIUS = 8.0
GRID, DOTS = 8, 24
PORT, PORT_HIT, PORT_HALO = 10.0, 20.0, 3.0
PORT_STEP = 16.0
MARGIN = 12.0
LEAST_BEND = 40.0
BACK_STUB, BACK_CORNER = 14.0, 12.0
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


def routed(start: QPointF, end: QPointF) -> QPainterPath:
    """A wire between cards: as `wire`, but one that goes back to the left runs
    between the rows with round corners, where a cubic would cross both cards."""
    middle = (start.y() + end.y()) / 2
    apart = abs(end.y() - start.y())
    if end.x() > start.x() - LEAST_BEND or apart < 4 * BACK_CORNER:
        return wire(start, end)
    right, left = start.x() + BACK_STUB, end.x() - BACK_STUB
    corners = [(right, start.y()), (right, middle), (left, middle), (left, end.y())]
    points = [start, *(QPointF(x, y) for x, y in corners), end]
    return _rounded(points, BACK_CORNER)


def _rounded(points: Sequence[QPointF], radius: float) -> QPainterPath:
    """Straight lines through points whose corners are cut to an arc."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        come, go = QLineF(corner, before), QLineF(corner, after)
        cut = min(radius, come.length(), go.length() / 2)
        path.lineTo(come.pointAt(cut / come.length()))
        path.quadTo(corner, go.pointAt(cut / go.length()))
    path.lineTo(points[-1])
    return path


def around(point: QPointF, size: float) -> QRectF:
    """A square of that size with the point in its middle."""
    return QRectF(point.x() - size / 2, point.y() - size / 2, size, size)
