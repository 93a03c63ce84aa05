"""Live validation: a moment after an edit, in a worker thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.component import DATA_TYPES, Component
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions
from studio.domain.validation import Problem
from studio.gui.designer.gathering import Place
from studio.gui.designer.told_problems import message_first
from studio.gui.tasks import Task, Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio

IDLE_MS = 300


@dataclass(frozen=True)
class Checked:
    """A pipeline's problems, and its components by reference.

    `in_the_way` are the problems that keep what was asked from running.
    """

    pipeline: Pipeline
    problems: tuple[Problem, ...] = ()
    components: dict[str, Component] = field(default_factory=dict)
    in_the_way: tuple[Problem, ...] = ()


def check(
    studio: Studio,
    pipeline: Pipeline,
    place: Place,
    options: RunOptions | None = None,
) -> Checked:
    """Look everything up and validate (some milliseconds; reads files)."""
    folder = studio.pipelines.folder(pipeline.name)
    found = studio.pipelines.components_of(pipeline, folder)
    known = {
        node.reference: component
        for node in pipeline.nodes
        if node.reference and isinstance(component := found.get(node.name), Component)
    }
    here = _as_seen_from(place, pipeline)
    seen = tuple(map(message_first, studio.pipelines.problems(here)))
    stops = seen
    if seen and options is not None:
        wanted = place.seen_from_here(options)
        stops = studio.pipelines.problems(here, options=wanted)
    errors = tuple(problem for problem in stops if problem.severity == "error")
    return Checked(pipeline, seen, known, errors)


def _as_seen_from(place: Place, pipeline: Pipeline) -> Pipeline:
    """From inside, what comes in from outside needs no value here, and no file."""
    if not place.within:
        return pipeline
    return replace(
        pipeline,
        inputs={
            name: replace(
                one,
                optional=True,
                value=None if one.type in DATA_TYPES else one.value,
            )
            for name, one in pipeline.inputs.items()
        },
    )


class Checker(QObject):
    """`checked(Checked)` a pause after the last edit; an outdated answer is dropped."""

    checked = Signal(object)

    def __init__(self, studio: Studio, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._tasks = studio, tasks
        self._pipeline: Pipeline | None = None
        self._task: Task | None = None
        self.place = Place()
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._start)

    def check_soon(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._idle.start()

    def check_now(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._idle.stop()
        self._start()

    def stop(self) -> None:
        self._idle.stop()
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._pipeline is None:
            return
        if self._task is not None:
            self._task.cancel()
        self._task = self._tasks.run(
            partial(check, self._studio, self._pipeline, self.place),
            done=self.checked.emit,
            owner=self,
        )
