"""Sizes and shapes of the canvas, in scene pixels."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from studio.domain.card_size import HEIGHT as HEIGHT
from studio.domain.card_size import WIDTH as WIDTH
from studio.domain.card_size import card_height as card_height
from studio.domain.card_size import port_y as port_y
from studio.domain.wire_way import Way

RADIUS = 8.0
GRID, DOTS = 8, 24
PORT, PORT_HIT, PORT_HALO = 10.0, 20.0, 3.0
MARGIN = 12.0
LEAST_BEND = 40.0
BACK_STUB, BACK_CORNER = 14.0, 12.0
DETAIL_ZOOM, BLOCK_ZOOM, PLAIN_ZOOM = 0.6, 0.35, 0.2
LEAST_ZOOM, MOST_ZOOM, OPENING_ZOOM = 0.04, 2.5, 0.65
READABLE_ZOOM = 0.5


def snapped(point: QPointF) -> tuple[float, float]:
    """The nearest place on the 8 px grid."""
    return (round(point.x() / GRID) * GRID, round(point.y() / GRID) * GRID)


def box_of(area: QRectF) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    return (area.left(), area.top(), area.right(), area.bottom())


def wire(start: QPointF, end: QPointF) -> QPainterPath:
    """A cubic from an output (leaving right) to an input (arriving from the left)."""
    bend = max(LEAST_BEND, abs(end.x() - start.x()) * 0.5)
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path


def routed(start: QPointF, end: QPointF) -> QPainterPath:
    """A wire between cards: as `wire`, but one that goes back to the left runs
    between the rows with round corners, where a cubic would cross both cards."""
    return routed_at(start.x(), start.y(), end.x(), end.y())


def routed_at(
    x: float, y: float, far: float, low: float, way: Way | None = None
) -> QPainterPath:
    """As `routed`, from plain numbers; on its `way` it is level between two curves."""
    path = QPainterPath()
    path.moveTo(x, y)
    if way is not None:
        first, last, level = way
        bend, end = (first - x) / 2, (far - last) / 2
        path.cubicTo(x + bend, y, first - bend, level, first, level)
        path.lineTo(last, level)
        path.cubicTo(last + end, level, far - end, low, far, low)
        return path
    if not _goes_back(x, y, far, low):
        bend = max(LEAST_BEND, abs(far - x) * 0.5)
        path.cubicTo(x + bend, y, far - bend, low, far, low)
        return path
    middle, down = (y + low) / 2, 1.0 if low > y else -1.0
    right, left, cut = x + BACK_STUB, far - BACK_STUB, BACK_CORNER * down
    inner = min(BACK_CORNER, (right - left) / 2)
    path.lineTo(right - BACK_CORNER, y)
    path.quadTo(right, y, right, y + cut)
    path.lineTo(right, middle - cut)
    path.quadTo(right, middle, right - inner, middle)
    path.lineTo(left + inner, middle)
    path.quadTo(left, middle, left, middle + cut)
    path.lineTo(left, low - cut)
    path.quadTo(left, low, left + BACK_CORNER, low)
    path.lineTo(far, low)
    return path


def straight(
    x: float, y: float, far: float, low: float, way: Way | None = None
) -> list[QLineF]:
    """A wire as few straight lines, for where its curves could not be seen."""
    if way is not None:
        first, last, level = way
        return [
            QLineF(x, y, first, level),
            QLineF(first, level, last, level),
            QLineF(last, level, far, low),
        ]
    if not _goes_back(x, y, far, low):
        return [QLineF(x, y, far, low)]
    right, left, middle = x + BACK_STUB, far - BACK_STUB, (y + low) / 2
    return [
        QLineF(right, y, right, middle),
        QLineF(right, middle, left, middle),
        QLineF(left, middle, left, low),
    ]


def span(
    x: float, y: float, far: float, low: float, way: Way | None = None
) -> tuple[float, float, float, float]:
    """A box that holds the wire from x, y to far, low, without making its path."""
    top, bottom = (y, low) if y < low else (low, y)
    if way is not None:
        return (x, min(top, way[2]), far, max(bottom, way[2]))
    if _goes_back(x, y, far, low):
        return (far - BACK_STUB, top, x + BACK_STUB, bottom)
    bend = abs(far - x) * 0.5
    if bend < LEAST_BEND:
        bend = LEAST_BEND
    before, behind = far - bend, x + bend
    left, right = before if before < x else x, behind if behind > far else far
    return (left, top, right, bottom)


def _goes_back(x: float, y: float, far: float, low: float) -> bool:
    return far <= x - LEAST_BEND and abs(low - y) >= 4 * BACK_CORNER


def around(point: QPointF, size: float) -> QRectF:
    """A square of that size with the point in its middle."""
    return QRectF(point.x() - size / 2, point.y() - size / 2, size, size)
