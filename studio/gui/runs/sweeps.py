"""All sweeps of the workspace: how far they are, and what did best."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.gui.page import WindowServices
from studio.gui.tasks import Periodic, Tasks
from studio.gui.widgets.basics import column
from studio.gui.widgets.empty_state import EmptyState
from studio.gui.widgets.measures import measure_text
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.bootstrap import Studio
    from studio.domain.sweep import Sweep

POLL_SECONDS, MOST = 1.0, 500


class SweepsList(QWidget):
    """Reads while it is looked at, and again and again while a sweep goes on."""

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__()
        self._studio, self._tasks, self._window = studio, tasks, window
        self._poll: Periodic | None = None
        self.table: DataTable[Sweep] = DataTable(
            RowsModel(_columns(), key=lambda sweep: sweep.id),
            name="sweeps",
            settings=window.settings,
        )
        self.table.setAccessibleName("Sweeps")
        self.table.activated_row.connect(self.open)
        self.none = EmptyState(
            "sliders-horizontal",
            "No sweeps yet",
            "In a pipeline choose Run, Sweep parameters: it runs with many values of "
            "its inputs, and the best stand here.",
            primary=("Open pipelines", lambda: window.open_page("pipelines")),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.none)
        layout = column(gap=0)
        layout.addWidget(self._stack)
        self.setLayout(layout)

    @property
    def is_empty(self) -> bool:
        return self._stack.currentWidget() is self.none

    def open(self, sweep: Sweep) -> None:
        """Its trials, below the canvas of its pipeline."""
        name = sweep.spec.pipeline
        self._window.open_page("pipelines", name=name, sweep=sweep.id)

    def reload(self) -> None:
        """Read the list, if it is seen."""
        if self.isVisible():
            self._tasks.run(
                self._read,
                done=self._show,
                failed=self._window.show_error,
                owner=self,
            )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.reload()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest()

    def _read(self) -> Sequence[Sweep]:
        return self._studio.sweeps.list(limit=MOST)

    def _show(self, sweeps: Sequence[Sweep]) -> None:
        self.table.rows_model.set_rows(list(sweeps))
        self._stack.setCurrentWidget(self.table if sweeps else self.none)
        goes_on = any(not sweep.state.ended for sweep in sweeps)
        if not goes_on or not self.isVisible():
            self._rest()
        elif self._poll is None:
            self._poll = self._tasks.every(
                POLL_SECONDS,
                self._read,
                self._show,
                failed=lambda _: self._rest(),
                owner=self,
            )

    def _rest(self) -> None:
        if self._poll is not None:
            self._poll.stop()
            self._poll = None


def _columns() -> list[Column[Sweep]]:
    return [
        Column("State", lambda sweep: sweep.state.value, kind="chip", width=124),
        Column("Varies", lambda sweep: sweep.title, width=220, tip=_spaces),
        Column("Pipeline", lambda sweep: sweep.spec.pipeline, width=160),
        Column(
            "Trials",
            lambda sweep: sweep.progress,
            align="right",
            width=80,
            sort_key=lambda sweep: sweep.done,
        ),
        Column("Best", _best, width=170, sort_key=_best_value),
        Column("Started", lambda sweep: sweep.created_at, kind="time", width=120),
        Column("By", lambda sweep: sweep.created_by, kind="muted", width=80),
        Column("Sweep", lambda sweep: sweep.id, kind="mono"),
    ]


def _spaces(sweep: Sweep) -> str:
    return "\n".join(f"{name}: {space}" for name, space in sweep.spec.spaces.items())


def _best(sweep: Sweep) -> str:
    """`accuracy 0.983`."""
    value, metric = _best_value(sweep), sweep.spec.metric
    return "" if value is None else f"{metric} {measure_text(metric, value)}"


def _best_value(sweep: Sweep) -> float | None:
    return sweep.best.value if sweep.best is not None else None
