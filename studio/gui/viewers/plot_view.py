"""Plots of an evaluation, side by side, each drawn from its JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from studio.gui.widgets.basics import clear, column, label
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_number
from studio.gui.widgets.metric_plot import Curve, MetricPlot

WIDTH = 340


class PlotRow(QScrollArea):
    """`show_plots` takes objects as the components' PLOTS.md describes them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Plots")
        self._inner = QWidget()
        self._inner.setProperty("canvas", "plain")
        self._row = QHBoxLayout(self._inner)
        self._row.setContentsMargins(12, 8, 12, 8)
        self._row.setSpacing(16)
        self.setWidget(self._inner)

    def show_plots(
        self,
        plots: Sequence[Mapping[str, Any]],
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """Replace what is drawn; metrics come first."""
        clear(self._row)
        if metrics:
            facts = FactList([Fact(k, format_number(v)) for k, v in metrics.items()])
            facts.setFixedWidth(200)
            self._row.addLayout(column(facts, None))
        for plot in plots:
            self._row.addWidget(make_plot(plot))
        self._row.addStretch(1)


def make_plot(data: Mapping[str, Any]) -> QWidget:
    """One plot; data that doesn't fit its kind is said, never raised."""
    draw = _KINDS.get(str(data.get("kind")), _unknown)
    made = MetricPlot(str(data.get("title", "")))
    made.setFixedWidth(WIDTH)
    try:
        draw(made, data)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        made.deleteLater()
        return label(f"A plot can't be drawn: {error}", "caption", wrap=True)
    return made


def _matrix(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    plot.show_matrix(data["values"], [str(text) for text in data["labels"]])


def _roc(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    plot.show_roc(_series(data, "AUC"))


def _precision_recall(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    axes = {"x": str(data["x_label"]), "y": str(data["y_label"])}
    plot.show_curves(_series(data, "average"), **axes, legend=True)


def _curves(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    plot.show_curves(_series(data), x=str(data["x_label"]), y=str(data["y_label"]))


def _scatter(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    plot.show_scatter(
        data["x"], data["y"], x=str(data["x_label"]), y=str(data["y_label"])
    )


def _residuals(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    plot.show_residuals(data["x"], data["y"])


def _importance(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    names = [str(text) for text in data["labels"][:8]]
    plot.show_bars(names, data["values"][:8], y=str(data.get("y_label", "")))


def _bars(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    names = [str(text) for text in data["labels"]]
    plot.show_bars(names, data["values"], y=str(data.get("y_label", "")))


def _clouds(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    plot.show_clouds(_series(data), x=str(data["x_label"]), y=str(data["y_label"]))


def _unknown(plot: MetricPlot, data: Mapping[str, Any]) -> None:
    raise ValueError(f"unknown kind '{data.get('kind')}'")


def _series(data: Mapping[str, Any], area: str = "") -> list[Curve]:
    """`area` is what the area below a curve is called in the legend."""
    return [
        Curve(_named(one, area), list(one["x"]), list(one["y"]))
        for one in data["series"]
    ]


def _named(series: Mapping[str, Any], area: str) -> str:
    name, size = str(series["label"]), series.get("area")
    if not area or not isinstance(size, int | float):
        return name
    return f"{name} ({area} {size:.3f})"


_KINDS: dict[str, Callable[[MetricPlot, Mapping[str, Any]], None]] = {
    "confusion_matrix": _matrix,
    "roc": _roc,
    "precision_recall": _precision_recall,
    "predicted_vs_actual": _scatter,
    "residuals": _residuals,
    "importance": _importance,
    "bars": _bars,
    "curves": _curves,
    "clouds": _clouds,
}
