"""The steps of a run, and all that is known of the chosen one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSplitter, QWidget

from studio.domain.metrics import warns
from studio.domain.spoken import with_words
from studio.gui.times import elapsed, step_time
from studio.gui.viewers.code_place import place_words
from studio.gui.widgets.banner import Banner, Fix
from studio.gui.widgets.basics import button, column, label, row, wrap_in
from studio.gui.widgets.chip import Chip, StateLook, look
from studio.gui.widgets.facts import Fact, FactList
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.measures import measure_text, metrics_text
from studio.gui.widgets.panel import Panel, Section
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.domain.run import Run, StepError, StepRun

PANEL_WIDTH = 320
_INPUT = re.compile(r"input \S+ changed")


class StepsTab(QSplitter):
    """`step_wanted(name, tab)` asks for a step's `log` or `outputs`.

    Until a person chooses a step, the one that runs (or failed) is shown.
    """

    step_wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self.table: DataTable[StepRun] = DataTable(
            RowsModel(columns(), key=lambda step: step.name)
        )
        self.table.setAccessibleName("Steps of the run")
        self.panel = StepPanel()
        self.panel.wanted.connect(self.step_wanted)
        self.table.current_changed.connect(self._choose)
        self.table.activated_row.connect(
            lambda step: self.step_wanted.emit(step.name, "log")
        )
        self.addWidget(self.table)
        self.addWidget(self.panel)
        self.setStretchFactor(0, 1)
        self._run_id = ""
        self._own_choice, self._quiet = False, False

    def set_run(self, run: Run) -> None:
        """Show the steps as they are now; the choice stays within one run."""
        another, self._run_id = run.id != self._run_id, run.id
        self._own_choice = self._own_choice and not another
        self._quiet = True
        steps = with_words(run.steps, lambda step: step.title)
        self.table.rows_model.set_rows(steps)
        if not self._own_choice or self.table.current() is None:
            self.table.select_key(first_choice(run.steps))
        self._quiet = False
        self.panel.set_step(self.table.current())

    def choose(self, name: str) -> None:
        """Make a step current, and stay with it."""
        self._own_choice = True
        self.table.select_key(name)

    def _choose(self, step: StepRun | None) -> None:
        self.panel.set_step(step)
        if step is not None and not self._quiet:
            self._own_choice = True


class StepPanel(Panel):
    """State, error, reason, figures, metrics and parameters of one step."""

    wanted = Signal(str, str)
    place_wanted = Signal(str, str, int)
    """A step, and a file and line of its code, to be shown."""

    def __init__(self) -> None:
        super().__init__("Step", width=PANEL_WIDTH)
        self._name = ""
        self.chip = Chip()
        self.title = label("", "panel-title", wrap=True)
        self.banner = Banner("err")
        self.reason = label("", "muted", wrap=True)
        self.figures = FactList(names=92)
        self.metrics, self.parameters = FactList(names=92), FactList(names=92)
        self._metrics = Section("Metrics", self.metrics)
        self._parameters = Section("Parameters", self.parameters)
        self.log = button("Open log", icon="terminal-window", clicked=self._log)
        self.outputs = button("Show outputs", icon="table", clicked=self._outputs)
        self._beside_log = column(row(self.log, self.outputs, None), gap=8)
        self._body = wrap_in(
            column(
                row(self.title, self.chip),
                self.banner,
                self.reason,
                self.figures,
                self._beside_log,
                self._metrics,
                self._parameters,
                None,
                gap=12,
                margins=(16, 12, 16, 16),
            )
        )
        self.set_content(self._body, scroll=True)
        self.set_step(None)

    def put_beside_log(self, widget: QWidget) -> None:
        """Add what else can be done with the step."""
        self._beside_log.addLayout(row(widget, None))

    def set_step(self, step: StepRun | None) -> None:
        """Show a step, or nothing."""
        self._body.setVisible(step is not None)
        if step is None:
            return
        self._name = step.name
        self.title.setText(step.called)
        self.title.setToolTip(step.name)
        self.chip.set_look(step_look(step))
        self.reason.setText(_sentence(step.reason))
        self.reason.setVisible(bool(step.reason))
        self.figures.set_facts(_figures(step))
        self.outputs.setEnabled(bool(step.outputs))
        _fill(self._metrics, self.metrics, _numbers(step))
        given = [Fact(name, value) for name, value in step.parameters.items()]
        _fill(self._parameters, self.parameters, given)
        self._show_error(step)

    def _show_error(self, step: StepRun) -> None:
        error = step.error
        self.banner.setVisible(error is not None)
        if error is not None:
            fixes: list[Fix] = []
            if error.file and error.line:
                at = (step.name, error.file, error.line)
                words = place_words(error.file, error.line)
                fixes = [(words, partial(self.place_wanted.emit, *at))]
            hint = error.hint if fixes else "\n".join(filter(None, _told_where(error)))
            self.banner.show_message("err", error.message, hint=hint, fixes=fixes)

    def _log(self) -> None:
        self.wanted.emit(self._name, "log")

    def _outputs(self) -> None:
        self.wanted.emit(self._name, "outputs")


def _told_where(error: StepError) -> tuple[str, str]:
    return error.hint, error.file


def columns() -> list[Column[StepRun]]:
    """What the table shows of each step."""
    return [
        Column("State", step_look, kind="chip", width=124),
        Column(
            "Step",
            lambda step: step.called,
            width=170,
            tip=lambda step: f"{step.called} · {step.name}",
        ),
        Column(
            "Time",
            step_time,
            align="right",
            width=88,
            sort_key=lambda step: None if step.reused else elapsed(step),
        ),
        Column(
            "Peak memory",
            lambda step: format_bytes(step.peak_memory_bytes),
            align="right",
            width=112,
            sort_key=lambda step: step.peak_memory_bytes,
        ),
        Column(
            "Metrics",
            lambda step: metrics_text(step.metrics),
            width=220,
            warns=lambda step: warns(step.metrics),
        ),
        Column("Why", why, kind="muted", tip=why),
    ]


def step_look(step: StepRun) -> StateLook:
    """Its state; a step whose result was taken over says so."""
    if step.reused:
        return look("REUSED")
    if step.state.value == "RUNNING" and step.progress is not None:
        running = look("RUNNING")
        words = f"Running {round(100 * step.progress)} %"
        return StateLook(words, running.tone, running.icon)
    return look(step.state.value)


def why(step: StepRun) -> str:
    """The error of a failed step, what a running one says, else the reason."""
    if step.error is not None:
        return step.error.message
    if step.state.value == "RUNNING" and step.progress_message:
        return step.progress_message
    return _sentence(step.reason)


def first_choice(steps: Sequence[StepRun]) -> str:
    """What a person looks for: the step that failed, runs, was stopped, came last."""
    for state in ("FAILED", "RUNNING", "CANCELLED"):
        for step in steps:
            if step.state.value == state and step.started_at is not None:
                return step.name
    ran = [step.name for step in steps if step.state.value == "SUCCEEDED"]
    return ran[-1] if ran else (steps[0].name if steps else "")


def _figures(step: StepRun) -> list[Fact]:
    attempts = str(step.attempt) if step.attempt > 1 else ""
    found = (
        ("Component", step.component),
        ("Time", step_time(step)),
        ("Peak memory", format_bytes(step.peak_memory_bytes)),
        ("Attempts", attempts),
    )
    return [Fact(name, value) for name, value in found if value]


def _numbers(step: StepRun) -> list[Fact]:
    return [Fact(name, measure_text(name, v)) for name, v in step.metrics.items()]


def _fill(section: Section, facts: FactList, lines: list[Fact]) -> None:
    section.setVisible(bool(lines))
    facts.set_facts(lines)


def _sentence(text: str) -> str:
    """With a capital, unless it begins with the name of a parameter."""
    first = text.partition(" ")[0]
    named = "_" in first or "." in first or " changed" in text
    return text if named and not _INPUT.match(text) else text[:1].upper() + text[1:]
