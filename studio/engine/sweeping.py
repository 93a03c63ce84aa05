"""The loop of a sweep: which values come next, which trials go on, which was best."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from studio.domain.component import Scalar
from studio.domain.run import RunState
from studio.domain.sweep import MOST_IN_GRID, Space, SweepSpec, Trial, TrialState

POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Observation:
    """A trial's run as it is now; `points` is the metric's curve (step, value)."""

    state: RunState
    value: float | None = None
    points: Sequence[tuple[int, float]] = ()


class Laboratory(Protocol):
    """Where trials are run. Services bring runs to this shape."""

    def start(self, number: int, parameters: Mapping[str, Scalar]) -> str:
        """Start a run with these values; its id."""

    def look(self, run_id: str) -> Observation: ...

    def stop(self, run_id: str) -> None:
        """End a run early."""

    def keep(self, trial: Trial) -> None:
        """Remember what became of a trial."""

    def cancel_requested(self) -> bool: ...


@dataclass
class _Live:
    trial: Trial
    asked: Any
    seen: int = 0
    stopped: bool = False


@dataclass
class SweepLoop:
    """Runs trials until there are enough; used from one thread."""

    spec: SweepSpec
    laboratory: Laboratory
    _live: list[_Live] = field(default_factory=list)
    _ended: list[Trial] = field(default_factory=list)
    _tried: set[tuple[Scalar, ...]] = field(default_factory=set)

    def run(self) -> tuple[RunState, str]:
        """Its end, and why."""
        study, cancelled, count = _study(self.spec), False, 0
        while True:
            cancelled = cancelled or self._cancel()
            room = self.spec.concurrent - len(self._live)
            if not cancelled and room > 0 and count < self.spec.trials:
                self._begin(study, count)
                count += 1
                continue
            if not self._live:
                break
            time.sleep(POLL_SECONDS)
            self._look(study)
        return self._outcome(cancelled)

    def _begin(self, study: Any, number: int) -> None:
        asked = self._ask(study)
        parameters = {name: asked.params[name] for name in self.spec.spaces}
        run_id = self.laboratory.start(number, parameters)
        trial = Trial(number, run_id, parameters)
        self.laboratory.keep(trial)
        self._live.append(_Live(trial, asked))

    def _ask(self, study: Any) -> Any:
        """The next values; where they can be counted, none that a trial has had."""
        from optuna.trial import TrialState as Told

        asked = study.ask(_distributions(self.spec))
        size = self.spec.combinations
        if size is not None and size <= MOST_IN_GRID:
            if _key(asked.params, self.spec) in self._tried:
                study.tell(asked, state=Told.FAIL)
                study.enqueue_trial(_untried(self.spec, self._tried))
                asked = study.ask(_distributions(self.spec))
            self._tried.add(_key(asked.params, self.spec))
        return asked

    def _look(self, study: Any) -> None:
        for live in list(self._live):
            seen = self.laboratory.look(live.trial.run_id)
            if not seen.state.ended:
                self._maybe_stop(live, seen)
                continue
            self._live.remove(live)
            self._end(study, live, seen)

    def _maybe_stop(self, live: _Live, seen: Observation) -> None:
        if not self.spec.early_stopping or live.stopped:
            return
        for step, value in seen.points[live.seen :]:
            live.asked.report(value, step)
        live.seen = len(seen.points)
        if live.seen and live.asked.should_prune():
            live.stopped = True
            self.laboratory.stop(live.trial.run_id)

    def _end(self, study: Any, live: _Live, seen: Observation) -> None:
        from optuna.trial import TrialState as Told

        state, told = TrialState.FAILED, Told.FAIL
        if live.stopped:
            state, told = TrialState.STOPPED, Told.PRUNED
        elif seen.state is RunState.CANCELLED:
            state = TrialState.CANCELLED
        elif seen.state is RunState.SUCCEEDED and seen.value is not None:
            state, told = TrialState.SUCCEEDED, Told.COMPLETE
        value = seen.value if told is Told.COMPLETE else None
        study.tell(live.asked, value, state=told)
        trial = replace(live.trial, state=state, value=seen.value)
        self._ended.append(trial)
        self.laboratory.keep(trial)

    def _cancel(self) -> bool:
        if not self.laboratory.cancel_requested():
            return False
        for live in self._live:
            self.laboratory.stop(live.trial.run_id)
        return True

    def _outcome(self, cancelled: bool) -> tuple[RunState, str]:
        if cancelled:
            return RunState.CANCELLED, "It was cancelled"
        if any(trial.state is TrialState.SUCCEEDED for trial in self._ended):
            return RunState.SUCCEEDED, ""
        return RunState.FAILED, f"No trial logged '{self.spec.metric}' and succeeded"


def _study(spec: SweepSpec) -> Any:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    samplers = optuna.samplers
    sampler: Any
    if spec.sampling == "bayesian":
        sampler = samplers.TPESampler(seed=spec.seed, n_startup_trials=5)
    else:
        sampler = samplers.RandomSampler(seed=spec.seed)
    pruner: Any = optuna.pruners.NopPruner()
    if spec.early_stopping:
        pruner = optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=1)
    study = optuna.create_study(direction=spec.goal, sampler=sampler, pruner=pruner)
    if spec.sampling == "grid":
        values = [space.grid() for space in spec.spaces.values()]
        for combination in itertools.product(*values):
            study.enqueue_trial(dict(zip(spec.spaces, combination, strict=True)))
    return study


def _key(values: Mapping[str, Scalar], spec: SweepSpec) -> tuple[Scalar, ...]:
    """One combination; numbers that rounding made differ are the same."""
    found = [values[name] for name in spec.spaces]
    return tuple(round(v, 12) if isinstance(v, float) else v for v in found)


def _untried(
    spec: SweepSpec, tried: Collection[tuple[Scalar, ...]]
) -> dict[str, Scalar]:
    """One of the combinations that are left, at random."""
    every = itertools.product(*(_members(space) for space in spec.spaces.values()))
    named = (dict(zip(spec.spaces, values, strict=True)) for values in every)
    left = [values for values in named if _key(values, spec) not in tried]
    return random.Random(f"{spec.seed} {len(tried)}").choice(left)


def _members(space: Space) -> Sequence[Scalar]:
    if space.kind == "log_integers":
        return range(int(space.low), int(space.high) + 1)
    return space.grid()


def _distributions(spec: SweepSpec) -> dict[str, Any]:
    grid = spec.sampling == "grid"
    return {
        name: _choices(space.grid()) if grid else _distribution(space)
        for name, space in spec.spaces.items()
    }


def _choices(values: Sequence[Scalar]) -> Any:
    from optuna.distributions import CategoricalDistribution

    return CategoricalDistribution(list(values))


def _distribution(space: Space) -> Any:
    from optuna.distributions import FloatDistribution, IntDistribution

    if space.kind == "choice":
        return _choices(space.values)
    log = space.logarithmic
    if space.kind in ("integers", "log_integers"):
        low, high = int(space.low), int(space.high)
        return IntDistribution(low, high, log=log, step=int(space.step or 1))
    return FloatDistribution(space.low, space.high, log=log, step=space.step)
