"""Draws the plots that evaluating steps write (one JSON object each)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from studio.gui.viewers.outputs import numbers
from studio.gui.widgets.metric_plot import Curve, MetricPlot

Plot = Mapping[str, Any]


def draw_plot(plot: MetricPlot, data: Plot) -> bool:
    """Show one plot with its title; False if it isn't understood."""
    draw = _KINDS.get(str(data.get("kind")))
    if draw is None:
        return False
    try:
        draw(plot, data)
    except (KeyError, TypeError, ValueError):
        return False
    plot.set_title(str(data.get("title", "")))
    return True


def _matrix(plot: MetricPlot, data: Plot) -> None:
    labels = [str(label) for label in data["labels"]]
    counts = [numbers(row) for row in data["values"]]
    if any(len(row) != len(labels) for row in counts) or len(counts) != len(labels):
        raise ValueError("The matrix isn't square")
    plot.show_matrix(counts, labels)


def _roc(plot: MetricPlot, data: Plot) -> None:
    plot.show_roc(_series(data))


def _curves(plot: MetricPlot, data: Plot) -> None:
    x, y = str(data.get("x_label", "")), str(data.get("y_label", ""))
    plot.show_curves(_series(data), x=x, y=y)


def _scatter(plot: MetricPlot, data: Plot) -> None:
    plot.show_scatter(
        *_points(data),
        x=str(data.get("x_label", "")),
        y=str(data.get("y_label", "")),
        zero=bool(data.get("zero_line")),
    )


def _bars(plot: MetricPlot, data: Plot) -> None:
    names = [str(label) for label in data["labels"]][:20]
    plot.show_bars(names, numbers(data["values"])[: len(names)])


def _series(data: Plot) -> list[Curve]:
    return [
        Curve(_named(one), *_points(one)) for one in data["series"] if len(one["x"])
    ]


def _named(one: Plot) -> str:
    area = one.get("area")
    name = str(one.get("label", ""))
    return f"{name} ({area:.3f})" if isinstance(area, float | int) else name


def _points(data: Plot) -> tuple[list[float], list[float]]:
    xs, ys = numbers(data["x"]), numbers(data["y"])
    if len(xs) != len(ys):
        raise ValueError("A curve has more x than y")
    return xs, ys


_KINDS: dict[str, Callable[[MetricPlot, Plot], None]] = {
    "confusion_matrix": _matrix,
    "roc": _roc,
    "precision_recall": _curves,
    "predicted_vs_actual": _scatter,
    "residuals": _scatter,
    "importance": _bars,
}
