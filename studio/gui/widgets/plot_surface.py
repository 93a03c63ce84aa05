"""What a plot is drawn on: pyqtgraph's widget in the window's colours and manners."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QWheelEvent

from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens

TIP = "Ctrl and the wheel zoom, a double click shows all again"


class Manners(QObject):
    """The wheel scrolls the page, as everywhere; with Ctrl it zooms the plot."""

    def __init__(self, surface: Any, reset: Callable[[], None]) -> None:
        super().__init__(surface)
        self._reset = reset
        surface.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonDblClick:
            self._reset()
            return True
        if not isinstance(event, QWheelEvent):
            return False
        zooms = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if not zooms:
            event.ignore()  # then the scroll area around gets it
        return not zooms


def make_surface() -> Any:
    """A PlotWidget without pyqtgraph's own menus and buttons."""
    import pyqtgraph as pg

    pg.setConfigOptions(antialias=True, imageAxisOrder="col-major")
    surface = pg.PlotWidget()
    surface.setMenuEnabled(False)
    surface.hideButtons()
    surface.getPlotItem().layout.setContentsMargins(4, 4, 8, 2)
    surface.setAccessibleName("Plot")
    surface.setToolTip(TIP)
    return surface


def dress(surface: Any) -> None:
    """Today's colours, no legend, axes as they are by default."""
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
        axis.setTickFont(tick_font())
        axis.setStyle(tickLength=-4, tickTextOffset=6)


def set_axes(item: Any, x: str, y: str, *, grid: str = "y") -> None:
    """Titles of the axes; `grid` names the axes whose values get lines."""
    style = {"color": tokens().text3, "font-size": f"{fonts.scaled(11)}px"}
    for side, text in (("bottom", x), ("left", y)):
        item.setLabel(side, text, **style)
        item.showLabel(side, bool(text))
        # The label's own scaling ("(x0.001)") would misread metrics.
        item.getAxis(side).enableAutoSIPrefix(False)
    item.showGrid(x="x" in grid, y="y" in grid, alpha=0.4 if grid else 0)
    for side in ("bottom", "left"):
        item.getAxis(side).setZValue(-1)


def add_legend(item: Any, *, low: bool = False) -> None:
    """At the top right, or the bottom right."""
    import pyqtgraph as pg

    legend = item.addLegend(
        offset=(-8, -8 if low else 8),
        labelTextColor=tokens().text2,
        labelTextSize=f"{fonts.scaled(11)}px",
        brush=pg.mkBrush(tokens().surface),
        pen=pg.mkPen(tokens().border),
    )
    legend.setZValue(5)


def name_ticks(axis: Any, names: Sequence[str], first: float = 0.0) -> None:
    """Write names at an axis, one for each unit from `first` on."""
    axis.setTicks([[(first + place, name) for place, name in enumerate(names)]])


def tick_font() -> QFont:
    return fonts.font(11, tabular=True)


def widest(names: Sequence[str]) -> float:
    """Pixels of the longest name as it is written at an axis."""
    metrics = QFontMetricsF(tick_font())
    return max((metrics.horizontalAdvance(name) for name in names), default=0.0)


def elided(names: Sequence[str], room: float) -> list[str]:
    """Names cut to a room in pixels; what is left of a `col_value` is its end."""
    metrics = QFontMetricsF(tick_font())
    middle = Qt.TextElideMode.ElideMiddle
    return [metrics.elidedText(name, middle, max(room, 24.0)) for name in names]
