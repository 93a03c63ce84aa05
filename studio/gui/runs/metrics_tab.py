"""What a run measured: a table of values beside curves, or bars without any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from studio.domain.metrics import main_metrics
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.basics import column, label, wrap_in
from studio.gui.widgets.metric_plot import Curve, MetricPlot
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import MetricPoint, Run

MOST_BARS, MOST_CURVES = 8, 6


@dataclass(frozen=True)
class Series:
    """All points of one metric of one step, in the order they came."""

    step: str
    key: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    called: str = ""

    @property
    def last(self) -> float:
        return self.ys[-1]

    @property
    def is_curve(self) -> bool:
        return len(set(self.xs)) > 1


class MetricsTab(QSplitter):
    """Selected rows are drawn; without a selection, what says most."""

    shown = Signal()

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self._studio, self._tasks = studio, tasks
        self._read_for: tuple[str, bool] = ("", False)
        self._run_id = ""
        self._titles: Mapping[str, str] = {}
        self._task: Task | None = None
        self.series: list[Series] = []
        self.table: DataTable[Series] = DataTable(
            RowsModel(columns(), key=lambda one: (one.step, one.key)), many=True
        )
        self.table.setAccessibleName("Metrics of the run")
        self.table.set_empty_text("Nothing has been measured yet")
        self.table.selectionModel().selectionChanged.connect(self._draw)
        self.plot = MetricPlot()
        self._stack = QStackedWidget()
        self._stack.addWidget(_nothing())
        self._stack.addWidget(wrap_in(column(self.plot, margins=(16, 12, 16, 12))))
        self.addWidget(self.table)
        self.addWidget(self._stack)
        self.setSizes([520, 640])

    def set_run(self, run: Run) -> None:
        """Read the metrics of a run, again as long as it goes on."""
        self._titles = {step.name: step.called for step in run.steps}
        if run.id != self._run_id:
            self._run_id = run.id
            self._cancel()
            self.table.clearSelection()
            self._show([])
        wanted = (run.id, run.state.ended)
        if self._task is None and (wanted != self._read_for or not run.state.ended):
            self._task = self._tasks.run(
                partial(self._studio.runs.metrics, run.id),
                done=lambda points: self._arrived(points, wanted),
                failed=self._failed,
                owner=self,
            )

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task = None

    def _arrived(
        self, points: Sequence[MetricPoint], read_for: tuple[str, bool]
    ) -> None:
        self._task, self._read_for = None, read_for
        self._show(series_of(points, self._titles))
        self.shown.emit()

    def _failed(self, error: BaseException) -> None:
        # The next look at the run reads again; the list says what is missing.
        self._task = None
        self.table.set_empty_text(f"The metrics can't be read: {error}")

    def _show(self, series: list[Series]) -> None:
        changed = series != self.series
        self.series = series
        self.table.rows_model.set_rows(series)
        if changed:
            self._draw()

    def _draw(self) -> None:
        chosen = self.table.selected() or best_series(self.series)
        self._stack.setCurrentIndex(1 if chosen else 0)
        curves = [one for one in chosen if one.is_curve][:MOST_CURVES]
        if curves:
            several = len({one.key for one in curves}) > 1
            self.plot.set_title("" if several else curves[0].key)
            self.plot.show_curves([_curve(one, several) for one in curves])
        elif chosen:
            names = [one.key for one in chosen[:MOST_BARS]]
            self.plot.set_title("Last values")
            self.plot.show_bars(names, [one.last for one in chosen[:MOST_BARS]])


def columns() -> list[Column[Series]]:
    """What the table shows of each metric."""
    return [
        Column(
            "Step",
            lambda one: one.called or one.step,
            kind="muted",
            width=140,
            tip=lambda one: f"{one.called} · {one.step}",
        ),
        Column("Metric", lambda one: one.key, width=170),
        Column("Value", lambda one: one.last, kind="number", width=84),
        Column("Points", lambda one: len(one.ys), kind="number", width=68),
        Column("", lambda _one: "", width=16),
    ]


def series_of(
    points: Sequence[MetricPoint], titles: Mapping[str, str] | None = None
) -> list[Series]:
    """Points grouped by step and metric, as they first came."""
    found: dict[tuple[str, str], list[MetricPoint]] = {}
    for point in points:
        found.setdefault((point.step_name, point.key), []).append(point)
    return [
        Series(
            step,
            key,
            tuple(float(point.step) for point in group),
            tuple(point.value for point in group),
            (titles or {}).get(step, ""),
        )
        for (step, key), group in found.items()
    ]


def best_series(series: Sequence[Series]) -> list[Series]:
    """Curves of the metric that has one first; without any, the main values."""
    curves = [one for one in series if one.is_curve]
    if curves:
        return [one for one in curves if one.key == curves[0].key]
    newest = {one.key: one for one in series}
    names = main_metrics({key: one.last for key, one in newest.items()}, MOST_BARS)
    return [newest[name] for name in names]


def _curve(one: Series, several: bool) -> Curve:
    step = one.called or one.step
    return Curve(f"{step} · {one.key}" if several else step, one.xs, one.ys)


def _nothing() -> QWidget:
    words = label("Metrics that steps log are drawn here", "muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return wrap_in(column(words))
