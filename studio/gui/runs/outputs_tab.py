"""What the steps of a run have made, and a look into each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSplitter

from studio.domain.errors import StudioError
from studio.gui.runs.output_view import OutputView
from studio.gui.tasks import Task, Tasks
from studio.gui.viewers.outputs import OutputContent, look_into
from studio.gui.widgets.formats import format_bytes
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run

Made = tuple[str, str, str, str]
"""A step's name and title, the output's name and its digest."""


@dataclass(frozen=True)
class Output:
    """One output of a step; `facts` is None if its content is gone."""

    step: str
    name: str
    digest: str
    facts: OutputContent | None
    called: str = ""

    @property
    def title(self) -> str:
        return self.facts.title if self.facts is not None else "Removed"

    @property
    def size_bytes(self) -> int | None:
        return self.facts.size_bytes if self.facts is not None else None


class OutputsTab(QSplitter):
    """A list of outputs; the current one is shown beside it."""

    shown = Signal()

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self._studio, self._tasks = studio, tasks
        self._run_id = ""
        self._made: list[Made] = []
        self._wanted_step = ""
        self._task: Task | None = None
        self.table: DataTable[Output] = DataTable(
            RowsModel(columns(), key=lambda one: (one.step, one.name, one.digest))
        )
        self.table.setAccessibleName("Outputs of the run")
        self.table.set_empty_text("No step has made anything yet")
        self.table.current_changed.connect(self._look)
        self.view = OutputView(studio.tables, tasks)
        self.addWidget(self.table)
        self.addWidget(self.view)
        self.setSizes([430, 800])

    def set_run(self, run: Run) -> None:
        """Show what a run has made so far."""
        made = [
            (s.name, s.called, n, d) for s in run.steps for n, d in s.outputs.items()
        ]
        if run.id != self._run_id:
            self._run_id, self._made = run.id, []
            self.table.rows_model.set_rows([])
            self.view.clear("Choose an output to see it")
        if made == self._made:
            return
        self._made = made
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            partial(_outputs, self._studio, made), done=self._arrived, owner=self
        )

    def show_step(self, name: str) -> None:
        """Choose the first output of a step, as soon as it is known."""
        self._wanted_step = name
        self._choose(self.table.rows_model.rows)

    def _arrived(self, outputs: list[Output]) -> None:
        self._task = None
        self.table.rows_model.set_rows(outputs)
        if self._wanted_step or self.table.current() is None:
            self._choose(outputs)
        self.shown.emit()

    def _choose(self, outputs: Sequence[Output]) -> None:
        wanted = [one for one in outputs if one.step == self._wanted_step]
        if self._wanted_step and not wanted:
            return
        self._wanted_step = ""
        best = wanted[:1] or first_choice(outputs)
        if best:
            self.table.select_key((best[0].step, best[0].name, best[0].digest))

    def _look(self, output: Output | None) -> None:
        if output is None or output.facts is None:
            self.view.clear("Choose an output to see it")
        else:
            self.view.show_path(output.facts.path, output.digest)


def columns() -> list[Column[Output]]:
    """What the list shows of each output."""
    return [
        Column(
            "Step",
            lambda one: one.called or one.step,
            kind="muted",
            width=120,
            tip=lambda one: f"{one.called} · {one.step}",
        ),
        Column("Output", lambda one: one.name, width=108),
        Column("Type", lambda one: one.title, width=84),
        Column(
            "Size",
            lambda one: format_bytes(one.size_bytes),
            align="right",
            sort_key=lambda one: one.size_bytes,
        ),
    ]


def first_choice(outputs: Sequence[Output]) -> list[Output]:
    """The evaluation, else the last table, else the first output."""
    kinds = [(one, one.facts.kind if one.facts else "gone") for one in outputs]
    judged = [one for one, kind in kinds if kind == "evaluation"]
    tables = [one for one, kind in kinds if kind == "table"]
    return (judged or tables)[-1:] or list(outputs[:1])


def _outputs(studio: Studio, made: Sequence[Made]) -> list[Output]:
    return [
        Output(step, name, digest, _facts(studio, digest), called)
        for step, called, name, digest in made
    ]


def _facts(studio: Studio, digest: str) -> OutputContent | None:
    try:
        return look_into(studio.runs.output_path(digest))
    except (StudioError, OSError):
        return None
