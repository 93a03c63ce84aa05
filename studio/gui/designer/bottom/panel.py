"""The tabs under the canvas; they speak of the selected step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from studio.domain.component import Port
from studio.domain.node import FromStep, Node
from studio.domain.run import Run, StepRun, StepState
from studio.domain.validation import Problem
from studio.gui.designer.bottom.log import LogTab
from studio.gui.designer.bottom.metrics import MetricsTab
from studio.gui.designer.bottom.output import Output, OutputTab
from studio.gui.designer.bottom.problems import ProblemsTab
from studio.gui.designer.editor import Editor
from studio.gui.tasks import Tasks
from studio.gui.widgets.late_tabs import LateTabs

if TYPE_CHECKING:
    from studio.services.runs.service import RunService
    from studio.services.tables.service import TableService

HEIGHT = 210


class BottomPanel(LateTabs):
    """Problems, run log, output, metrics; it turns by itself until a person does."""

    problem_chosen = Signal(object)
    fix_chosen = Signal(object, object)
    asked = Signal()
    """A person has asked for what an output holds."""
    canvas_wanted = Signal()
    place_clicked = Signal(str, int)
    """A file and a line that the log tells of."""
    copied = Signal(str)
    """Something was put on the clipboard; what, in words."""

    def __init__(
        self,
        editor: Editor,
        runs: RunService,
        tables: TableService,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._runs, self._tables, self._tasks = runs, tables, tasks
        self._shown: tuple[Run | None, Node | None, StepRun | None] = (None, None, None)
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self.tabBar().setAccessibleName("Details")
        self.problems = ProblemsTab()
        self.problems.chosen.connect(self.problem_chosen)
        self.problems.fix_chosen.connect(self.fix_chosen)
        self.addTab(self.problems, "Problems")
        self._log = self.add_late("Run log", self._make_log)
        self._output = self.add_late("Output", self._make_output)
        self._metrics = self.add_late("Metrics", self._make_metrics)
        self._turning = self._settled = False
        self.currentChanged.connect(self._turned)

    @property
    def log(self) -> LogTab:
        return self._log.widget

    @property
    def output(self) -> OutputTab:
        return self._output.widget

    @property
    def metrics(self) -> MetricsTab:
        return self._metrics.widget

    def tells_results(self, number: int) -> bool:
        """Whether a tab is about what a step has made."""
        return number in (self._output.index, self._metrics.index)

    def turn_to(self, tab: QWidget) -> None:
        """Show a tab, as the window's own choice and not a person's."""
        self._turning = True
        self.setCurrentWidget(tab)
        self._turning = False

    def show_output(self) -> None:
        """A person asks for the data."""
        self.show()
        self.asked.emit()
        self.turn_to(self.output)

    def suit(self, step: StepRun | None) -> None:
        """A step was picked: leave a tab that has nothing to say of it."""
        idle = self.currentWidget() is self.problems and not self.problems.count
        if step is not None and idle and not self._settled:
            failed = step.state is StepState.FAILED
            self.turn_to(self.log if failed else self.output)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        count = f"  {len(problems)}" if problems else ""
        self.setTabText(self.indexOf(self.problems), f"Problems{count}")
        self.problems.show_problems(problems, self._title)

    def show_step(
        self, run: Run | None, node: Node | None, step: StepRun | None
    ) -> None:
        """Log, outputs and metrics of a step; without one, the runner's log."""
        self._shown = (run, node, step)
        if self._log.made is not None:
            self._fill_log(self._log.made)
        if self._output.made is not None:
            self._fill_output(self._output.made)
        if self._metrics.made is not None:
            self._fill_metrics(self._metrics.made)

    # -- inside ------------------------------------------------------------------------

    def _make_log(self) -> LogTab:
        made = LogTab(self._runs, self._tasks)
        made.view.copied.connect(self.copied)
        made.place_clicked.connect(self.place_clicked)
        self._fill_log(made)
        return made

    def _make_output(self) -> OutputTab:
        made = OutputTab(self._runs, self._tables, self._tasks)
        made.copied.connect(self.copied)
        self._fill_output(made)
        return made

    def _make_metrics(self) -> MetricsTab:
        made = MetricsTab(self._runs, self._tasks)
        self._fill_metrics(made)
        return made

    def _fill_log(self, tab: LogTab) -> None:
        run, node, step = self._shown
        run_id = run.id if run else ""
        live = run is not None and not run.state.ended
        if step is not None and run is not None:
            live = live and not step.state.ended
            tab.show_log(run_id, step.name, live=live)
        else:
            tab.show_log(run_id if node is None else "", "", live=live)

    def _fill_output(self, tab: OutputTab) -> None:
        run, node, step = self._shown
        paused = step is not None and step.state is StepState.PAUSED
        tab.show_outputs(
            self._inputs(run, node) if paused else self._outputs(node, step)
        )

    def _fill_metrics(self, tab: MetricsTab) -> None:
        run, _, step = self._shown
        mark = (dict(step.metrics), step.state) if step else None
        run_id = run.id if run else ""
        tab.show_step(run_id, step.name if step else "", mark)

    def _turned(self) -> None:
        self._settled |= not self._turning

    def _outputs(self, node: Node | None, step: StepRun | None) -> tuple[Output, ...]:
        component = self._editor.catalog.of(node) if node else None
        ports: tuple[Port, ...] = component.outputs if component else ()
        made = step.outputs if step and step.state is StepState.SUCCEEDED else {}
        name = node.name if node else ""
        return tuple(Output(name, port, made.get(port.name, "")) for port in ports)

    def _inputs(self, run: Run | None, node: Node | None) -> tuple[Output, ...]:
        """What a paused step would get."""
        component = self._editor.catalog.of(node) if node else None
        found: list[Output] = []
        for port in component.inputs if component else ():
            bound = node.inputs.get(port.name) if node else None
            source = (
                run.step(bound.step) if run and isinstance(bound, FromStep) else None
            )
            if source is not None and isinstance(bound, FromStep):
                digest = source.outputs.get(bound.output, "")
                found.append(Output(source.name, port, digest))
        return tuple(found)

    def _title(self, step: str) -> str:
        node = self._editor.pipeline.by_name.get(step)
        return node.title if node else (step or "Pipeline")
