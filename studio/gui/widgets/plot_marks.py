"""What is drawn into a plot: points, lines, and the colours they are drawn in."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from studio.gui.theme.theme import tokens
from studio.gui.widgets.plot_readout import Curve

MARKED_POINTS = 60


def points(group: Curve, color: str) -> Any:
    import pyqtgraph as pg

    fill = QColor(color)
    fill.setAlpha(140)
    return pg.ScatterPlotItem(
        x=list(group.xs),
        y=list(group.ys),
        name=group.name or None,
        size=6,
        brush=pg.mkBrush(fill),
        pen=pg.mkPen(None),
    )


def line(item: Any, curve: Curve, color: str) -> None:
    import pyqtgraph as pg

    style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
    marked = len(curve.xs) <= MARKED_POINTS and not curve.dashed
    item.plot(
        list(curve.xs),
        [y if math.isfinite(y) else math.nan for y in curve.ys],
        connect="finite",  # a gap where the value is no number
        name=curve.name,
        pen=pg.mkPen(color, width=1 if curve.dashed else 2, style=style),
        symbol="o" if marked else None,
        symbolSize=5,
        symbolBrush=color,
        symbolPen=None,
    )


def cycle(count: int) -> list[str]:
    series = tokens().series
    return [series[number % len(series)] for number in range(max(1, count))]


def ramp() -> Any:
    """From the surface to the accent, 256 x 3 bytes."""
    import numpy as np

    ends = [QColor(tokens().surface), QColor(tokens().accent)]
    first, last = ([c.red(), c.green(), c.blue()] for c in ends)
    return np.linspace(first, last, 256).astype(np.ubyte)
