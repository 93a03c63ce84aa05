"""Which steps the next run would do again, and why: from the planner's own hashes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.errors import StudioError, UnavailableError
from studio.domain.pipeline import Pipeline
from studio.domain.spoken import with_words
from studio.gui.designer.gathering import Place
from studio.gui.tasks import Task, Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio

IDLE_MS, AGAIN_MS = 400, 2_000


class Staleness(QObject):
    """`reasons` is by node id; `found` follows every answer."""

    found = Signal()

    def __init__(self, studio: Studio, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self._task: Task | None = None
        self._pipeline: Pipeline | None = None
        self.place = Place()
        self.reasons: dict[str, str] = {}
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._start)

    def ask(self, pipeline: Pipeline) -> None:
        """Plan a moment later."""
        self._pipeline = pipeline
        self._idle.start(IDLE_MS)

    def stop(self) -> None:
        """An edit came: what is under way is outdated."""
        self._idle.stop()
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._pipeline is not None:
            self._task = self._tasks.run(
                partial(_reasons, self._studio, self.place.root or self._pipeline),
                done=self._take,
                failed=self._not_told,
                owner=self,
            )

    def _not_told(self, error: BaseException) -> None:
        """A busy workspace tells later; until then stays what was known."""
        if isinstance(error, UnavailableError):
            self._idle.start(AGAIN_MS)

    def _take(self, reasons: dict[str, str]) -> None:
        if reasons != self.reasons:
            self.reasons = reasons
            self.found.emit()


def _reasons(studio: Studio, pipeline: Pipeline | str) -> dict[str, str]:
    try:
        plan = studio.runs.plan(pipeline)
    except UnavailableError:
        raise
    except StudioError:  # what is wrong stands among the problems
        return {}
    steps = with_words(plan.steps, lambda step: step.title)
    return {step.node_id: step.reason for step in steps if step.action == "run"}
