"""The dots under the cards."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from studio.gui.designer.geometry import DOTS
from studio.gui.theme.theme import tokens

SPARSE_ZOOM, SPARSE, ROUND = 0.5, 2, 8
LEAST_GAP = 18.0
"""Pixels between two dots; nearer ones would be a grey ground."""


def paint_grid(painter: QPainter, area: QRectF, zoom: float) -> None:
    """Fill an area of the scene with the canvas and its dots."""
    today = tokens()
    painter.fillRect(area, QColor(today.canvas))
    small = zoom < SPARSE_ZOOM
    step = DOTS
    while step * zoom < LEAST_GAP:
        step *= SPARSE
    pen = QPen(QColor(today.border), 2)
    pen.setCosmetic(small)
    painter.setPen(pen)
    left, top = (math.floor(at / step) * step for at in (area.left(), area.top()))
    painter.translate(left, top)
    painter.drawPoints(
        _dots(_count(area.width(), step), _count(area.height(), step), step)
    )
    painter.translate(-left, -top)


def _count(length: float, step: int) -> int:
    """Dots along a side, rounded up so that similar areas share one polygon."""
    return math.ceil((length / step + 2) / ROUND) * ROUND


@lru_cache(maxsize=64)
def _dots(columns: int, rows: int, step: int) -> QPolygonF:
    return QPolygonF(
        [QPointF(x * step, y * step) for x in range(columns) for y in range(rows)]
    )
