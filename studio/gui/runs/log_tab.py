"""What a step printed, live while it runs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSplitter

from studio.gui.runs.steps_tab import first_choice, step_look
from studio.gui.tasks import Emit, Task, Tasks
from studio.gui.widgets.basics import column, frame, label, row, wrap_in
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.log_view import LogView
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.run import Run

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Source:
    """A log to look at; the step "" is the process that runs all of them."""

    step: str
    title: str
    look: StateLook


class LogTab(QSplitter):
    """Until a person chooses a step, the one that runs (or failed) is shown."""

    place_wanted = Signal(str, str, int)
    """A step, and a file and line of its code, to be shown."""

    def __init__(self, studio: Studio, tasks: Tasks) -> None:
        super().__init__()
        self.setChildrenCollapsible(False)
        self._studio, self._tasks = studio, tasks
        self._run: Run | None = None
        self._shown: tuple[str, str] | None = None
        self._following: Task | None = None
        self._own_choice = False
        self._quiet = False
        self.sources: DataTable[Source] = DataTable(
            RowsModel(columns(), key=lambda source: source.step)
        )
        self.sources.setAccessibleName("Steps whose log can be shown")
        self.sources.current_changed.connect(self._picked)
        self.note = label("", "muted")
        self._note_bar = frame("header", row(self.note, margins=(16, 6, 8, 6)))
        self.view = LogView()
        self.view.place_clicked.connect(self._place_clicked)
        self.addWidget(self.sources)
        self.addWidget(wrap_in(column(self._note_bar, self.view, gap=0)))
        self.setSizes([290, 900])
        self.setStretchFactor(1, 1)

    @property
    def step(self) -> str:
        """The step that is shown; "" is the whole run."""
        current = self.sources.current()
        return current.step if current is not None else ""

    def set_run(self, run: Run) -> None:
        """Show a run's log, or what is new in it."""
        another = self._run is None or self._run.id != run.id
        self._run = run
        self._own_choice = self._own_choice and not another
        self._quiet = True
        self.sources.rows_model.set_rows(sources(run))
        if not self._own_choice:
            self.sources.select_key(first_choice(run.steps))
        self._quiet = False
        self._show()

    def show_step(self, name: str) -> None:
        """Show one step's log and stay with it."""
        if self._run is not None and not self.sources.rows_model.rows:
            self.set_run(self._run)
        self._own_choice = True
        self._quiet = True
        self.sources.select_key(name)
        self._quiet = False
        if self._run is not None:
            self._show()

    def stop(self) -> None:
        """Follow nothing any more."""
        if self._following is not None:
            self._following.cancel()
        self._following, self._shown = None, None

    def _place_clicked(self, file: str, line: int) -> None:
        self.place_wanted.emit(self.step, file, line)

    def _picked(self, source: Source | None) -> None:
        if source is None or self._quiet:
            return
        self._own_choice = True
        self._show()

    def _show(self) -> None:
        assert self._run is not None
        self._explain(self._run)
        if self._shown == (self._run.id, self.step):
            return
        self.stop()
        self._shown = (self._run.id, self.step)
        self.view.clear()
        self.view.set_following(True)
        self._following = self._tasks.stream(
            partial(follow, self._studio, self._run.id, self.step),
            on_item=self.view.append,
            owner=self.view,
        )

    def _explain(self, run: Run) -> None:
        step, text = run.step(self.step), ""
        if step is not None and step.reused:
            text = "Reused from an earlier run, so it printed nothing in this one"
        elif step is not None and step.started_at is None:
            text = "It has not started" if not step.state.ended else "It did not run"
        self.note.setText(text)
        self._note_bar.setVisible(bool(text))


def columns() -> list[Column[Source]]:
    """What the list of logs shows."""
    return [
        Column(
            "Step",
            lambda source: source.title,
            width=148,
            tip=lambda source: " · ".join(filter(None, (source.title, source.step))),
        ),
        Column("State", lambda source: source.look, kind="chip"),
    ]


def sources(run: Run) -> list[Source]:
    """Every step, and the process that runs them."""
    whole = Source("", "Whole run", look(run.shown_state))
    return [whole, *(Source(s.name, s.called, step_look(s)) for s in run.steps)]


def follow(
    studio: Studio, run_id: str, step: str, emit: Emit, cancelled: threading.Event
) -> None:
    """Emit a log from its beginning until the run has ended and all is read."""
    offset, ended, last = 0, False, "\n"
    while not cancelled.is_set():
        part = studio.runs.log(run_id, step, offset)
        if part.text:
            emit(part.text)
            offset, last = part.offset, part.text
            continue
        if ended:
            emit("" if last.endswith("\n") else "\n")
            return
        ended = studio.runs.get(run_id).state.ended
        if not ended:
            cancelled.wait(POLL_SECONDS)
