"""Run, Stop and Validate: check first, save, then start a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunOptions
from studio.domain.validation import Problem
from studio.gui.designer.checker import Checked, check
from studio.gui.designer.saving import Stored, load
from studio.gui.designer.workbench import Workbench
from studio.gui.page import WindowServices
from studio.gui.tasks import Tasks

if TYPE_CHECKING:
    from studio.bootstrap import Studio


@dataclass(frozen=True)
class _Started:
    """A run, and what its start wrote into the pipeline's file."""

    run: Run
    stored: Stored


class Running(QObject):
    """`refused(Checked)` when there are problems: then nothing was started."""

    refused = Signal(object)
    validated = Signal(object)
    started = Signal(object)
    changed = Signal()

    def __init__(
        self,
        studio: Studio,
        tasks: Tasks,
        services: WindowServices,
        bench: Workbench,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._studio, self._tasks, self._services = studio, tasks, services
        self._bench = bench
        self.starting = False
        self.stopping = ""

    @property
    def can_run(self) -> bool:
        return (
            bool(self._bench.editor.document)
            and not self.starting
            and not self.can_stop
        )

    @property
    def can_stop(self) -> bool:
        return self._bench.follower.active

    def validate(self) -> None:
        """Look for problems and show them."""
        self._bench.inspector.flush()
        self._check(self.validated.emit)

    def run(self, options: RunOptions | None = None) -> None:
        """Start a run of the pipeline as it is drawn."""
        if not self.can_run or self._bench.saver is None:
            return
        self._bench.inspector.flush()
        wrong = self._bench.inspector.wrong_fields()
        if wrong:
            here, found = self._bench.editor.pipeline, tuple(wrong)
            self.refused.emit(Checked(here, found, in_the_way=found))
            return
        self._set_starting(True)
        asked = options or RunOptions()
        self._check(lambda checked: self._checked(checked, asked), asked)

    def run_to_here(self) -> None:
        """Run the selected step and what it needs."""
        for node in self._bench.editor.selected()[:1]:
            self.run(RunOptions(only_to=self._bench.place.run_name(node)))

    def run_from_here(self) -> None:
        """Run the selected step and all behind it."""
        for node in self._bench.editor.selected()[:1]:
            self.run(RunOptions(only_from=self._bench.place.run_name(node)))

    def run_anew(self) -> None:
        """Run all, whatever could be reused."""
        self.run(RunOptions(force=True))

    def stop(self) -> None:
        """Ask the run's process to end its steps."""
        run = self._bench.follower.run
        if run is not None and self._bench.follower.active:
            self.stopping = run.id
            self._tasks.run(
                partial(self._studio.runs.cancel, run.id),
                done=self._bench.follower.follow,
                failed=self._services.show_error,
                owner=self,
            )

    def _check(
        self, done: Callable[[Checked], object], options: RunOptions | None = None
    ) -> None:
        pipeline, place = self._bench.editor.pipeline, self._bench.place
        self._tasks.run(
            partial(check, self._studio, pipeline, place, options),
            done=done,
            failed=self._failed,
            owner=self,
        )

    def _checked(self, checked: Checked, options: RunOptions) -> None:
        if checked.in_the_way:
            self._set_starting(False)
            self.refused.emit(checked)
        elif self._bench.saver is not None:
            pipeline = checked.pipeline
            self._bench.saver.save(
                then=lambda: self._start(pipeline, options),
                otherwise=lambda: self._set_starting(False),
            )

    def _start(self, pipeline: Pipeline, options: RunOptions) -> None:
        # The start writes the file too: no autosave may come between.
        if self._bench.saver is not None:
            self._bench.saver.hold(True)
        self._tasks.run(
            partial(_start, self._studio, pipeline, options, self._bench.place.root),
            done=self._started,
            failed=self._failed,
            owner=self,
        )

    def _started(self, started: _Started) -> None:
        if self._bench.saver is not None:
            self._bench.saver.note(started.stored)
        self._set_starting(False)
        self._bench.follower.follow(started.run)
        # Its plots will be looked at: importing takes longer than a click may.
        self._tasks.run(_import_plots, failed=lambda _: None)
        self.started.emit(started.run)

    def _failed(self, error: BaseException) -> None:
        self._set_starting(False)
        self._services.show_error(error)

    def _set_starting(self, starting: bool) -> None:
        self.starting = starting
        if not starting and self._bench.saver is not None:
            self._bench.saver.hold(False)
        self.changed.emit()


def _start(
    studio: Studio, pipeline: Pipeline, options: RunOptions, root: str
) -> _Started:
    """From inside a step it is the outermost pipeline that runs."""
    whole = root or pipeline
    pauses = studio.pipelines.breakpoints(whole, options)
    options = replace(options, pause_before=pauses)
    run = studio.runs.get(studio.runs.start(whole, options))
    if root:
        return _Started(run, load(studio.pipelines, pipeline.name))
    sha256 = studio.pipelines.content_hash(pipeline.name)
    return _Started(run, Stored(pipeline, run.pipeline_version, sha256))


def _import_plots() -> None:
    import numpy  # noqa: F401


def errors_in(problems: tuple[Problem, ...]) -> str:
    """`1 problem`, `3 problems`."""
    count = sum(problem.severity == "error" for problem in problems)
    return f"{count} problem{'s' if count != 1 else ''}"
