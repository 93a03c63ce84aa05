"""How the parts of parallel coordinates are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.parallel_axes import Axis, Trace

Look: TypeAlias = Literal["plain", "faint", "out", "lit"]
TICK, GAP, BRUSH, RING = 4.0, 6.0, 12.0, 9.0
_DOT, _WORST_ALPHA, _FAINT_ALPHA = 3.0, 0.45, 0.6


def paint_trace(
    painter: QPainter,
    points: Sequence[tuple[float, float]],
    trace: Trace,
    look: Look,
    width: float,
) -> None:
    """A line in the colour of its rank; a single point as a dot."""
    pen = QPen(trace_color(trace, look), width)
    if trace.faint:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    corners = [QPointF(x, y) for x, y in points]
    # A polyline's joins would take twice the time.
    painter.drawLines([QLineF(a, b) for a, b in pairwise(corners)])
    if look == "lit" or len(corners) == 1:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(pen.color())
        for corner in corners:
            painter.drawEllipse(corner, _DOT, _DOT)


def trace_color(trace: Trace, look: Look) -> QColor:
    """From text3 (worst) to the accent (best); what is brushed away is a border."""
    today = tokens()
    if look == "lit":
        return QColor(today.text if trace.rank is None else today.focus)
    if look == "out":
        return QColor(today.border)
    if trace.rank is None or look == "faint":
        pale = QColor(today.border_strong)
        pale.setAlphaF(_FAINT_ALPHA)
        return pale
    mixed = _between(QColor(today.text3), QColor(today.accent), trace.rank)
    mixed.setAlphaF(_WORST_ALPHA + (1 - _WORST_ALPHA) * trace.rank)
    return mixed


def paint_axis(
    painter: QPainter, axis: Axis, foot: QPointF, head: QPointF, room: float
) -> None:
    """The line, its title above in the `room` there is, its ticks at the left."""
    today = tokens()
    painter.setPen(QPen(QColor(today.border_strong), 1))
    painter.drawLine(foot, head)
    painter.setFont(fonts.font(12, fonts.SEMIBOLD))
    painter.setPen(QColor(today.text2))
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(axis.title, Qt.TextElideMode.ElideRight, room)
    wide = metrics.horizontalAdvance(shown) + 2
    box = QRectF(head.x() - wide / 2, head.y() - metrics.height() - GAP, wide, 20)
    box.moveLeft(max(2.0, min(box.left(), painter.viewport().width() - wide - 2)))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)
    painter.setFont(fonts.font(11, tabular=True))
    taken = foot.y() + 100.0
    for place, word in axis.ticks:
        at = QPointF(foot.x(), foot.y() + place * (head.y() - foot.y()))
        if taken - at.y() >= QFontMetricsF(painter.font()).height() * 0.9:
            _paint_tick(painter, at, word)
            taken = at.y()


def paint_brush(painter: QPainter, top: QPointF, bottom: QPointF) -> None:
    """The part of an axis that lines must cross."""
    today = tokens()
    ground = QColor(today.accent)
    ground.setAlpha(64)
    box = QRectF(top.x() - BRUSH / 2, top.y(), BRUSH, bottom.y() - top.y())
    painter.setPen(QPen(QColor(today.accent), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 2, 2)


def paint_focus(painter: QPainter, top: QPointF, bottom: QPointF, words: str) -> None:
    """A ring around the axis that keys move, its range below it."""
    today = tokens()
    box = QRectF(top, bottom).adjusted(-RING, -GAP, RING, GAP)
    painter.setPen(QPen(QColor(today.focus), today.focus_width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 4, 4)
    painter.setFont(fonts.font(11, tabular=True))
    metrics = QFontMetricsF(painter.font())
    wide, high = metrics.horizontalAdvance(words) + 12, metrics.height() + 2
    label = QRectF(box.right() + GAP, bottom.y() - high, wide, high)
    if label.right() > painter.viewport().width():
        label.moveRight(box.left() - GAP)
    painter.setPen(QPen(QColor(today.focus), 1))
    painter.setBrush(QColor(today.surface))
    painter.drawRoundedRect(label, 4, 4)
    painter.setPen(QColor(today.text))
    painter.drawText(label, int(Qt.AlignmentFlag.AlignCenter), words)


def _paint_tick(painter: QPainter, at: QPointF, word: str) -> None:
    today = tokens()
    metrics = QFontMetricsF(painter.font())
    shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, fonts.scaled(60))
    wide, high = metrics.horizontalAdvance(shown) + 2, metrics.height()
    box = QRectF(at.x() - TICK - GAP - wide, at.y() - high / 2, wide, high)
    ground = QPainterPath()
    ground.addRoundedRect(box.adjusted(-2, 1, 2, -1), 2, 2)
    halo = QColor(today.surface)
    halo.setAlpha(216)
    painter.fillPath(ground, halo)
    painter.setPen(QColor(today.border_strong))
    painter.drawLine(at, at - QPointF(TICK, 0))
    painter.setPen(QColor(today.text3))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)


def _between(first: QColor, last: QColor, part: float) -> QColor:
    mixed = (
        round(a + (b - a) * part)
        for a, b in zip(first.toTuple()[:3], last.toTuple()[:3], strict=True)  # type: ignore[index]
    )
    return QColor(*mixed)
