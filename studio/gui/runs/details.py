"""One run: its header, and tabs that read only while they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from studio.gui.runs.header import RunHeader
from studio.gui.runs.log_tab import LogTab
from studio.gui.runs.metrics_tab import MetricsTab
from studio.gui.runs.outputs_tab import OutputsTab
from studio.gui.runs.snapshot_tab import SnapshotTab
from studio.gui.runs.steps_tab import StepsTab
from studio.gui.tasks import Periodic, Task, Tasks
from studio.gui.widgets.banner import Fix
from studio.gui.widgets.basics import rule
from studio.gui.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run

LIVE_SECONDS = 0.4
TABS = ("steps", "log", "metrics", "outputs", "snapshot")


WHOLE_RUN = "*"


class _Tab(Protocol):
    def set_run(self, run: Run) -> None: ...


class RunDetails(QStackedWidget):
    """`changed` follows every new state of the shown run."""

    changed = Signal()
    failed = Signal(object)

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        fixes: Callable[[Run], Sequence[Fix]],
    ) -> None:
        super().__init__()
        self._studio, self._tasks = studio, tasks
        self.run: Run | None = None
        self._wanted = ""
        self._task: Task | None = None
        self._live: Periodic | None = None
        self._awake = False
        self._later = ("", "")
        self.header = RunHeader(fixes)
        self.steps = StepsTab()
        self.log = LogTab(studio, tasks)
        self.metrics = MetricsTab(studio, tasks)
        self.outputs = OutputsTab(studio, tasks)
        self.snapshot = SnapshotTab(studio, tasks)
        self.tabs = QTabWidget()
        self._build()

    @property
    def run_id(self) -> str:
        """The run that is shown, or about to be; "" if none."""
        return self._wanted

    def show_run(self, run_id: str) -> None:
        """Show a run; "" shows none."""
        if run_id == self._wanted:
            return
        self._wanted, self.run = run_id, None
        self.log.stop()
        if run_id:
            self.reload()
        else:
            self.setCurrentIndex(0)
            self.changed.emit()

    def reload(self) -> None:
        """Read the shown run again."""
        if not self._wanted:
            return
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            partial(_read, self._studio, self._wanted),
            done=self._arrived,
            failed=self._failed,
            owner=self,
        )

    def show_tab(self, name: str, step: str = "") -> None:
        """Go to one of `TABS`, and there to a step; soon, if the run isn't read yet."""
        self.tabs.setCurrentIndex(TABS.index(name))
        if self.run is None:
            self._later = (name, step)
        elif step:
            self._show_step(name, step)

    def _show_step(self, tab: str, step: str) -> None:
        self.steps.choose(step)
        if tab == "log":
            self.log.show_step("" if step == WHOLE_RUN else step)
        elif tab == "outputs":
            self.outputs.show_step(step)

    def wake(self) -> None:
        """The page is looked at: follow what runs."""
        self._awake = True
        self.reload()

    def sleep(self) -> None:
        """The page is left: read nothing."""
        self._awake = False
        self._follow()
        self.log.stop()

    def _build(self) -> None:
        self.tabs.setDocumentMode(True)
        titles = ("Steps", "Log", "Metrics", "Outputs", "Snapshot")
        for title, tab in zip(titles, self._pages(), strict=True):
            self.tabs.addTab(tab, title)
        self.tabs.currentChanged.connect(self._refresh_tab)
        self.steps.step_wanted.connect(lambda step, tab: self.show_tab(tab, step))
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self.header, rule()):
            layout.addWidget(part)
        layout.addWidget(self.tabs, 1)
        self.addWidget(
            EmptyState(
                "cursor",
                "No run chosen",
                "Choose a run above to see its steps, log, metrics and outputs.",
            )
        )
        self.addWidget(page)

    def _pages(self) -> tuple[QWidget, ...]:
        return self.steps, self.log, self.metrics, self.outputs, self.snapshot

    def _arrived(self, run: Run) -> None:
        self._task = None
        if run.id != self._wanted:
            return
        changed = run != self.run
        self.run = run
        self.setCurrentIndex(1)
        self.header.set_run(run)
        self._refresh_tab()
        self._follow()
        (tab, step), self._later = self._later, ("", "")
        if step:
            self._show_step(tab, step)
        if changed:
            self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self._task, self._wanted, self.run = None, "", None
        self._follow()
        self.setCurrentIndex(0)
        self.changed.emit()
        self.failed.emit(error)

    def _refresh_tab(self) -> None:
        tab = self.tabs.currentWidget()
        if self.run is not None and tab in self._pages():  # not a tab of the page's
            shown: _Tab = tab  # type: ignore[assignment]
            shown.set_run(self.run)

    def _follow(self) -> None:
        """Read again and again while the run goes on and is looked at."""
        goes_on = self.run is not None and not self.run.state.ended and self._awake
        if goes_on and self._live is None:
            self._live = self._tasks.every(
                LIVE_SECONDS, self._read_wanted, self._arrived_live, owner=self
            )
        elif not goes_on and self._live is not None:
            self._live.stop()
            self._live = None

    def _read_wanted(self) -> Run | None:
        return _read(self._studio, self._wanted) if self._wanted else None

    def _arrived_live(self, run: Run | None) -> None:
        if run is not None:
            self._arrived(run)


def _read(studio: Studio, run_id: str) -> Run:
    return studio.runs.titled(studio.runs.get(run_id))
