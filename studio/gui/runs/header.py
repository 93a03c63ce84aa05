"""What a run is and how it stands, above its tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QProgressBar

from studio.domain.run import NOTHING_RAN
from studio.gui.times import time_text
from studio.gui.widgets.banner import Banner, Fix
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    label,
    row,
    selectable,
    wrap_in,
)
from studio.gui.widgets.chip import Chip
from studio.gui.widgets.formats import format_time

if TYPE_CHECKING:
    from studio.domain.run import Run, StepRun

Find = Callable[["Run"], Sequence[Fix]]


class RunHeader(QFrame):
    """State, name, facts, progress, and a banner when something went wrong.

    `fixes(run)` are the buttons of the banner.
    """

    def __init__(self, fixes: Find) -> None:
        super().__init__()
        self.setProperty("panel", "plain")
        self._fixes = fixes
        self._said: tuple[str, ...] = ()
        self.chip = Chip()
        self.title = label("", "panel-title")
        self.facts = selectable(label("", "caption"))
        self.progress_text = label("", "caption")
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.setAccessibleName("Progress of the run")
        self.banner = Banner("err")
        self._buttons = row(gap=8)
        said = row(gap=12, margins=(16, 0, 16, 12))
        said.addWidget(self.banner, 1)
        said.addLayout(self._buttons)
        self._banner_row = wrap_in(said)
        top = row(
            self.chip,
            self.title,
            self.facts,
            None,
            self.progress_text,
            gap=10,
            margins=(16, 10, 16, 10),
        )
        layout = column(gap=0)
        layout.addLayout(top)
        layout.addWidget(self._banner_row)
        layout.addWidget(self.bar)
        self.setLayout(layout)

    def set_run(self, run: Run) -> None:
        """Show a run as it is now."""
        self.chip.set_state(run.shown_state)
        self.title.setText(run.pipeline)
        self.facts.setText(facts_text(run))
        self.facts.setToolTip(run.id)
        ended = run.state.ended
        self.bar.setVisible(not ended)
        self.bar.setValue(round(1000 * progress(run)))
        self.progress_text.setText("" if ended else progress_text(run))
        self._say(run)

    def _say(self, run: Run) -> None:
        said = (run.id, run.state.value, run.message, run.hint)
        if said == self._said:
            return
        self._said = said
        failed = run.state.value == "FAILED"
        nothing = run.message == NOTHING_RAN
        self._banner_row.setVisible(failed or nothing)
        if nothing:
            self.banner.show_message("info", run.message)
            clear(self._buttons)
        if failed:
            text = run.message or "The run failed"
            self.banner.show_message("err", text, hint=run.hint)
            clear(self._buttons)
            for words, act in self._fixes(run):
                self._buttons.addWidget(button(words, clicked=act))


def facts_text(run: Run) -> str:
    """Experiment, start, duration, version and who, as one line."""
    version = f"version {run.pipeline_version}" if run.pipeline_version else ""
    parts = (
        run.id,
        version,
        format_time(run.created_at),
        time_text(run) if run.started_at else "",
        f"by {run.created_by}" if run.created_by else "",
        f"resumed from {run.resumed_from}" if run.resumed_from else "",
    )
    return " · ".join(part for part in parts if part)


def progress(run: Run) -> float:
    """0 to 1: ended steps, and the part that running ones report."""
    if not run.steps:
        return 0.0
    done = sum(1.0 if s.state.ended else s.progress or 0.0 for s in run.steps)
    return done / len(run.steps)


def progress_text(run: Run) -> str:
    """`3 of 7 steps · Train 37 %`."""
    done = sum(step.state.ended for step in run.steps)
    running = [s for s in run.steps if s.state.value == "RUNNING"]
    text = f"{done} of {len(run.steps)} steps"
    return f"{text} · {_running(running[0])}" if running else text


def _running(step: StepRun) -> str:
    percent = "" if step.progress is None else f" {round(100 * step.progress)} %"
    return step.progress_message or f"{step.called}{percent}"
