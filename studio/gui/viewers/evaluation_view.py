"""An evaluation: its metrics and its plots, beside or below each other."""

from __future__ import annotations

from typing import Literal

from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from studio.gui.viewers.outputs import OutputContent
from studio.gui.viewers.plot_view import PlotRow, make_plot
from studio.gui.widgets.basics import column, label, row, wrap_in
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_number
from studio.gui.widgets.panel import scrolled

PLOT_HEIGHT, LEAST_PLOT, WIDEST = 280, 220, 16_777_215


class EvaluationView(QStackedWidget):
    """`way`: a row of plots in a low place, or metrics and a grid of plots."""

    def __init__(
        self, way: Literal["row", "grid"], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._way = way
        self._shown: OutputContent | None = None

    def show_content(self, content: OutputContent) -> None:
        """Replace what is drawn; the same content again costs nothing."""
        if content == self._shown:
            return
        self._shown = content
        old = self.currentWidget()
        if self._way == "row":
            made: QWidget = PlotRow()
            assert isinstance(made, PlotRow)
            made.show_plots(content.plots, content.metrics)
        else:
            made = _grid(content)
        self.addWidget(made)
        self.setCurrentWidget(made)
        if old is not None:
            self.removeWidget(old)
            old.deleteLater()


def metrics_list(content: OutputContent) -> QWidget:
    """Names and values under a heading."""
    facts = FactList([Fact(k, format_number(v)) for k, v in content.metrics.items()])
    facts.setFixedWidth(200)
    return wrap_in(column(label("Metrics", "section"), facts, None, gap=8))


def _grid(content: OutputContent) -> QWidget:
    grid = QGridLayout()
    grid.setSpacing(16)
    for number, data in enumerate(content.plots):
        plot = make_plot(data)
        plot.setMaximumWidth(WIDEST)
        plot.setMinimumWidth(LEAST_PLOT)
        plot.setFixedHeight(PLOT_HEIGHT)
        span = 2 if len(content.plots) == 1 else 1
        grid.addWidget(plot, number // 2, number % 2, 1, span)
    for side in (0, 1):
        grid.setColumnStretch(side, 1)
    inner = row(metrics_list(content), gap=24, margins=(16, 12, 16, 16))
    inner.addLayout(column(wrap_in(grid), None), 1)
    return scrolled(wrap_in(inner), "Metrics and plots")
