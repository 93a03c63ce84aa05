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
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.basics import column, label, row, tool_button, wrap_in
from studio.gui.widgets.formats import format_number
from studio.gui.widgets.plot_bars import bar_layout, draw_bars
from studio.gui.widgets.plot_marks import cycle, line, points, ramp
from studio.gui.widgets.plot_readout import Curve as Curve
from studio.gui.widgets.plot_readout import (
    Reading,
    Readout,
    reading_of_bars,
    reading_of_curves,
    reading_of_matrix,
)
from studio.gui.widgets.plot_surface import (
    Manners,
    add_legend,
    dress,
    elided,
    make_surface,
    name_ticks,
    set_axes,
)
from studio.gui.widgets.plot_verbs import copy_picture, plot_menu, table_of

LEFT_ROOM, GAP = 110.0, 20.0
HOW = "The arrow keys read its points"

_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}

F = TypeVar("F")


def preload() -> None:
    """Import what plots need, in a worker thread, so that the first one is quick."""
    import pyqtgraph  # noqa: F401


class MetricPlot(QWidget):
    """One plot; it draws itself again when the theme changes.

    The pointer and the arrow keys read its points; Ctrl+C copies its picture, and the
    menu saves it or turns it into a table.
    """

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = label(title, "section")
        self._more = tool_button("dots-three", "", self._open_menu, size=16)
        self._trouble = label("", "caption", wrap=True)
        self._trouble.hide()
        self.frame = QWidget()
        self._layout = QVBoxLayout(self.frame)
        self._layout.setContentsMargins(0, 0, 0, 0)
        head = row(self._title, None, self._more, gap=4)
        layout = column(wrap_in(head), self._trouble, gap=2, margins=(2, 2, 2, 2))
        layout.addWidget(self.frame, 1)
        self.setLayout(layout)
        self._surface: Any = None
        self._table: QWidget | None = None
        self._reading = Reading((), ())
        self._draw: Callable[[], None] | None = None
        self.readout: Readout | None = None
        self._fit: Callable[[], object] | None = None
        self._fitted: object = None
        self.setMinimumHeight(160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_title(title)
        theme().changed.connect(self._redraw)

    @property
    def title(self) -> str:
        return self._title.text()

    def sizeHint(self) -> QSize:
        """Low: what pyqtgraph would like is higher than a place below the canvas."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self.setAccessibleName(title or "Plot")
        name = f"More for {title}" if title else "More for the plot"
        self._more.setToolTip(name)
        self._more.setAccessibleName(name)

    def clear(self) -> None:
        """Show no plot."""
        self._draw = None
        self.show_table(False)
        self._reading = Reading((), ())
        if self._surface is not None:
            self._forget_readout()
            self._surface.clear()

    @property
    def is_table(self) -> bool:
        """Whether its values stand in a table now."""
        return self._table is not None

    def show_table(self, on: bool) -> None:
        """Its values as a table in its place, or the plot again."""
        if on == self.is_table or self._surface is None:
            return
        if self._table is not None:
            self._layout.removeWidget(self._table)
            self._table.deleteLater()
            self._table = None
        else:
            self._table = table_of(self._reading)
            self._layout.addWidget(self._table, 1)
        self._surface.setVisible(not on)

    def show_curves(
        self,
        curves: Sequence[Curve],
        *,
        x: str = "step",
        y: str = "",
        legend: bool = False,
    ) -> None:
        """Lines over `x`, with a legend where there are several, or it is wanted."""
        self._show(lambda: self._draw_curves(curves, x, y, legend))

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
            self._surface.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            menu = Qt.ContextMenuPolicy.NoContextMenu  # it is this widget's own
            self._surface.setContextMenuPolicy(menu)
            self._surface.viewport().setContextMenuPolicy(menu)
            Manners(self._surface, self._redraw)
            self._layout.addWidget(self._surface, 1)
        self._redraw()

    def _redraw(self) -> None:
        if self._draw is None or self._surface is None:
            return
        self._forget_readout()
        self.show_table(False)
        self._fit = None
        self._surface.clear()
        dress(self._surface)
        self._draw()

    def _read(self, reading: Reading) -> None:
        """What has just been drawn, for the pointer, the keys and the table."""
        self._reading = reading
        self.readout = Readout(self._surface, reading, self._tell)
        self._tell("")

    def _forget_readout(self) -> None:
        if self.readout is not None:
            self.readout.detach()
            self.readout = None

    def _tell(self, words: str) -> None:
        names = [group.name for group in self._reading.groups if group.name]
        whole = ". ".join(filter(None, [", ".join(names[:12]), HOW]))
        self.setAccessibleDescription(words or whole)

    def _open_menu(self) -> None:
        below = self._more.mapToGlobal(QPoint(0, self._more.height()))
        plot_menu(self, self._complain).popup(below)

    def _complain(self, words: str) -> None:
        self._trouble.setText(words)
        self._trouble.setVisible(bool(words))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._draw is not None:
            plot_menu(self, self._complain).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        readout, key = self.readout, Qt.Key(event.key())
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_picture(self)
        elif readout is not None and not self.is_table and key in _STEPS:
            readout.step(*_STEPS[key])
        elif readout is not None and key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            readout.end(key == Qt.Key.Key_End)
        elif readout is not None and readout.at and key == Qt.Key.Key_Escape:
            readout.hide()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QColor(tokens().focus))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            painter.end()

    def _draw_curves(
        self, curves: Sequence[Curve], x: str, y: str, legend: bool = False
    ) -> None:
        set_axes(self.item, x, y)
        many = len([curve for curve in curves if not curve.dashed]) > 1
        if legend or many or any(curve.dashed for curve in curves):
            add_legend(self.item, low=any(curve.dashed for curve in curves))
        colors = iter(cycle(len(curves)))
        for curve in curves:
            color = tokens().text3 if curve.dashed else next(colors)
            line(self.item, curve, color)
        self.item.autoRange()
        self._read(reading_of_curves(curves, x, y))

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
        self._read(reading_of_bars(names, values, y, lying=layout.lying))

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
        picture.setLookupTable(ramp())
        self.item.addItem(picture)
        size = len(labels)
        for truth in range(size):
            for cell in range(size):
                self._add_count(cell, truth, table[truth][cell], shares[truth][cell])
        below = self._fit_to_width(lambda: elided(labels, self._room_for(size)))
        name_ticks(self.item.getAxis("bottom"), below, first=0.5)
        name_ticks(self.item.getAxis("left"), elided(labels, LEFT_ROOM), first=0.5)
        self.item.invertY(True)
        self.item.setRange(xRange=(0, size), yRange=(0, size), padding=0)
        self._read(reading_of_matrix(counts, shares.tolist(), labels))

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
        self.item.addItem(points(Curve("", list(xs), list(ys)), tokens().accent))
        if zero:
            pen = pg.mkPen(tokens().text3, style=Qt.PenStyle.DashLine)
            self.item.addItem(pg.InfiniteLine(0, angle=0, pen=pen))
        self.item.autoRange()
        only = [Curve("", list(xs), list(ys))]
        self._read(reading_of_curves(only, *titles, by_x=False))

    def _draw_clouds(self, groups: Sequence[Curve], x: str, y: str) -> None:
        set_axes(self.item, x, y)
        if len(groups) > 1:
            add_legend(self.item)
        for group, color in zip(groups, cycle(len(groups)), strict=False):
            self.item.addItem(points(group, color))
        self.item.autoRange()
        self._read(reading_of_curves(groups, x, y, by_x=False))
