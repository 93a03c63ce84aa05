"""Runs the steps of one pipeline on a target, and writes down what happens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.domain.errors import StudioError
from studio.domain.registration import Registration
from studio.domain.run import (
    NOTHING_RAN,
    RunState,
    StepChange,
    StepError,
    StepRun,
    StepState,
)
from studio.domain.run_part import NOT_PART
from studio.domain.target import TargetEvent, TaskEnded, TaskMemory
from studio.engine.attempt import Attempt, task_of
from studio.engine.pausing import PAUSED, Pauses
from studio.engine.planner import Decision, Planner
from studio.engine.ports import Content, Journal
from studio.engine.preparing import Preparations
from studio.engine.reports import ReportReader
from studio.engine.resolve import DataPath, ResolvedStep
from studio.engine.results import about_model, registrations_of, take_outputs
from studio.engine.step_folder import StepFolder
from studio.engine.step_runs import attempted, moment, new_step, with_report
from studio.engine.writer import Writer
from studio.targets.base import Target

_POLL_SECONDS, _CANCEL_SECONDS = 0.2, 12.0


@dataclass(frozen=True)
class Outcome:
    """How a run ended; `outputs` maps step -> output -> digest."""

    state: RunState
    message: str = ""
    hint: str = ""
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Runner:
    """Owns one run from its first step to its end. Used from one thread."""

    def __init__(
        self,
        run_id: str,
        planner: Planner,
        target: Target,
        content: Content,
        journal: Journal,
        folder: Path,
    ) -> None:
        self._run_id = run_id
        self._planner = planner
        self._target = target
        self._content = content
        self._journal = journal
        self._writer = Writer(journal)
        self._folder = folder
        self._selected = planner.selected()
        self._waiting = {s.name: s for s in planner.steps if s.name in self._selected}
        self._candidates = dict.fromkeys(self._waiting)  # may have become ready
        self._active: dict[str, Attempt] = {}
        self._outputs: dict[str, Mapping[str, str]] = {}
        self._metrics: dict[str, dict[str, float]] = {}
        self._failed: dict[str, StepError] = {}
        self._pauses = Pauses(journal.wishes)
        self._preparations = Preparations(planner.environments)
        self._cancelled = False
        self._give_up_at = float("inf")
        self._looked_at = 0.0

    def run(self) -> Outcome:
        """Returns when every step has ended. What a step can't do is its failure;
        StudioError only for what concerns the whole run (such as a full disk)."""
        for step in self._planner.steps:
            if step.name not in self._selected:
                self._skip(step, NOT_PART)
        while self._waiting or self._active or self._pauses or self._preparations:
            self._start_ready()
            self._writer.flush()
            if not self._active and not self._pauses and not self._preparations:
                continue
            for event in self._target.status(_POLL_SECONDS):
                self._handle(event)
            self._look_around()
        self._writer.flush()
        return self._outcome()

    # -- starting -------------------------------------------------------------

    def _start_ready(self) -> None:
        """Start or reuse whatever can be, until nothing more is ready."""
        if self._candidates and len(self._active) < self._target.slots:
            self._pauses.look()
        while self._candidates and len(self._active) < self._target.slots:
            name = next(iter(self._candidates))
            del self._candidates[name]
            step = self._waiting.get(name)
            verdict = self._verdict(step) if step else "wait"
            if step is None or verdict == "wait":
                continue
            del self._waiting[name]
            if verdict != "go":
                self._skip(step, verdict)
            elif step.name not in self._planner.held and self._pauses.begin(step):
                paused = replace(new_step(step), state=StepState.PAUSED, reason=PAUSED)
                self._writer.step(StepChange(paused))
            else:
                self._begin(step)

    def _look_again(self, ended: str) -> None:
        """A step has ended: those behind it may be ready now."""
        self._candidates |= dict.fromkeys(self._planner.pipeline.successors[ended])

    def _verdict(self, step: ResolvedStep) -> str:
        """ "go", "wait", or the reason why the step is skipped."""
        if self._cancelled:
            return "the run was cancelled"
        if step.name in self._planner.held:
            return "go"
        before = self._planner.pipeline.predecessors[step.name]
        stopped = [name for name in before if self._has_no_outputs(name)]
        if stopped:
            return f"'{stopped[0]}' didn't succeed"
        if self._failed and not self._goes_on_after_failure():
            return f"'{next(iter(self._failed))}' failed"
        done = all(name in self._outputs for name in before)
        return "go" if done else "wait"

    def _has_no_outputs(self, name: str) -> bool:
        going = self._waiting.keys() | self._pauses.names | self._active_names()
        going |= self._preparations.steps.keys()
        return name not in going and name not in self._outputs

    def _active_names(self) -> set[str]:
        return {active.step.name for active in self._active.values()}

    def _goes_on_after_failure(self) -> bool:
        return self._planner.pipeline.settings.continue_on_step_failure

    def _let_go_on(self) -> None:
        """Look whether somebody lets paused steps begin, perhaps with other values."""
        for step, values in self._pauses.ended():
            try:
                self._wait_again(self._planner.edit(step, values))
            except StudioError as error:
                self._fail(step, new_step(step), StepError(error.message, error.hint))

    def _wait_again(self, *steps: ResolvedStep) -> None:
        """Steps that were paused are like those that wait, but don't pause again."""
        for step in steps:
            self._waiting[step.name] = step
            self._candidates[step.name] = None

    def _begin(self, step: ResolvedStep) -> None:
        environments, named = self._planner.environments, step.component.environment
        try:
            if step.name not in self._planner.held and not environments.is_locked(
                named
            ):
                self._preparations.wait(step)
                return
            decision = self._planner.decide(step, self._outputs)
            if decision.past:
                self._reuse(step, decision)
            elif not environments.is_ready(named):
                self._preparations.wait(step)
            else:
                self._attempt(step, decision, attempt=1)
        except StudioError as error:
            self._fail(step, new_step(step), StepError(error.message, error.hint))

    def _look_at_preparations(self) -> None:
        for step, error in self._preparations.ended():
            if error is None:
                self._wait_again(step)
            else:
                self._fail(step, new_step(step), error)
        for step, message in self._preparations.news():
            told = replace(new_step(step), reason=message)
            self._writer.step(StepChange(told, notable=False))

    def _reuse(self, step: ResolvedStep, decision: Decision) -> None:
        past = decision.past
        assert past is not None
        self._outputs[step.name] = past.outputs
        self._look_again(step.name)
        self._metrics[step.name] = dict(past.metrics)
        now = moment()
        run = replace(
            new_step(step),
            state=StepState.SUCCEEDED,
            reused=True,
            reason=decision.reason,
            seconds=0.0,
            started_at=now,
            ended_at=now,
            outputs=past.outputs,
            parameters=past.parameters,
        )
        change = StepChange(run, decision.key, decision.parts, past.registered)
        # What a trial of a sweep only wished for is done by a run of another kind.
        wishes = [replace(wish, step=step.name) for wish in past.wishes]
        self._writer.step(change, wishes)
        self._writer.carry_over(self._run_id, step.name, past.metrics)

    def _attempt(self, step: ResolvedStep, decision: Decision, attempt: int) -> None:
        folder = StepFolder(self._folder / step.name)
        code = decision.parts["code"]
        outputs = folder.prepare(
            step.component, self._content.path(code) if code else None
        )
        run = replace(
            new_step(step),
            state=StepState.RUNNING,
            reason=decision.reason,
            started_at=moment(),
            attempt=attempt,
        )
        python = self._planner.environments.python(step.component.environment)
        task = task_of(step, folder, self._values(step), outputs, attempt, python)
        self._active[task.id] = Attempt(
            step,
            run,
            decision,
            folder,
            ReportReader(self._run_id, step.name, folder),
            outputs,
        )
        self._target.start(task)
        self._writer.step(StepChange(run, decision.key, decision.parts))

    def _values(self, step: ResolvedStep) -> dict[str, str]:
        values = dict(step.parameters)
        for name, source in step.inputs.items():
            if isinstance(source, DataPath):
                values[name] = str(source.path)
            else:
                digest = self._outputs[source.step][source.output]
                values[name] = str(self._content.path(digest))
        return values

    def _skip(self, step: ResolvedStep, reason: str) -> None:
        self._look_again(step.name)
        state = StepState.CANCELLED if self._cancelled else StepState.SKIPPED
        self._writer.step(
            StepChange(replace(new_step(step), state=state, reason=reason))
        )

    # -- while they run -------------------------------------------------------

    def _look_around(self) -> None:
        """Now and then: what steps report, and whether somebody cancelled."""
        now = time.monotonic()
        if now - self._looked_at < _POLL_SECONDS:
            return
        self._looked_at = now
        for active in self._active.values():
            self._take_report(active)
        self._let_go_on()
        self._look_at_preparations()
        if not self._cancelled and self._journal.cancel_requested():
            self._cancelled = True
            self._give_up_at = now + _CANCEL_SECONDS
            self._wait_again(*self._pauses.end_all(), *self._preparations.cancel())
            self._candidates |= dict.fromkeys(self._waiting)
            for task_id in self._active:
                self._target.stop(task_id)
        if now > self._give_up_at:  # the target doesn't answer: end it with its steps
            self._give_up_at = float("inf")
            self._target.close()

    def _take_report(self, active: Attempt) -> None:
        report = active.reader.read()
        self._writer.points(report.metrics)
        for point in report.metrics:
            self._metrics.setdefault(active.step.name, {})[point.key] = point.value
        if report.parameters or report.progress is not None:
            self._tell(active, with_report(active.run, report))

    def _tell(self, active: Attempt, run: StepRun) -> None:
        """What is new of a step that goes on; nothing for the event log."""
        active.run = run
        key, parts = active.decision.key, active.decision.parts
        self._writer.step(StepChange(run, key, parts, notable=False))

    # -- ending ---------------------------------------------------------------

    def _handle(self, event: TargetEvent) -> None:
        if event.id not in self._active:
            return
        active = self._active[event.id]
        if isinstance(event, TaskMemory):
            peak = event.peak_memory_bytes
            self._tell(active, replace(active.run, peak_memory_bytes=peak))
        if not isinstance(event, TaskEnded):
            return
        self._take_report(active)
        del self._active[event.id]
        run = replace(
            active.run,
            ended_at=moment(),
            seconds=time.monotonic() - active.began,
            peak_memory_bytes=event.peak_memory_bytes,
            progress=None,
        )
        if event.ok:
            self._succeed(active, run)
        elif self._cancelled:
            cancelled = replace(run, state=StepState.CANCELLED)
            self._writer.step(attempted(cancelled, active.decision))
        elif run.attempt <= active.step.node.max_retries:
            self._attempt(active.step, active.decision, run.attempt + 1)
        else:
            failure = active.folder.failure(event)
            self._fail(active.step, run, failure, active.decision)

    def _succeed(self, active: Attempt, run: StepRun) -> None:
        step = active.step
        try:
            outputs = take_outputs(step, active.folder, self._content)
            registrations = self._registrations(active, outputs)
        except StudioError as error:
            failure = StepError(error.message, error.hint)
            self._fail(step, run, failure, active.decision)
            return
        self._outputs[step.name] = outputs
        self._look_again(step.name)
        run = replace(run, state=StepState.SUCCEEDED, outputs=outputs)
        change = StepChange(run, active.decision.key, active.decision.parts)
        self._writer.step(change, registrations)

    def _registrations(
        self, active: Attempt, outputs: Mapping[str, str]
    ) -> list[Registration]:
        def metrics_so_far() -> dict[str, float]:
            return {
                key: value
                for name in about_model(self._planner, active.step.name)
                for key, value in self._metrics.get(name, {}).items()
            }

        return registrations_of(active.step, active.folder, outputs, metrics_so_far)

    def _fail(
        self,
        step: ResolvedStep,
        run: StepRun,
        error: StepError,
        tried: Decision | None = None,
    ) -> None:
        self._failed[step.name] = error
        self._look_again(step.name)
        if not self._goes_on_after_failure():
            self._wait_again(*self._pauses.end_all())
            self._candidates |= dict.fromkeys(self._waiting)
        ended = run.ended_at or moment()
        failed = replace(run, state=StepState.FAILED, error=error, ended_at=ended)
        self._writer.step(attempted(failed, tried))

    def _outcome(self) -> Outcome:
        if self._cancelled:
            return Outcome(RunState.CANCELLED, "It was cancelled", "", self._outputs)
        if self._failed:
            name, error = next(iter(self._failed.items()))
            message = f"Step '{name}' failed: {error.message}"
            return Outcome(RunState.FAILED, message, error.hint, self._outputs)
        said = "" if self._planner.steps else NOTHING_RAN
        return Outcome(RunState.SUCCEEDED, said, outputs=self._outputs)
