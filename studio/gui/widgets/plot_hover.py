"""A crosshair over curves that names the nearest point of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from studio.gui.theme.theme import tokens
from studio.gui.widgets.formats import format_number


@dataclass(frozen=True)
class Curve:
    """One named line; `xs` and `ys` have the same length."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    dashed: bool = False


class Hover:
    """Follows the pointer from its making until `detach`."""

    def __init__(self, surface: Any, curves: Sequence[Curve]) -> None:
        import pyqtgraph as pg

        self._curves = [curve for curve in curves if len(curve.xs)]
        self._box = surface.getPlotItem().getViewBox()
        pen = pg.mkPen(tokens().border_strong, style=Qt.PenStyle.DotLine)
        self._line = pg.InfiniteLine(angle=90, pen=pen)
        self._text = pg.TextItem(
            color=tokens().text,
            fill=pg.mkBrush(tokens().surface2),
            border=pg.mkPen(tokens().border),
        )
        self._text.setZValue(10)
        for part in (self._line, self._text):
            part.hide()
            surface.getPlotItem().addItem(part, ignoreBounds=True)
        self._signal = surface.scene().sigMouseMoved
        self._signal.connect(self._moved)

    def detach(self) -> None:
        self._signal.disconnect(self._moved)

    def _moved(self, where: Any) -> None:
        inside = bool(self._curves) and self._box.sceneBoundingRect().contains(where)
        self._line.setVisible(inside)
        self._text.setVisible(inside)
        if not inside:
            return
        point = self._box.mapSceneToView(where)
        nearest = [(curve, _nearest(curve.xs, point.x())) for curve in self._curves]
        x = nearest[0][0].xs[nearest[0][1]]
        lines = [f"{c.name}  {format_number(float(c.ys[n]))}" for c, n in nearest]
        self._line.setValue(x)
        self._text.setText("\n".join([format_number(float(x)), *lines[:8]]))
        left, right = self._box.viewRange()[0]
        self._text.setAnchor((1.1, 0.5) if x > (left + right) / 2 else (-0.1, 0.5))
        self._text.setPos(x, point.y())


def _nearest(xs: Sequence[float], x: float) -> int:
    return min(range(len(xs)), key=lambda number: abs(xs[number] - x))
