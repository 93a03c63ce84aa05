"""Plots in the window's colours: curves, bars, a matrix, ROC, residuals.

    plot = MetricPlot()
    plot.show_curves([Curve("run-1", steps, values)], x="step", y="loss")
    plot.show_matrix(counts, labels)         # counts[true][predicted]
    plot.show_roc([Curve("Adelie", fpr, tpr)])
    plot.show_residuals(predicted, residual)

Every `show_` replaces what was there. pyqtgraph is imported at the first one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.basics import label
from studio.gui.widgets.formats import format_number
from studio.gui.widgets.plot_bars import bar_layout, draw_bars
from studio.gui.widgets.plot_hover import Curve as Curve
from studio.gui.widgets.plot_hover import Hover
from studio.gui.widgets.plot_surface import (
    Manners,
    add_legend,
    dress,
    elided,
    make_surface,
    name_ticks,
    set_axes,
)

MARKED_POINTS = 60
LEFT_ROOM, GAP = 110.0, 20.0

F = TypeVar("F")


def preload() -> None:
    """Import what plots need, in a worker thread, so that the first one is quick."""
    import pyqtgraph  # noqa: F401


class MetricPlot(QWidget):
    """One plot; it draws itself again when the theme changes."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._title = label(title, "section")
        self._layout.addWidget(self._title)
        self._title.setVisible(bool(title))
        self._surface: Any = None
        self._draw: Callable[[], None] | None = None
        self._hover: Hover | None = None
        self._fit: Callable[[], object] | None = None
        self._fitted: object = None
        self.setMinimumHeight(160)
        theme().changed.connect(self._redraw)

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))

    def clear(self) -> None:
        """Show no plot."""
        self._draw = None
        if self._surface is not None:
            self._surface.clear()

    def show_curves(
        self, curves: Sequence[Curve], *, x: str = "step", y: str = ""
    ) -> None:
        """Lines over `x`, with a legend where there are several."""
        self._show(lambda: self._draw_curves(curves, x, y))

    def show_bars(
        self, names: Sequence[str], values: Sequence[float], *, y: str = ""
    ) -> None:
        """One bar for each name."""
        self._show(lambda: self._draw_bars(names, values, y))

    def show_matrix(
        self, counts: Sequence[Sequence[float]], labels: Sequence[str]
    ) -> None:
        """A confusion matrix: rows are the truth, columns the prediction."""
        self._show(lambda: self._draw_matrix(counts, labels))

    def show_roc(self, curves: Sequence[Curve]) -> None:
        """False against true positive rate, with the diagonal of chance."""
        chance = Curve("Chance", (0.0, 1.0), (0.0, 1.0), dashed=True)
        self._show(
            lambda: self._draw_curves(
                [*curves, chance], "False positive rate", "True positive rate"
            )
        )

    def show_residuals(
        self, predicted: Sequence[float], residual: Sequence[float]
    ) -> None:
        """Residuals over predictions, with the line of no error."""
        self.show_scatter(predicted, residual, x="Predicted", y="Residual", zero=True)

    def show_scatter(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        x: str = "",
        y: str = "",
        zero: bool = False,
    ) -> None:
        """Points; `zero` adds a dashed line at 0."""
        self._show(lambda: self._draw_scatter(xs, ys, (x, y), zero))

    def show_clouds(self, groups: Sequence[Curve], *, x: str = "", y: str = "") -> None:
        """Points of several groups, each in a colour of its own."""
        self._show(lambda: self._draw_clouds(groups, x, y))

    @property
    def item(self) -> Any:
        """The pyqtgraph PlotItem, for tests and further drawing."""
        return self._surface.getPlotItem()

    def _show(self, draw: Callable[[], None]) -> None:
        self._draw = draw
        if self._surface is None:
            self._surface = make_surface()
            Manners(self._surface, self._redraw)
            self._layout.addWidget(self._surface, 1)
        self._redraw()

    def _redraw(self) -> None:
        if self._draw is None or self._surface is None:
            return
        if self._hover is not None:
            self._hover.detach()
            self._hover = None
        self._fit = None
        self._surface.clear()
        dress(self._surface)
        self._draw()

    def _draw_curves(self, curves: Sequence[Curve], x: str, y: str) -> None:
        set_axes(self.item, x, y)
        many = len([curve for curve in curves if not curve.dashed]) > 1
        if many or any(curve.dashed for curve in curves):
            add_legend(self.item, low=any(curve.dashed for curve in curves))
        colors = iter(_cycle(len(curves)))
        for curve in curves:
            color = tokens().text3 if curve.dashed else next(colors)
            _line(self.item, curve, color)
        self.item.autoRange()
        self._hover = Hover(self._surface, [c for c in curves if not c.dashed])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fit is not None and self._fit() != self._fitted:
            self._redraw()

    def _fit_to_width(self, fit: Callable[[], F]) -> F:
        """What of a drawing follows from the width; it is drawn again for another."""
        self._fit, fitted = fit, fit()
        self._fitted = fitted
        return fitted

    def _draw_bars(self, names: Sequence[str], values: Sequence[float], y: str) -> None:
        layout = self._fit_to_width(lambda: bar_layout(names, self.width()))
        draw_bars(self.item, values, y, layout)

    def _draw_matrix(
        self, counts: Sequence[Sequence[float]], labels: Sequence[str]
    ) -> None:
        import numpy as np
        import pyqtgraph as pg

        set_axes(self.item, "Predicted", "Actual", grid="")
        table = np.asarray(counts, dtype=float)
        rows = table.sum(axis=1, keepdims=True)
        shares = np.divide(table, rows, out=np.zeros_like(table), where=rows > 0)
        picture = pg.ImageItem(shares.T, levels=(0.0, 1.0))
        picture.setLookupTable(_ramp())
        self.item.addItem(picture)
        size = len(labels)
        for row in range(size):
            for cell in range(size):
                self._add_count(cell, row, table[row][cell], shares[row][cell])
        below = self._fit_to_width(lambda: elided(labels, self._room_for(size)))
        name_ticks(self.item.getAxis("bottom"), below, first=0.5)
        name_ticks(self.item.getAxis("left"), elided(labels, LEFT_ROOM), first=0.5)
        self.item.invertY(True)
        self.item.setRange(xRange=(0, size), yRange=(0, size), padding=0)

    def _room_for(self, count: int) -> float:
        return (self.width() - LEFT_ROOM) / max(1, count) - GAP

    def _add_count(self, x: int, y: int, count: float, share: float) -> None:
        import pyqtgraph as pg

        today = tokens()
        ink = today.accent_text if share > 0.5 else today.text
        text = pg.TextItem(format_number(count), color=ink, anchor=(0.5, 0.5))
        text.setFont(fonts.font(13, fonts.SEMIBOLD, tabular=True))
        text.setPos(x + 0.5, y + 0.5)
        self.item.addItem(text)

    def _draw_scatter(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        titles: tuple[str, str],
        zero: bool,
    ) -> None:
        import pyqtgraph as pg

        set_axes(self.item, *titles)
        self.item.addItem(_points(Curve("", list(xs), list(ys)), tokens().accent))
        if zero:
            pen = pg.mkPen(tokens().text3, style=Qt.PenStyle.DashLine)
            self.item.addItem(pg.InfiniteLine(0, angle=0, pen=pen))
        self.item.autoRange()

    def _draw_clouds(self, groups: Sequence[Curve], x: str, y: str) -> None:
        set_axes(self.item, x, y)
        if len(groups) > 1:
            add_legend(self.item)
        for group, color in zip(groups, _cycle(len(groups)), strict=False):
            self.item.addItem(_points(group, color))
        self.item.autoRange()


def _points(group: Curve, color: str) -> Any:
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


def _line(item: Any, curve: Curve, color: str) -> None:
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


def _cycle(count: int) -> list[str]:
    series = tokens().series
    return [series[number % len(series)] for number in range(max(1, count))]


def _ramp() -> Any:
    """From the surface to the accent, 256 x 3 bytes."""
    import numpy as np

    ends = [QColor(tokens().surface), QColor(tokens().accent)]
    first, last = ([c.red(), c.green(), c.blue()] for c in ends)
    return np.linspace(first, last, 256).astype(np.ubyte)
