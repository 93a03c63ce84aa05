"""A sweep's trials in words, as axes and as lines across them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from studio.domain.component import Scalar
from studio.domain.run import RunState
from studio.domain.sweep import Space, Sweep, Trial, TrialState
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.formats import format_time
from studio.gui.widgets.measures import measure_text
from studio.gui.widgets.parallel_axes import Axis, Trace, categories, numbers

_BEST = StateLook("Best", "ok", "star")
_EARLY = StateLook("Stopped early", "idle", "stop")
_WIDE = 50.0
_ENDS = {
    RunState.SUCCEEDED: "done",
    RunState.CANCELLED: "cancelled",
    RunState.FAILED: "failed",
}


def title_of(sweep: Sweep) -> str:
    """`Today 09:12 · n_estimators, max_depth`."""
    return f"{format_time(sweep.created_at)} · {sweep.title}"


def progress_of(sweep: Sweep) -> str:
    """`7 of 20 · best accuracy 0.9834`."""
    end = _ENDS.get(sweep.state)
    words = [f"{sweep.done} of {sweep.spec.trials}" + (f", {end}" if end else "")]
    best = sweep.best
    if best is not None and best.value is not None:
        metric = sweep.spec.metric
        words.append(f"best {metric} {measure_text(metric, best.value)}")
    if sweep.state is RunState.FAILED and sweep.message:
        words.append(sweep.message)
    return " · ".join(words)


def end_words(sweep: Sweep) -> str:
    """What a message says at the end of a sweep."""
    best = sweep.best
    if best is None or best.value is None:
        # That it was cancelled is all that a cancelled sweep's message says.
        told = "" if sweep.state is RunState.CANCELLED else f". {sweep.message}"
        return f"Sweep {_ENDS.get(sweep.state, 'ended')}{told}".removesuffix(". ")
    metric = sweep.spec.metric
    reached = f"best {metric} {measure_text(metric, best.value)}"
    return f"Sweep {_ENDS.get(sweep.state, 'ended')}: {reached} with {values_of(best)}"


def values_of(trial: Trial) -> str:
    """`n_estimators 100, criterion gini`."""
    return ", ".join(f"{n} {value_text(v)}" for n, v in trial.parameters.items())


def value_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def state_look(sweep: Sweep, trial: Trial) -> StateLook:
    best = sweep.best
    if best is not None and best.number == trial.number:
        return _BEST
    return _EARLY if trial.state is TrialState.STOPPED else look(trial.state.value)


def told(sweep: Sweep, trial: Trial) -> str:
    """All of a trial in one sentence."""
    state = state_look(sweep, trial).word.lower()
    metric = sweep.spec.metric
    value = ""
    if trial.value is not None:
        value = f": {metric} {measure_text(metric, trial.value)}"
    return f"Trial {trial.number}, {state}{value} with {values_of(trial)}"


def axes_of(sweep: Sweep) -> list[Axis]:
    """One for each input that varies, the metric last."""
    spec = sweep.spec
    varied = [_axis(name, space) for name, space in spec.spaces.items()]
    known = _values(sweep.trials)
    if not known:
        return [*varied, Axis(spec.metric)]
    return [*varied, numbers(spec.metric, min(known), max(known))]


def traces_of(sweep: Sweep) -> list[Trace]:
    """A line for each trial; those that have no result of their own are faint."""
    good = [t for t in sweep.trials if t.state is TrialState.SUCCEEDED]
    known = _values(good)
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    return [
        Trace(
            trial.number,
            (*(trial.parameters.get(name) for name in sweep.spec.spaces), trial.value),
            _rank(sweep, trial, low, high),
            trial.state is not TrialState.SUCCEEDED,
            told(sweep, trial),
        )
        for trial in sweep.trials
    ]


def _rank(sweep: Sweep, trial: Trial, low: float, high: float) -> float | None:
    value = trial.value
    if trial.state is not TrialState.SUCCEEDED or value is None:
        return None
    if not math.isfinite(value):
        return None
    part = (value - low) / (high - low) if high > low else 1.0
    return part if sweep.spec.goal == "maximize" or high == low else 1 - part


def _axis(name: str, space: Space) -> Axis:
    if space.kind != "choice":
        return numbers(name, space.low, space.high, log=space.logarithmic)
    given = [v for v in space.values if not isinstance(v, bool | str)]
    if len(given) < len(space.values):
        return categories(name, [str(value) for value in space.values])
    low, high = min(given), max(given)
    # Values such as 0.001, 0.01, 0.1 were chosen by their size.
    log = low > 0 and high / low >= _WIDE
    return numbers(name, low, high, log=log, at=sorted(set(given)))


def _values(trials: Sequence[Trial]) -> list[float]:
    return [t.value for t in trials if t.value is not None and math.isfinite(t.value)]
