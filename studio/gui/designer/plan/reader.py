"""Asks for plans at idle, off the window's thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.errors import StudioError
from studio.domain.pipeline import Pipeline
from studio.domain.run import Plan
from studio.gui.designer.plan.scope import Choice
from studio.gui.tasks import Task, Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio

IDLE_MS = 300


class PlanReader(QObject):
    """`found(Choice, Plan)` or `refused(StudioError)` follows each `ask`."""

    found = Signal(object, object)
    refused = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self._wanted: tuple[Pipeline | str, Choice] | None = None
        self._task: Task | None = None
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self._start)

    def ask(
        self, pipeline: Pipeline | str, choice: Choice, wait_ms: int = IDLE_MS
    ) -> None:
        """Plan a moment later (by name: the working copy); what was asked before is
        forgotten."""
        self.stop()
        self._wanted = (pipeline, choice)
        self._idle.start(wait_ms)

    def stop(self) -> None:
        self._idle.stop()
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._wanted is None:
            return
        pipeline, choice = self._wanted
        self._task = self._tasks.run(
            partial(self._studio.runs.plan, pipeline, choice.options),
            done=lambda plan: self._take(choice, plan),
            failed=self._fail,
            owner=self,
        )

    def _take(self, choice: Choice, plan: Plan) -> None:
        self.found.emit(choice, plan)

    def _fail(self, error: BaseException) -> None:
        if not isinstance(error, StudioError):
            raise error
        self.refused.emit(error)
