"""Sweeps: detached processes that start runs, one after another or side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from studio.domain.component import Scalar
from studio.domain.errors import RefusedError, StudioError
from studio.domain.run import RunnerProcess, RunOptions, RunState
from studio.domain.sweep import (
    SWEEP_ID,
    Sweep,
    SweepSpec,
    Trial,
    TrialState,
    check_sweep,
)
from studio.engine.sweeping import Observation, SweepLoop
from studio.services.pipelines.service import PipelineService
from studio.services.processes import is_alive, start_detached, this_process
from studio.services.runs.runnable import check_sound
from studio.services.runs.service import RunService
from studio.storage.sweeps import SweepRepository
from studio.storage.workspace import Workspace

_STARTING_SECONDS = 60.0


class SweepService:
    def __init__(
        self,
        workspace: Workspace,
        repository: SweepRepository,
        pipelines: PipelineService,
        runs: RunService,
    ) -> None:
        self._workspace = workspace
        self._repository = repository
        self._pipelines = pipelines
        self._runs = runs

    def start(self, spec: SweepSpec) -> str:
        """Start a sweep of a pipeline as it is saved now; its id at once."""
        pipeline = self._pipelines.get(spec.pipeline)
        check_sweep(spec, pipeline)
        check_sound(self._pipelines.problems(pipeline), pipeline.name)
        version = self._pipelines.save(pipeline)
        now = datetime.now(UTC)
        stamp = now.strftime("%Y%m%d-%H%M%S")
        sweep_id = f"{SWEEP_ID}{stamp}-{os.urandom(3).hex()}"
        queued = Sweep(sweep_id, spec, RunState.QUEUED, now, pipeline_version=version)
        self._repository.create(queued)
        self._launch(sweep_id)
        return sweep_id

    def get(self, sweep_id: str) -> Sweep:
        self.take_over_abandoned()
        return self._repository.get(sweep_id)

    def list(self, pipeline: str = "", limit: int = 100) -> tuple[Sweep, ...]:
        """Newest first."""
        self.take_over_abandoned()
        return tuple(self._repository.list(pipeline, limit))

    def cancel(self, sweep_id: str) -> Sweep:
        """Ask the sweep's process to end the trials that run, and start no more."""
        sweep = self._repository.get(sweep_id)
        if sweep.state.ended:
            raise RefusedError(f"Sweep {sweep.id} has ended", "Start another one")
        self._repository.request_cancel(sweep.id)
        return self.get(sweep.id)

    def take_over_abandoned(self) -> None:
        """End sweeps whose process is gone; their trials are runs of their own."""
        for sweep_id, runner in self._repository.unfinished():
            if not self._abandoned(sweep_id, runner):
                continue
            for trial in self._repository.get(sweep_id).trials:
                self._settle(sweep_id, trial)
            self._repository.end(
                sweep_id,
                RunState.FAILED,
                "The process that ran it ended unexpectedly",
                "Start it again: finished trials are reused",
            )

    def execute(self, sweep_id: str) -> RunState:
        """Be the sweep's process: its trials, one after another, to the end."""
        sweep = self._repository.get(sweep_id)
        self._repository.begin(sweep_id, this_process())
        laboratory = _Laboratory(sweep, self._repository, self._runs)
        self._runs.prepare()  # the first trial's interpreter imports meanwhile
        try:
            state, message = SweepLoop(sweep.spec, laboratory).run()
            self._repository.end(sweep_id, state, message)
        except StudioError as error:
            state = RunState.FAILED
            self._repository.end(sweep_id, state, error.message, error.hint)
        except Exception as error:
            told = f"The sweep met a bug: {type(error).__name__}: {error}"
            self._repository.end(sweep_id, RunState.FAILED, told)
            raise
        return state

    # -- inside ---------------------------------------------------------------

    def _launch(self, sweep_id: str) -> None:
        log = self._workspace.runs / f"{sweep_id}.log"
        arguments = ["studio", "sweeper", str(self._workspace.root), sweep_id]
        try:
            runner = start_detached(arguments, log, self._workspace.root)
        except BaseException as error:
            self._repository.end(sweep_id, RunState.FAILED, str(error))
            raise
        self._repository.set_runner(sweep_id, runner)

    def _abandoned(self, sweep_id: str, runner: RunnerProcess | None) -> bool:
        if runner is not None:
            return not is_alive(runner)
        age = datetime.now(UTC) - self._repository.get(sweep_id).created_at
        return age.total_seconds() > _STARTING_SECONDS

    def _settle(self, sweep_id: str, trial: Trial) -> None:
        """A trial that nobody follows any more is what its run has become."""
        if trial.state is not TrialState.RUNNING:
            return
        state = TrialState.FAILED
        try:
            if self._runs.get(trial.run_id).state is RunState.CANCELLED:
                state = TrialState.CANCELLED
        except StudioError:  # the run was deleted
            pass
        self._repository.keep(sweep_id, replace(trial, state=state))


@dataclass
class _Laboratory:
    """Trials are runs of the saved version, in an experiment of the sweep's name."""

    sweep: Sweep
    repository: SweepRepository
    runs: RunService

    def start(self, number: int, parameters: Mapping[str, Scalar]) -> str:
        spec = self.sweep.spec
        values = {**spec.inputs, **parameters}
        options = RunOptions(inputs=values, experiment=self.sweep.id)
        version = self.sweep.pipeline_version or 1
        run_id = self.runs.start_saved(spec.pipeline, version, options)
        self.runs.prepare()
        return run_id

    def look(self, run_id: str) -> Observation:
        self.runs.take_over_abandoned()
        run = self.runs.get(run_id)
        metric = self.sweep.spec.metric
        curve = [p for p in self.runs.metrics(run_id) if p.key == metric]
        points = sorted({p.step: p.value for p in curve}.items())
        value = run.metrics.get(metric)
        if value is None and points:
            value = points[-1][1]
        return Observation(run.state, value, points)

    def stop(self, run_id: str) -> None:
        try:
            self.runs.cancel(run_id)
        except RefusedError:  # it has just ended by itself
            return

    def keep(self, trial: Trial) -> None:
        self.repository.keep(self.sweep.id, trial)

    def cancel_requested(self) -> bool:
        return self.repository.cancel_requested(self.sweep.id)
