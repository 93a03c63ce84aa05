"""A run while it runs: a live table on a terminal, else one line per change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from studio.cli.ctrl_c import CtrlC
from studio.cli.output import console, note
from studio.cli.tables import grid, reasons_in_words, seconds, step_called

if TYPE_CHECKING:
    from rich.table import Table

    from studio.bootstrap import Studio
    from studio.domain.run import Run, StepRun

Look = Callable[[], None] | None
_COLUMNS = ("Step", "State", "Time", "Reason")


def follow(studio: Studio, run_id: str) -> Run:
    """Follow a run to its end on stderr. Ctrl+C cancels the run and waits for it."""
    with Interruption() as pressed:
        try:
            return _followed(studio, run_id, pressed.look)
        except Interrupted:
            note("Cancelling the run. Press Ctrl+C again to stop waiting for it.")
        studio.runs.cancel(run_id)
        return _followed(studio, run_id, None)


class Interrupted(Exception):
    """Ctrl+C was pressed."""


class Interruption(CtrlC):
    """Keeps the first Ctrl+C until it is looked for.

    Raised wherever the program happens to be, it would sometimes be lost: Python
    swallows what is raised in a finaliser or a callback.
    """

    def look(self) -> None:
        if self._pressed:
            raise Interrupted


def _followed(studio: Studio, run_id: str, look: Look) -> Run:
    if sys.stderr.isatty():
        return _live(studio, run_id, look)
    lines = _Lines()
    return studio.runs.wait(
        run_id, lambda run: lines.changed(studio.runs.titled(run)), between=look
    )


def _live(studio: Studio, run_id: str, look: Look) -> Run:
    from rich.live import Live

    titled = studio.runs.titled
    view = _View(titled(studio.runs.get(run_id)))
    with Live(
        get_renderable=view.render, console=console(stderr=True), refresh_per_second=8
    ):
        return studio.runs.wait(
            run_id, lambda run: view.changed(titled(run)), between=look
        )


class _View:
    """The newest state of a run, drawn several times a second."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def changed(self, run: Run) -> None:
        self._run = run

    def render(self) -> Table:
        steps = reasons_in_words(self._run.steps)
        return grid(_COLUMNS, [_row(step) for step in steps])


class _Lines:
    """Says what is new since the last time."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}
        self._prepared: set[str] = set()

    def changed(self, run: Run) -> None:
        for step in reasons_in_words(run.steps):
            state = step.state.value
            if state == "PENDING" and step.reason not in ("", *self._prepared):
                # several steps may wait for one environment
                self._prepared.add(step.reason)
                note(f"{step_called(step)}  waits: {step.reason}")
            if self._said.get(step.name, "PENDING") != state:
                self._said[step.name] = state
                note("  ".join(part for part in _row(step) if part))
                if state == "PAUSED":
                    note(f"Let it go on: studio runs continue {run.id} {step.name}")


def _row(step: StepRun) -> tuple[str, str, str, str]:
    reason = f"reused, {step.reason}" if step.reused else step.reason
    if step.error:
        reason = step.error.message
    elif step.progress is not None and not step.state.ended:
        reason = f"{step.progress:.0%} {step.progress_message}".strip()
    return step_called(step), step.state.value, seconds(_elapsed(step)), reason


def _elapsed(step: StepRun) -> float | None:
    if step.seconds is not None or step.started_at is None or step.state.ended:
        return step.seconds
    return max(0.0, (datetime.now(UTC) - step.started_at).total_seconds())
