"""Metrics of a step: names and values, and a curve for what was logged often."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from studio.domain.run import MetricPoint
from studio.gui.tasks import Task, Tasks
from studio.gui.widgets.metric_plot import Curve, MetricPlot
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.services.runs.service import RunService


@dataclass(frozen=True)
class _Metric:
    """The last value of a key, and how many there were."""

    key: str
    value: float
    points: int


class MetricsTab(QWidget):
    """Loads again only when told that there is something new."""

    def __init__(
        self, runs: RunService, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._runs, self._tasks = runs, tasks
        self._task: Task | None = None
        self._wanted: tuple[str, str, object] | None = None
        columns: list[Column[_Metric]] = [
            Column("Metric", lambda m: m.key.replace("_", " "), width=180),
            Column("Value", lambda m: m.value, kind="number", width=110),
            Column("Points", lambda m: m.points, kind="number", width=80),
            Column("", lambda m: "", width=40),
        ]
        model: RowsModel[_Metric] = RowsModel(columns, key=lambda m: m.key)
        self.table = DataTable(model)
        self.table.setAccessibleName("Metrics")
        self.table.set_empty_text("No metrics. Select a step that has run.")
        self.table.current_changed.connect(self._draw)
        self.plot = MetricPlot()
        self.plot.hide()
        self._curves: dict[str, Curve] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.plot, 1)

    def show_step(self, run_id: str, step: str, mark: object) -> None:
        """Metrics of a step; read again when `mark` is another."""
        if (run_id, step, mark) == self._wanted:
            return
        self._wanted = (run_id, step, mark)
        if self._task is not None:
            self._task.cancel()
        if not run_id or not step:
            self._take(())
            return
        self._task = self._tasks.run(
            partial(self._runs.metrics, run_id, step),
            done=self._take,
            failed=lambda _: self._take(()),
            owner=self,
        )

    def _take(self, points: tuple[MetricPoint, ...]) -> None:
        by_key: dict[str, list[MetricPoint]] = defaultdict(list)
        for point in points:
            by_key[point.key].append(point)
        self._curves = {k: _curve(k, found) for k, found in by_key.items()}
        self.table.rows_model.set_rows(
            [_Metric(k, found[-1].value, len(found)) for k, found in by_key.items()]
        )
        self._draw(self.table.current())

    def _draw(self, metric: _Metric | None) -> None:
        """The chosen metric's curve, else all that have one."""
        long = [c for c in self._curves.values() if len(c.xs) > 1]
        if metric is not None and metric.points > 1:
            long = [self._curves[metric.key]]
        self.plot.setVisible(bool(long))
        if long:
            y = long[0].name if len(long) == 1 else ""
            self.plot.show_curves(long[:6], x="step", y=y)


def _curve(key: str, points: list[MetricPoint]) -> Curve:
    ordered = sorted(points, key=lambda point: (point.step, point.time))
    steps = [float(point.step) for point in ordered]
    if len(set(steps)) < len(steps):  # logged without steps: by the order of coming
        steps = [float(number) for number in range(len(ordered))]
    return Curve(key, steps, [point.value for point in ordered])
