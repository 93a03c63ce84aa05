"""One run, executed in this process from its first step to its end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from studio.domain.errors import StudioError, UnavailableError
from studio.domain.pipeline import Pipeline
from studio.domain.registration import Registration
from studio.domain.run import (
    MetricPoint,
    Registered,
    Run,
    RunState,
    StepChange,
    StepWish,
)
from studio.domain.sweep import is_sweep
from studio.engine.planner import Planner
from studio.engine.resolve import DataPath
from studio.engine.runner import Outcome, Runner
from studio.services.processes import this_process
from studio.services.runs.registration import new_version
from studio.services.runs.service import RunService
from studio.services.runs.snapshot import environment, git_state, machine
from studio.storage.content import ContentStore
from studio.storage.database import Database
from studio.storage.kept_wishes import settle_within
from studio.storage.models import ModelRepository
from studio.storage.run_wishes import RunWishes
from studio.storage.runs import RunRepository
from studio.targets.process import ProcessTarget


class RunJournal:
    """Writes a run's progress to the database, one transaction at a time."""

    def __init__(
        self,
        run_id: str,
        pipeline: str,
        experiment: str,
        database: Database,
        runs: RunRepository,
        models: ModelRepository,
        content: ContentStore,
    ) -> None:
        self._content = content
        self._run_id = run_id
        self._pipeline = pipeline
        self._experiment = experiment
        self._database = database
        self._runs = runs
        self._models = models
        self._wishes = RunWishes(database)
        self._stopped = threading.Event()

    def write(
        self,
        changes: Sequence[StepChange],
        metrics: Sequence[MetricPoint],
        registrations: Sequence[Registration],
    ) -> None:
        if is_sweep(self._experiment):
            changes = [_with_wishes(change, registrations) for change in changes]
            registrations = ()
        sizes = [self._content.secure(wish.digest) for wish in registrations]
        # progress is worth no wait for the disk; what is registered is
        with self._database.write(durable=bool(registrations)) as tx:
            registered: dict[str, list[Registered]] = {}
            for wish, size in zip(registrations, sizes, strict=True):
                new = new_version(
                    wish, self._run_id, self._pipeline, self._experiment, size
                )
                number = self._models.register_within(tx, new)
                entry = Registered("model", new.name, str(number))
                registered.setdefault(wish.step, []).append(entry)
            changes = [_with_registered(change, registered) for change in changes]
            for change in changes:
                if change.step.reused and change.step.name in registered:
                    settle_within(tx, change.key, change.registered)
            self._runs.write_within(tx, self._run_id, self._pipeline, changes, metrics)

    def wishes(self) -> Mapping[str, StepWish]:
        return self._wishes.of(self._run_id)

    def cancel_requested(self) -> bool:
        return self._stopped.is_set() or self._runs.cancel_requested(self._run_id)

    def stop(self) -> None:
        """The system asks this process to end: treat it as a cancellation."""
        self._stopped.set()


class RunExecution:
    """Everything the runner process does; built by bootstrap."""

    def __init__(
        self,
        run_id: str,
        service: RunService,
        runs: RunRepository,
        models: ModelRepository,
        content: ContentStore,
        database: Database,
        target: ProcessTarget,
    ) -> None:
        self._target = target
        self._run_id = run_id
        self._service = service
        self._runs = runs
        self._models = models
        self._content = content
        self._database = database
        self._folder = service.folder(run_id)

    def execute(self) -> RunState:
        """Claim the run, do it, write its end. Never leaves it open."""
        try:
            self._runs.claim(self._run_id, this_process())
            outcome = self._do()
        except StudioError as error:
            outcome = Outcome(RunState.FAILED, error.message, error.hint)
        except Exception as error:
            message = f"The runner met a bug: {type(error).__name__}: {error}"
            hint = f"Its log is {self._folder / 'runner.log'}"
            self._end(Outcome(RunState.FAILED, message, hint), None)
            raise
        finally:
            self._target.close()
        return outcome.state

    def _do(self) -> Outcome:
        try:
            run = self._runs.get(self._run_id)
            pipeline, folder, options = self._service.definition_of(run)
            planner = self._service.planner(pipeline, folder, options)
            if problem := self._target.check():
                raise UnavailableError(problem.message, problem.hint)
            outcome = self._run(run, planner, folder)
        except StudioError as error:
            outcome = Outcome(RunState.FAILED, error.message, error.hint)
            self._end(outcome, None)
            return outcome
        self._end(outcome, planner.pipeline)
        return outcome

    def _run(self, run: Run, planner: Planner, folder: Path) -> Outcome:
        journal = RunJournal(
            run.id,
            run.pipeline,
            run.experiment,
            self._database,
            self._runs,
            self._models,
            self._content,
        )
        _stop_on_signal(journal)
        snapshot = threading.Thread(target=self._keep_snapshot, args=(planner, folder))
        if planner.runs_anything():
            self._target.warm_up()
        snapshot.start()
        try:
            runner = Runner(
                run.id, planner, self._target, self._content, journal, self._folder
            )
            return runner.run()
        finally:
            snapshot.join()

    def _keep_snapshot(self, planner: Planner, folder: Path) -> None:
        git, difference = git_state(folder)
        self._runs.save_snapshot(
            self._run_id,
            {
                "git": git,
                "git_diff": difference,
                "data": _data_hashes(planner),
                "code": {s.name: planner.code_digest(s) for s in planner.steps},
                "environment": environment(),
                "machine": machine(),
            },
        )

    def _end(self, outcome: Outcome, pipeline: Pipeline | None) -> None:
        self._runs.end(
            self._run_id,
            outcome.state,
            message=outcome.message,
            hint=outcome.hint,
            outputs=_pipeline_outputs(pipeline, outcome) if pipeline else {},
            registered=self._runs.registered_by_steps(self._run_id),
        )


def _with_registered(
    change: StepChange, registered: Mapping[str, list[Registered]]
) -> StepChange:
    found = registered.get(change.step.name)
    if not found or not change.notable:
        return change
    return replace(change, registered=tuple(found))


def _with_wishes(change: StepChange, wishes: Sequence[Registration]) -> StepChange:
    """In a trial of a sweep they are only kept: see best_models.py."""
    own = tuple(wish for wish in wishes if wish.step == change.step.name)
    return replace(change, wishes=own) if own and change.notable else change


def _pipeline_outputs(pipeline: Pipeline, outcome: Outcome) -> dict[str, str]:
    """Digest by the pipeline's output name; without any, by "step.output"."""
    named: dict[str, str] = {}
    for node in pipeline.nodes:
        for output, declared in node.outputs.items():
            digest = outcome.outputs.get(node.name, {}).get(output)
            if declared.to and digest:
                named[declared.to] = digest
    if named:
        return named
    last = [node.name for node in pipeline.nodes if not pipeline.successors[node.name]]
    return {
        f"{step}.{output}": digest
        for step in last
        for output, digest in outcome.outputs.get(step, {}).items()
    }


def _data_hashes(planner: Planner) -> dict[str, str]:
    return {
        str(source.path): planner.data_digest(source)
        for step in planner.steps
        for source in step.inputs.values()
        if isinstance(source, DataPath)
    }


def _stop_on_signal(journal: RunJournal) -> None:
    """A polite end of the system (shutdown, logout) cancels; closing a terminal
    doesn't."""

    def stop(_signal: int, _frame: FrameType | None) -> Any:
        journal.stop()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
