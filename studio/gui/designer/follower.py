"""Follows the latest run of a pipeline, wherever it was started."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.run import Run, StepRun
from studio.domain.sweep import is_trial
from studio.gui.tasks import Periodic, Tasks

if TYPE_CHECKING:
    from studio.services.runs.service import RunService
    from studio.storage.runs import RunReader

POLL_SECONDS = 0.2
ABANDONED_SECONDS = 3.0
TRIALS_SKIPPED = 1_000


class RunFollower(QObject):
    """`changed` follows every change of the run; it is read in worker threads."""

    changed = Signal()
    ended = Signal(object)

    def __init__(self, runs: RunService, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._runs, self._tasks = runs, tasks
        self._pipeline = ""
        self._poll: Periodic | None = None
        self._checked = 0.0
        self._reader: tuple[str, RunReader] | None = None
        self.run: Run | None = None

    @property
    def active(self) -> bool:
        """Whether the run goes on."""
        return self.run is not None and not self.run.state.ended

    def step(self, node_id: str) -> StepRun | None:
        """What the run made of a step (by node id, which renaming keeps)."""
        steps = self.run.steps if self.run else ()
        return next((step for step in steps if step.node_id == node_id), None)

    def attach(self, pipeline: str) -> None:
        """Show the latest run of a pipeline, and follow it if it goes on."""
        if pipeline != self._pipeline:
            self._stop()
            self._pipeline, self.run = pipeline, None
            self.changed.emit()
        if pipeline:
            look = partial(_newest, self._runs, pipeline)
            self._tasks.run(look, done=partial(self._found, pipeline), owner=self)

    def follow(self, run: Run) -> None:
        """Show this run from now on."""
        self._take(run)
        if self.active and self._poll is None:
            self._poll = self._tasks.every(
                POLL_SECONDS, self._read, self._take, failed=self._lost, owner=self
            )

    def _found(self, pipeline: str, runs: Sequence[Run]) -> None:
        if pipeline != self._pipeline or not runs:
            return
        if self.run is None or runs[0].created_at >= self.run.created_at:
            self.follow(runs[0])

    def _read(self) -> Run | None:
        """The run as it is now (in a worker thread)."""
        run = self.run
        if run is None:
            return None
        if time.monotonic() - self._checked > ABANDONED_SECONDS:
            self._checked = time.monotonic()
            self._runs.take_over_abandoned()
        if self._reader is None or self._reader[0] != run.id:
            self._reader = run.id, self._runs.reader(run.id)
        return self._reader[1].read()

    def _take(self, run: Run | None) -> None:
        if run is None or run.pipeline != self._pipeline:
            return
        before, self.run = self.run, run
        if self.run.state.ended:
            self._stop()
        if before != run or self.active:  # elapsed times go on while it is active
            self.changed.emit()
        was_active = before is not None and before.id == run.id
        if was_active and before and not before.state.ended and run.state.ended:
            self.ended.emit(run)

    def _lost(self, error: BaseException) -> None:
        """The run was deleted meanwhile."""
        self._stop()
        self.run = None
        self.changed.emit()

    def _stop(self) -> None:
        if self._poll is not None:
            self._poll.stop()
            self._poll = None


def _newest(runs: RunService, pipeline: str) -> Sequence[Run]:
    """The newest run that is no trial of a sweep: the canvas isn't one's picture."""
    for limit in (1, TRIALS_SKIPPED):
        found = runs.list(pipeline=pipeline, limit=limit)
        own = [run for run in found if not is_trial(run)]
        if own or len(found) < limit:
            return own[:1]
    return ()
