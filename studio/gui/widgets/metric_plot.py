"""Plots in the window's colours: curves, bars, a matrix, ROC, residuals.

    plot = MetricPlot()
    plot.show_curves([Curve("run-1", steps, values)], x="step", y="loss")
    plot.show_matrix(counts, labels)         # counts[true][predicted]
    plot.show_roc([Curve("Adelie", fpr, tpr)])
    plot.show_residuals(predicted, residual)

Every `show_` replaces what was there. pyqtgraph is imported at the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.basics import label
from studio.gui.widgets.formats import format_number

MARKED_POINTS = 60


def preload() -> None:
    """Import what plots need, in a worker thread, so that the first one is quick."""
    import pyqtgraph  # noqa: F401


@dataclass(frozen=True)
class Curve:
    """One named line; `xs` and `ys` have the same length."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    dashed: bool = False


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
        self._hover: _Hover | None = None
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

    @property
    def item(self) -> Any:
        """The pyqtgraph PlotItem, for tests and further drawing."""
        return self._surface.getPlotItem()

    def _show(self, draw: Callable[[], None]) -> None:
        self._draw = draw
        if self._surface is None:
            self._surface = _make_surface()
            self._layout.addWidget(self._surface, 1)
        self._redraw()

    def _redraw(self) -> None:
        if self._draw is None or self._surface is None:
            return
        if self._hover is not None:
            self._hover.detach()
            self._hover = None
        self._surface.clear()
        _dress(self._surface)
        self._draw()

    def _draw_curves(self, curves: Sequence[Curve], x: str, y: str) -> None:
        _axes(self.item, x, y)
        many = len([curve for curve in curves if not curve.dashed]) > 1
        if many or any(curve.dashed for curve in curves):
            _legend(self.item, low=any(curve.dashed for curve in curves))
        colors = iter(_cycle(len(curves)))
        for curve in curves:
            color = tokens().text3 if curve.dashed else next(colors)
            _line(self.item, curve, color)
        self.item.autoRange()
        self._hover = _Hover(self._surface, [c for c in curves if not c.dashed])

    def _draw_bars(self, names: Sequence[str], values: Sequence[float], y: str) -> None:
        import pyqtgraph as pg

        _axes(self.item, "", y)
        places = list(range(len(names)))
        brush = pg.mkBrush(tokens().accent)
        bars = pg.BarGraphItem(
            x=places, height=list(values), width=0.6, brush=brush, pen=pg.mkPen(None)
        )
        self.item.addItem(bars)
        self.item.getAxis("bottom").setTicks([list(zip(places, names, strict=True))])
        for place, value in zip(places, values, strict=True):
            text = pg.TextItem(format_number(value), color=tokens().text2)
            text.setFont(_tick_font())
            text.setAnchor((0.5, 1.0 if value >= 0 else 0.0))
            text.setPos(place, value)
            self.item.addItem(text, ignoreBounds=True)
        room = 0.25 * max((abs(value) for value in values), default=1.0)
        low, high = min([0.0, *values]), max([0.0, *values])
        self.item.setYRange(low - room * (low < 0), high + room, padding=0)

    def _draw_matrix(
        self, counts: Sequence[Sequence[float]], labels: Sequence[str]
    ) -> None:
        import numpy as np
        import pyqtgraph as pg

        _axes(self.item, "Predicted", "Actual", grid=False)
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
        ticks = [[(place + 0.5, name) for place, name in enumerate(labels)]]
        self.item.getAxis("bottom").setTicks(ticks)
        self.item.getAxis("left").setTicks(ticks)
        self.item.invertY(True)
        self.item.setRange(xRange=(0, size), yRange=(0, size), padding=0)

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

        _axes(self.item, *titles)
        fill = QColor(tokens().accent)
        fill.setAlpha(140)
        points = pg.ScatterPlotItem(
            x=list(xs), y=list(ys), size=6, brush=pg.mkBrush(fill), pen=pg.mkPen(None)
        )
        self.item.addItem(points)
        if zero:
            pen = pg.mkPen(tokens().text3, style=Qt.PenStyle.DashLine)
            self.item.addItem(pg.InfiniteLine(0, angle=0, pen=pen))
        self.item.autoRange()


class _Hover:
    """A crosshair that names the nearest point of each curve."""

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


def _make_surface() -> Any:
    import pyqtgraph as pg

    pg.setConfigOptions(antialias=True, imageAxisOrder="col-major")
    surface = pg.PlotWidget()
    surface.setMenuEnabled(False)
    surface.hideButtons()
    surface.setAccessibleName("Plot")
    return surface


def _dress(surface: Any) -> None:
    import pyqtgraph as pg

    today, item = tokens(), surface.getPlotItem()
    surface.setBackground(today.surface)
    if item.legend is not None:
        item.legend.scene().removeItem(item.legend)
        item.legend = None
    item.invertY(False)
    for side in ("bottom", "left"):
        axis = item.getAxis(side)
        axis.setTicks(None)
        axis.setPen(pg.mkPen(today.border))
        axis.setTextPen(pg.mkPen(today.text3))
        axis.setTickFont(_tick_font())
        axis.setStyle(tickLength=-4, tickTextOffset=6)


def _axes(item: Any, x: str, y: str, *, grid: bool = True) -> None:
    style = {"color": tokens().text3, "font-size": f"{fonts.scaled(11)}px"}
    for side, text in (("bottom", x), ("left", y)):
        item.setLabel(side, text, **style)
        item.showLabel(side, bool(text))
        # The label's own scaling ("(x0.001)") would misread metrics.
        item.getAxis(side).enableAutoSIPrefix(False)
    item.showGrid(x=False, y=grid, alpha=0.4 if grid else 0)
    for side in ("bottom", "left"):
        item.getAxis(side).setZValue(-1)


def _legend(item: Any, *, low: bool = False) -> None:
    import pyqtgraph as pg

    legend = item.addLegend(
        offset=(-8, -8 if low else 8),
        labelTextColor=tokens().text2,
        labelTextSize=f"{fonts.scaled(11)}px",
        brush=pg.mkBrush(tokens().surface),
        pen=pg.mkPen(tokens().border),
    )
    legend.setZValue(5)


def _line(item: Any, curve: Curve, color: str) -> None:
    import pyqtgraph as pg

    style = Qt.PenStyle.DashLine if curve.dashed else Qt.PenStyle.SolidLine
    marked = len(curve.xs) <= MARKED_POINTS and not curve.dashed
    item.plot(
        list(curve.xs),
        list(curve.ys),
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


def _tick_font() -> QFont:
    return fonts.font(11, tabular=True)
