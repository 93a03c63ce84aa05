"""Runs: started as detached processes, followed and cancelled from anywhere."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from studio.domain import ways
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.pipeline import Pipeline
from studio.domain.run import (
    Cause,
    MetricPoint,
    Plan,
    PlannedStep,
    Run,
    RunOptions,
    RunState,
    Snapshot,
)
from studio.engine.planner import Planner
from studio.engine.resolve import resolve, with_inputs
from studio.services.environments.of_steps import StepEnvironments
from studio.services.log_files import LogPart, read_log
from studio.services.pipelines.service import PipelineService
from studio.services.processes import start_detached
from studio.services.runs.definitions import RunDefinitions
from studio.services.runs.listing import RunList
from studio.services.runs.new_run import ReadyRun
from studio.services.runs.runnable import Runnable
from studio.services.runs.spare import SpareRunner
from studio.services.runs.step_titles import StepTitles
from studio.services.runs.watch import RunWatch
from studio.storage.content import ContentStore
from studio.storage.run_history import RunHistory
from studio.storage.run_wishes import RunWishes
from studio.storage.runs import RunReader, RunRepository
from studio.storage.workspace import Workspace


class RunService:
    def __init__(
        self,
        workspace: Workspace,
        repository: RunRepository,
        history: RunHistory,
        content: ContentStore,
        pipelines: PipelineService,
        wishes: RunWishes,
        environments: StepEnvironments,
    ) -> None:
        self._workspace = workspace
        self._repository = repository
        self._history = history
        self._list = RunList(repository, history)
        self._watch = RunWatch(repository, workspace.root)
        self._definitions = RunDefinitions(repository, wishes)
        self._content = content
        self._pipelines = pipelines
        self._environments = environments
        self._spare = SpareRunner(workspace)
        self._titles = StepTitles(repository.definition)

    # -- before and at the start ------------------------------------------------

    def plan(
        self,
        pipeline: Pipeline | str,
        options: RunOptions | None = None,
        folder: Path | None = None,
    ) -> Plan:
        """What a run would do, and why. Nothing is run."""
        pipeline, folder = self._given(pipeline, folder)
        options = options or RunOptions()
        given = self._runnable(pipeline, folder, options)
        found = self._planner(given, folder, options).plan()
        skipped = tuple(
            PlannedStep(
                node.name, node.id, "skip", given.off[node.name], title=node.title
            )
            for node in given.whole.nodes
            if node.name in given.off
        )
        return replace(found, steps=(*found.steps, *skipped))

    def code_diff(self, cause: Cause) -> str:
        """A change of code in full, as a unified diff; "" for any other cause."""
        if cause.kind != "code" or not cause.before or not cause.after:
            return ""
        return self._content.code_diff(cause.before, cause.after)

    def start(
        self,
        pipeline: Pipeline | str,
        options: RunOptions | None = None,
        folder: Path | None = None,
    ) -> str:
        """Start a run in a process of its own and return its id at once.

        `pipeline` is a saved one's name, or a value whose relative paths are meant
        from `folder`. InvalidError if it has problems.
        """
        options = options or RunOptions()
        pipeline, folder = self._given(pipeline, folder)
        ready = self._ready(pipeline, folder, options)
        version = None
        if folder == self._pipelines.folder(pipeline.name):
            version = self._pipelines.save(pipeline)
        return self._begin(ready, version)

    def start_saved(self, name: str, version: int, options: RunOptions) -> str:
        """Start a run of a saved version; the pipeline's file is left as it is."""
        pipeline = self._pipelines.version(name, version)
        folder = self._pipelines.folder(name)
        return self._begin(self._ready(pipeline, folder, options), version)

    def prepare(self) -> None:
        """Keep a runner process ready, so that the next run starts at once."""
        self._spare.prepare()

    def close(self) -> None:
        self._spare.close()

    def again(self, run_id: str) -> str:
        """Run what a run was started with once more; the new run's id.

        The pipeline's file, which may have gone on since, is left as it is.
        """
        return self._repeat(self._repository.get(run_id), resumed_from="")

    def resume(self, run_id: str) -> str:
        """Run again what didn't succeed; what did is reused. The new run's id."""
        run = self._repository.get(run_id)
        if not run.state.ended:
            raise RefusedError(f"Run {run.id} is still running", "Wait, or cancel it")
        if run.state is RunState.SUCCEEDED:
            raise RefusedError(
                f"Run {run.id} has succeeded; there is nothing to resume",
                hint=ways.RUN_ANEW(run.pipeline),
            )
        return self._repeat(run, resumed_from=run.id)

    def planner(self, pipeline: Pipeline, folder: Path, options: RunOptions) -> Planner:
        """Everything looked up and checked, ready to plan or to run."""
        return self._planner(self._runnable(pipeline, folder, options), folder, options)

    def _runnable(
        self, pipeline: Pipeline, folder: Path, options: RunOptions
    ) -> Runnable:
        given = with_inputs(pipeline, options.inputs)
        return self._pipelines.runnable(given, folder, options)

    def _planner(self, given: Runnable, folder: Path, options: RunOptions) -> Planner:
        components = self._environments.placed(given.components)
        return Planner(
            given.pipeline,
            resolve(given.pipeline, components, folder),
            options,
            self._history,
            self._content,
            self._environments,
        )

    def definition(self, run_id: str) -> tuple[Pipeline, Path, RunOptions]:
        """What a run was started with; steps keep the ids they had."""
        return self.definition_of(self._repository.get(run_id))

    def definition_of(self, run: Run) -> tuple[Pipeline, Path, RunOptions]:
        """As `definition`, of a run that was asked for already."""
        return self._definitions.of(run)

    # -- while and after ----------------------------------------------------------

    def get(self, run_id: str) -> Run:
        return self._repository.get(run_id)

    def reader(self, run_id: str) -> RunReader:
        """For who looks many times a second: it reads what has changed since."""
        return self._repository.reader(run_id)

    def titled(self, run: Run) -> Run:
        """The same run, its steps with the titles that they had when it began."""
        return self._titles.put_on(run)

    def step_title(self, run_id: str, step: str) -> str:
        """What a step was called when the run began; its name if the run is gone."""
        try:
            return self._titles.of(run_id).get(step) or step
        except NotFoundError:
            return step

    def list(
        self,
        *,
        pipeline: str = "",
        experiment: str = "",
        filter: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[Run, ...]:
        """Newest first. `filter` understands state=, pipeline=, metrics, words."""
        return self._list.page(pipeline, experiment, filter, limit, offset)

    def count(
        self, *, pipeline: str = "", experiment: str = "", filter: str = ""
    ) -> int:
        """How many runs `list` would give without a limit."""
        return self._list.count(pipeline, experiment, filter)

    def experiments(self) -> tuple[str, ...]:
        return tuple(self._repository.experiments())

    def cancel(self, run_id: str) -> Run:
        """Ask the run's process, wherever it was started, to stop its steps."""
        run = self._repository.request_cancel(self._repository.get(run_id).id)
        self.take_over_abandoned()
        return run

    def wait(
        self,
        run_id: str,
        on_change: Callable[[Run], None] | None = None,
        timeout_seconds: float | None = None,
        *,
        between: Callable[[], None] | None = None,
    ) -> Run:
        """Follow a run to its end, calling `on_change` when something is new, and
        `between` at every look, which may raise."""
        return self._watch.wait(run_id, on_change, timeout_seconds, between)

    def take_over_abandoned(self) -> int:
        """End runs whose process is gone (killed, or the computer was restarted)."""
        return self._watch.take_over_abandoned()

    def active(self) -> int:
        """How many runs haven't ended."""
        return len(self._repository.unfinished())

    def delete(self, run_id: str) -> None:
        run = self._repository.get(run_id)
        self._repository.delete(run.id)
        shutil.rmtree(self.folder(run.id), ignore_errors=True)

    # -- what they left -------------------------------------------------------------

    def folder(self, run_id: str) -> Path:
        return self._workspace.runs / run_id

    def log(self, run_id: str, step: str = "", offset: int = 0) -> LogPart:
        """What a step printed (or, without a step, what the runner did)."""
        file = self.folder(run_id) / (f"{step}/log.txt" if step else "runner.log")
        return read_log(file, offset)

    def metrics(self, run_id: str, step: str = "") -> tuple[MetricPoint, ...]:
        return tuple(self._repository.metrics(run_id, step))

    def output(self, run_id: str, step: str, name: str) -> Path:
        """Where a step's output stands on disk (read-only)."""
        run = self._repository.get(run_id)
        found = run.step(step)
        if found is None or name not in found.outputs:
            raise NotFoundError(
                f"Run {run_id} has no output '{name}' of step '{step}'",
                hint="It may not have run yet; see its outputs in the Runs page",
            )
        return self._content.path(found.outputs[name])

    def output_path(self, digest: str) -> Path:
        return self._content.path(digest)

    def snapshot(self, run_id: str) -> Snapshot:
        """What the run was made of; parts that aren't known yet are empty."""
        return self._definitions.snapshot(self._repository.get(run_id))

    # -- inside ---------------------------------------------------------------------

    def _given(
        self, pipeline: Pipeline | str, folder: Path | None
    ) -> tuple[Pipeline, Path]:
        if isinstance(pipeline, str):
            pipeline = self._pipelines.get(pipeline)
        return pipeline, folder or self._pipelines.folder(pipeline.name)

    def _repeat(self, run: Run, resumed_from: str) -> str:
        pipeline, folder, options = self.definition(run.id)
        options = replace(options, resumed_from=resumed_from, pause_before=())
        ready = self._ready(pipeline, folder, options)
        return self._begin(ready, run.pipeline_version)

    def _ready(self, pipeline: Pipeline, folder: Path, options: RunOptions) -> ReadyRun:
        given = self._runnable(pipeline, folder, options)
        self._environments.take_in(given.components.values())
        warm = self._planner(given, folder, options).runs_anything()
        return ReadyRun(pipeline, given, folder, options, warm)

    def _begin(self, ready: ReadyRun, version: int | None) -> str:
        run = ready.run(version)
        self._repository.create(
            run, ready.options, ready.yaml(), str(ready.folder), ready.steps()
        )
        self._launch(run.id, ready.warm)
        return run.id

    def _launch(self, run_id: str, warm: bool) -> None:
        arguments = ["studio", "runner", str(self._workspace.root), run_id]
        try:
            runner = self._spare.take(run_id) or start_detached(
                [*arguments, "warm"] if warm else arguments,
                self.folder(run_id) / "runner.log",
                self._workspace.root,
            )
        except BaseException as error:
            self._repository.end(run_id, RunState.FAILED, message=str(error))
            raise
        self._repository.set_runner(run_id, runner)
