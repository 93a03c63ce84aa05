"""The Runs page: a filtered list above, the chosen run below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.events import Event
from studio.gui.actions import Action
from studio.gui.dialogs import Question, ask
from studio.gui.files import ask_and_export, show_folder
from studio.gui.filtered_list import FilteredList, pop_up
from studio.gui.page import Page, WindowServices
from studio.gui.reopening.opening import StepOpening
from studio.gui.reopening.verbs import ids, open_again_button
from studio.gui.runs.details import WHOLE_RUN, RunDetails
from studio.gui.runs.no_runs import no_runs
from studio.gui.runs.run_list import RunSource, columns
from studio.gui.runs.sweeps import SweepsList
from studio.gui.runs.verbs import MENU, STEP, verbs
from studio.gui.tasks import Tasks
from studio.gui.viewers.code_place import CodeTab
from studio.gui.widgets.banner import Fix
from studio.gui.widgets.basics import column, frame, give_room, row, wrap_in
from studio.gui.widgets.filter_bar import FilterBar, Suggestion
from studio.gui.widgets.rows_model import RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run, StepRun

ALL = "All experiments"
STATES = ("FAILED", "RUNNING", "SUCCEEDED", "CANCELLED", "QUEUED")
RUN_EVENTS = ("Run", "Step")


class RunsPage(Page):
    id, title, icon = "runs", "Runs", "play-circle"

    def __init__(self, studio: Studio, tasks: Tasks, window: WindowServices) -> None:
        super().__init__(studio, tasks, window)
        self.filter = FilterBar("state=FAILED, pipeline=…, accuracy>0.9 or words")
        self.experiments = QComboBox()
        self.table: DataTable[Run] = DataTable(
            RowsModel(columns(), key=lambda run: run.id),
            name="runs",
            settings=window.settings,
        )
        self.details = RunDetails(studio, tasks, self._fixes)
        self.code = CodeTab(self.details.tabs, tasks, window)
        self.opening = StepOpening(studio, tasks, window, self)
        self.sweeps = SweepsList(studio, tasks, window)
        self.parts = QTabWidget()
        self._stack = QStackedWidget()
        self._chosen: Run | None = None
        self._started = ""
        self.question: Question | None = None
        self._build()
        self._connect()
        self._read_experiments()
        self._list = FilteredList(self, self.table, self.filter, RunSource(studio))

    # -- what the window asks ------------------------------------------------------

    @property
    def caption(self) -> str:
        rows = self.table.rows_model.rows
        active = sum(not run.state.ended for run in rows)
        more = "+" if self.table.rows_model.canFetchMore(QModelIndex()) else ""
        noun = "run" if len(rows) == 1 and not more else "runs"
        text = f"{len(rows):,}{more} {noun}" if rows else ""
        return f"{text} · {active} running" if active else text

    def page_actions(self) -> Sequence[Action]:
        return verbs(self)

    def top_bar_widgets(self) -> Sequence[QWidget]:
        button = self.services.actions.button
        self.details.steps.panel.put_beside_log(
            open_again_button(self.services.actions, STEP)
        )
        return [
            button("runs.copy_id", icon_only=True),
            button("runs.delete", icon_only=True),
            button("runs.open_pipeline"),
            button("runs.cancel"),
            button("runs.resume"),
            button("runs.again", kind="primary"),
        ]

    def refresh(self, events: Sequence[Event]) -> None:
        if not events or any(event.type.startswith("Sweep") for event in events):
            self.sweeps.reload()
        told = [event for event in events if event.type.startswith(RUN_EVENTS)]
        if events and not told:
            return
        self.table.rows_model.reload()
        if any(event.type == "RunCreated" for event in told) or not events:
            self._read_experiments()
        if not told or any(e.subject == self.details.run_id for e in told):
            self.details.reload()

    def activated(self) -> None:
        self.details.wake()
        self.tasks.run(self.studio.runs.take_over_abandoned, owner=self)

    def deactivated(self) -> None:
        self.details.sleep()

    def open_target(self, **target: Any) -> None:
        """`run_id=` chooses a run, `tab=` and `step=` where to look."""
        if run_id := str(target.get("run_id", "")):
            self._started = ""
            self.parts.setCurrentIndex(0)
            self._stack.setCurrentIndex(1)
            if not self.table.select_key(run_id):
                self._started = run_id
                self.details.show_run(run_id)
                self.table.rows_model.reload()
        if target.get("sweeps"):
            self.show_sweeps()
        if pipeline := str(target.get("pipeline", "")):
            self.filter.set_text(f"pipeline={pipeline}")
        if tab := str(target.get("tab", "")):
            self.details.show_tab(tab, str(target.get("step", "")))

    @property
    def run(self) -> Run | None:
        """The run that is seen, and that verbs are about."""
        return self.details.run if self.parts.currentIndex() == 0 else None

    # -- what a person does --------------------------------------------------------

    def cancel_run(self) -> None:
        """Ask the shown run to stop."""
        self._do(self.studio.runs.cancel, lambda run: self._told(run, "Cancelling"))

    def resume_run(self) -> None:
        """Run again what didn't succeed."""
        self._do(self.studio.runs.resume, self._go_to)

    def run_again(self) -> None:
        """Run the same pipeline with the same inputs."""
        self._do(self.studio.runs.again, self._go_to)

    def show_sweeps(self) -> None:
        self.parts.setCurrentWidget(self.sweeps)
        self.sweeps.table.setFocus()

    def open_pipeline(self) -> None:
        if (run := self.details.run) is not None:
            self.services.open_page("pipelines", name=run.pipeline)

    def copy_id(self) -> None:
        QGuiApplication.clipboard().setText(self.details.run_id)
        self.services.toast(f"Copied {self.details.run_id}")

    def open_folder(self) -> None:
        """Show the folder with the run's logs."""
        show_folder(self.studio.runs.folder(self.details.run_id))

    def delete_run(self) -> None:
        """Ask, then delete; it can't be undone."""
        run_id = self.details.run_id
        self.question = ask(
            self,
            "Delete this run?",
            f"Run {run_id}, its log and its metrics are deleted for good. Models that "
            "it registered stay.",
            verb="Delete run",
            keep="Keep run",
            done=partial(self._do, self.studio.runs.delete, self._deleted),
        )

    def export_csv(self) -> None:
        """Write the list as it is shown."""
        ask_and_export(self.table, self.services, "Export runs", "runs.csv")

    def chosen_step(self) -> tuple[str, str] | None:
        """Run and step that the tab Steps shows, if the step began."""
        run, step = self.run, self.details.steps.table.current()
        began = step is not None and step.started_at is not None
        return (run.id, step.name) if run and step and began else None

    # -- inside --------------------------------------------------------------------

    def _build(self) -> None:
        self.experiments.addItem(ALL, "")
        self.experiments.setFixedWidth(180)
        give_room(self.experiments)
        self.experiments.setAccessibleName("Experiment")
        self.table.setAccessibleName("Runs")
        self.filter.edit.setAccessibleName("Filter runs")
        bar = row(gap=8, margins=(12, 10, 12, 10))
        bar.addWidget(self.filter, 1)
        bar.addLayout(column(2, self.experiments, None, gap=0))
        above = column(frame("header", bar), gap=0)
        above.addWidget(self.table, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(wrap_in(above))
        split.addWidget(self.details)
        split.setSizes([300, 500])
        split.setStretchFactor(1, 1)
        self._stack.addWidget(no_runs(self.services, self.tasks, self))
        self._stack.addWidget(split)
        self._stack.setCurrentIndex(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.parts.addTab(self._stack, "Runs")
        self.parts.addTab(self.sweeps, "Sweeps")
        self.parts.setDocumentMode(True)
        layout.addWidget(self.parts)
        self._suggest()

    def _connect(self) -> None:
        model = self.table.rows_model
        model.loaded.connect(self._loaded)
        self.parts.currentChanged.connect(self._details_changed)
        self.experiments.currentIndexChanged.connect(self._narrow)
        self.table.current_changed.connect(self._choose)
        self.table.activated_row.connect(lambda _run: self.details.tabs.setFocus())
        self.table.menu_wanted.connect(self._menu)
        self.details.changed.connect(self._details_changed)
        self.details.steps.table.current_changed.connect(self._details_changed)
        self.details.steps.panel.place_wanted.connect(self._open_code)
        self.details.log.place_wanted.connect(self._open_code)
        self.details.steps.table.menu_wanted.connect(self._step_menu)
        self.details.failed.connect(self._details_failed)

    def _suggest(self, pipelines: Sequence[str] = ()) -> None:
        states = [Suggestion(f"state={state}") for state in STATES]
        named = [Suggestion(f"pipeline={name}") for name in pipelines]
        self.filter.set_suggestions([*states, *named])

    def _read_experiments(self) -> None:
        def read() -> tuple[tuple[str, ...], list[str]]:
            names = [one.name for one in self.studio.pipelines.list()]
            return self.studio.runs.experiments(), names

        self.tasks.run(read, done=self._show_experiments, owner=self)

    def _show_experiments(self, found: tuple[tuple[str, ...], list[str]]) -> None:
        experiments, pipelines = found
        self._suggest(pipelines)
        wanted = [ALL, *experiments]
        there = [self.experiments.itemText(n) for n in range(self.experiments.count())]
        if wanted == there:
            return
        kept = self.experiments.currentData()
        self.experiments.blockSignals(True)
        self.experiments.clear()
        for name in wanted:
            self.experiments.addItem(name, "" if name == ALL else name)
        self.experiments.setCurrentIndex(max(0, self.experiments.findData(kept)))
        self.experiments.blockSignals(False)

    def _narrow(self) -> None:
        self._list.narrow(experiment=str(self.experiments.currentData() or ""))

    def _loaded(self) -> None:
        rows = self.table.rows_model.rows
        source = self._list.source
        narrowed = bool(source.filter or source.experiment)
        self._stack.setCurrentIndex(1 if rows or narrowed else 0)
        self.table.set_empty_text("No run matches. Change or clear the filter.")
        if self._started and self.table.select_key(self._started):
            self._started = ""
        elif rows and self.table.current() is None and not self._started:
            self.table.select_key(rows[0].id)
        self.heading_changed.emit()

    def _choose(self, run: Run | None) -> None:
        if run is None or run.id != self.details.run_id:
            self.code.close()
        if run is not None:
            self.details.show_run(run.id)
        elif not self._started:
            self.details.show_run("")

    def _details_changed(self) -> None:
        self.services.actions.refresh()

    def _details_failed(self, error: BaseException) -> None:
        self.table.rows_model.reload()
        if self._started:
            self._started = ""
            self.services.show_error(error)

    def _do(self, verb: Callable[[str], Any], done: Callable[[Any], object]) -> None:
        if run_id := self.details.run_id:
            self.tasks.run(
                partial(verb, run_id),
                done=done,
                failed=lambda error: self.services.show_error(error),
                owner=self,
            )

    def _go_to(self, run_id: str) -> None:
        self.services.toast(f"Started run {run_id}", tone="run")
        self.filter.clear()
        self.experiments.setCurrentIndex(0)
        self.open_target(run_id=run_id)

    def _told(self, run: Run, words: str) -> None:
        self.services.toast(f"{words} run {run.id}")
        self.refresh(())

    def _deleted(self, _none: None) -> None:
        self.services.toast("Deleted the run")
        self.details.show_run("")
        self.table.rows_model.reload()

    def _fixes(self, run: Run) -> Sequence[Fix]:
        resume: Fix = ("Resume", self.resume_run)
        if any(step.state.value == "FAILED" for step in run.steps):
            return [resume, ("Open the step's log", self._open_failed_log)]
        return [resume, ("Open the run's log", self._open_run_log)]

    def _open_failed_log(self) -> None:
        run = self.details.run
        failed = [s.name for s in run.steps if s.state.value == "FAILED"] if run else []
        self.details.show_tab("log", failed[0] if failed else "")

    def _open_run_log(self) -> None:
        self.details.show_tab("log", WHOLE_RUN)

    def _menu(self, _run: Run, place: QPoint) -> None:
        pop_up(self, MENU, place)

    def _open_code(self, step: str, file: str, line: int) -> None:
        folder = self.studio.runs.folder(self.details.run_id) / step
        self.code.open(folder, file, line)

    def _step_menu(self, _step: StepRun, place: QPoint) -> None:
        pop_up(self, (ids(STEP),), place)
