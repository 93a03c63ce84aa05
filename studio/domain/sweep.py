"""A sweep: one pipeline run again and again with other values of its inputs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from studio.domain.component import Scalar
from studio.domain.errors import InvalidError
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.run import Run, RunState

Goal: TypeAlias = Literal["maximize", "minimize"]
Sampling: TypeAlias = Literal["grid", "random", "bayesian"]
SpaceKind: TypeAlias = Literal[
    "choice", "uniform", "log_uniform", "integers", "log_integers"
]

MOST_IN_GRID = 10_000
SWEEP_ID = "sweep-"
_ID = re.compile(rf"{SWEEP_ID}\d{{8}}-\d{{6}}-[0-9a-f]{{6}}\Z")
_RANGE = re.compile(
    r"^\s*(?P<low>[-+.\deE]+?)\s*\.\.\s*(?P<high>[-+.\deE]+)\s*"
    r"(?:step\s+(?P<step>[.\deE+-]+))?\s*(?P<log>log)?\s*\Z"
)
_HOW = (
    "Write values as '50, 100, 200', or a range as '0.01..1', '1..10 step 2' or "
    "'0.001..1 log'"
)


class TrialState(StrEnum):
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    STOPPED = "STOPPED"
    """Stopped early: others did better by then."""
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Space:
    """What one input may be: some values, or a range (both ends included)."""

    kind: SpaceKind
    values: tuple[Scalar, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float | None = None

    def grid(self) -> tuple[Scalar, ...]:
        """Every value in order. InvalidError for a range without a step."""
        if self.kind == "choice":
            return self.values
        count = self.count
        if self.kind == "integers":
            return tuple(range(int(self.low), int(self.high) + 1, int(self.step or 1)))
        step = self.step or 0.0
        return tuple(round(self.low + n * step, 12) for n in range(count))

    @property
    def count(self) -> int:
        """How many values `grid` has. InvalidError for a range without a step."""
        if self.kind == "choice":
            return len(self.values)
        if self.kind == "integers":
            return (int(self.high) - int(self.low)) // int(self.step or 1) + 1
        if self.step is None or self.logarithmic:
            raise InvalidError(
                f"A grid can't go through all of {self}",
                "Give the range a step, or list the values",
            )
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    @property
    def size(self) -> int | None:
        """How many different values there are; None if they can't be counted."""
        if self.kind == "log_integers":
            return int(self.high) - int(self.low) + 1
        uncounted = self.kind != "choice" and self.step is None
        return None if uncounted and self.kind != "integers" else self.count

    @property
    def logarithmic(self) -> bool:
        """Whether each order of magnitude is as likely as the next."""
        return self.kind in ("log_uniform", "log_integers")

    def __str__(self) -> str:
        if self.kind == "choice":
            return ", ".join(str(value) for value in self.values)
        whole = self.kind in ("integers", "log_integers")
        low, high = (int(v) if whole else v for v in (self.low, self.high))
        step = f" step {self.step:g}" if self.step else ""
        return f"{low}..{high}{step}{' log' if self.logarithmic else ''}"


@dataclass(frozen=True)
class SweepSpec:
    """What to try. `inputs` holds values that stay the same in all trials.

    `metric` is one that the run logs; `early_stopping` ends trials that are worse
    than the median of those before at the same point of their curve.
    """

    pipeline: str
    spaces: Mapping[str, Space]
    metric: str
    goal: Goal = "maximize"
    sampling: Sampling = "random"
    max_trials: int = 20
    concurrent: int = 1
    early_stopping: bool = False
    seed: int = 0
    inputs: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def trials(self) -> int:
        """How many there will be at most: none with values that another has had."""
        if self.sampling == "grid":
            size = math.prod(space.count for space in self.spaces.values())
            return min(size, self.max_trials)
        combinations = self.combinations
        return min(combinations or self.max_trials, self.max_trials)

    @property
    def combinations(self) -> int | None:
        """How many different ones there are; None if they can't be counted."""
        sizes = [space.size for space in self.spaces.values()]
        known = [size for size in sizes if size is not None]
        return math.prod(known) if len(known) == len(sizes) else None


@dataclass(frozen=True)
class Trial:
    """One run of a sweep; `value` is its metric, None until it is known."""

    number: int
    run_id: str
    parameters: Mapping[str, Scalar]
    state: TrialState = TrialState.RUNNING
    value: float | None = None


@dataclass(frozen=True)
class Sweep:
    id: str
    spec: SweepSpec
    state: RunState
    created_at: datetime
    ended_at: datetime | None = None
    trials: tuple[Trial, ...] = ()
    message: str = ""
    hint: str = ""
    pipeline_version: int | None = None
    created_by: str = ""

    @property
    def title(self) -> str:
        """What varies: `max_depth, n_estimators`."""
        return ", ".join(self.spec.spaces)

    @property
    def done(self) -> int:
        """How many trials have ended."""
        return sum(trial.state is not TrialState.RUNNING for trial in self.trials)

    @property
    def progress(self) -> str:
        """`3/20`: trials done, of at most so many."""
        return f"{self.done}/{self.spec.trials}"

    @property
    def best(self) -> Trial | None:
        """The trial that did best, among those that succeeded."""
        done = [
            trial
            for trial in self.trials
            if trial.state is TrialState.SUCCEEDED
            and trial.value is not None
            and math.isfinite(trial.value)
        ]
        sign = 1 if self.spec.goal == "maximize" else -1
        return max(done, key=lambda trial: sign * (trial.value or 0.0), default=None)


def is_trial(run: Run) -> bool:
    """Whether a sweep has started the run: its experiment is the sweep."""
    return is_sweep(run.experiment)


def is_sweep(experiment: str) -> bool:
    """Whether an experiment is a sweep's: it has its id as its name."""
    return _ID.match(experiment) is not None


def space_of(text: str, declared: PipelineInput) -> Space:
    """What a person writes, as a space that fits the input. InvalidError if not."""
    if match := _RANGE.match(text):
        return _range(match, declared)
    written = [part.strip() for part in text.split(",") if part.strip()]
    values = tuple(dict.fromkeys(_typed(part, declared) for part in written))
    if not values:
        raise InvalidError(f"'{declared.name}' has no values to try", _HOW)
    return Space("choice", values)


def check_sweep(spec: SweepSpec, pipeline: Pipeline) -> None:
    """InvalidError for what would make the sweep senseless before it starts."""
    if not spec.spaces:
        raise InvalidError(
            "There is nothing to vary", "Give at least one input a space"
        )
    for name in (*spec.spaces, *spec.inputs):
        if name not in pipeline.inputs:
            known = (
                ", ".join(pipeline.inputs) or "none: make a pipeline input of a value"
            )
            raise InvalidError(
                f"Pipeline '{pipeline.name}' has no input '{name}'",
                f"Its inputs are: {known}",
            )
    if not spec.metric:
        raise InvalidError(
            "No metric says which trial is best", "Name one, e.g. accuracy"
        )
    if spec.max_trials < 1 or spec.concurrent < 1:
        raise InvalidError("There must be at least one trial", "Allow 1 or more")
    if spec.sampling == "grid":
        size = math.prod(space.count for space in spec.spaces.values())
        if size > MOST_IN_GRID:
            raise InvalidError(
                f"A grid of {size:,} combinations is too large",
                f"Vary fewer values ({MOST_IN_GRID:,} at most), or sample at random",
            )


def _range(match: re.Match[str], declared: PipelineInput) -> Space:
    try:
        low, high = float(match["low"]), float(match["high"])
        step = float(match["step"]) if match["step"] else None
    except ValueError:
        raise InvalidError(f"'{match[0]}' isn't a range of numbers", _HOW) from None
    if declared.type not in ("integer", "number"):
        raise InvalidError(
            f"'{declared.name}' is {declared.type}, which has no range",
            "List its values",
        )
    if not math.isfinite(low) or not math.isfinite(high):
        raise InvalidError(f"'{match[0]}' has no end", "Write finite numbers")
    if low >= high or (step is not None and step <= 0):
        raise InvalidError(f"'{match[0]}' is empty", "Write the smaller number first")
    if match["log"] and low <= 0:
        raise InvalidError(f"'{match[0]}' can't be logarithmic", "Start above 0")
    if match["log"] and step is not None:
        raise InvalidError(
            f"'{match[0]}' has both a step and a logarithmic scale", "Leave one out"
        )
    if declared.type == "integer":
        _check_whole(match, declared, (low, high, step or 1.0))
        whole: SpaceKind = "log_integers" if match["log"] else "integers"
        return Space(whole, low=low, high=high, step=step)
    kind: SpaceKind = "log_uniform" if match["log"] else "uniform"
    return Space(kind, low=low, high=high, step=step)


def _check_whole(
    match: re.Match[str], declared: PipelineInput, numbers: tuple[float, ...]
) -> None:
    if not all(number.is_integer() for number in numbers):
        raise InvalidError(
            f"'{match[0]}' isn't whole, as '{declared.name}' is", "Write whole numbers"
        )


def _typed(text: str, declared: PipelineInput) -> Scalar:
    try:
        match declared.type:
            case "integer":
                return int(text)
            case "number":
                return _finite(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError):
        raise InvalidError(
            f"'{text}' isn't a value of '{declared.name}', which is {declared.type}",
            _HOW,
        ) from None
    return text


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
