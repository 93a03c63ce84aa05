"""Runs, their steps, and the plan that says what will happen and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from studio.domain.component import Scalar
from studio.domain.registration import Registration


class RunState(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    CANCELLING = "CANCELLING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def ended(self) -> bool:
        return self in _ENDED


class StepState(StrEnum):
    PENDING = "PENDING"
    PAUSED = "PAUSED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    SKIPPED = "SKIPPED"

    @property
    def ended(self) -> bool:
        return self not in (StepState.PENDING, StepState.PAUSED, StepState.RUNNING)


NOTHING_RAN = "Nothing ran: its steps are muted or bypassed, or need one that is"

_ENDED = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})

PlanAction: TypeAlias = Literal["reuse", "run", "skip"]


@dataclass(frozen=True)
class RunOptions:
    """What a person may ask of one run.

    `inputs` override pipeline inputs; `only_to` / `only_from` name a step whose
    upstream (or itself and downstream) is run. `only` names the steps that may run;
    those before them give what they made last. `pause_before` names steps that wait
    until somebody lets them go on.
    """

    inputs: Mapping[str, Scalar] = field(default_factory=dict)
    experiment: str = ""
    target: str = "local"
    only_to: str = ""
    only_from: str = ""
    only: tuple[str, ...] = ()
    pause_before: tuple[str, ...] = ()
    force: bool = False
    resumed_from: str = ""


@dataclass(frozen=True)
class Usual:
    """What a step has needed in earlier runs; None where nothing is known."""

    seconds: float | None = None
    memory_bytes: int | None = None


CauseKind: TypeAlias = Literal[
    "code",
    "command",
    "parameter",
    "variable",
    "environment",
    "data",
    "input",
    "upstream",
    "new",
    "gone",
    "asked",
]


@dataclass(frozen=True)
class Cause:
    """One difference that makes a step run.

    `name` is the parameter, variable or input; `before` and `after` are its values,
    or digests where it is content. `source` names the step an input comes from.
    """

    kind: CauseKind
    text: str
    name: str = ""
    before: str | None = None
    after: str | None = None
    source: str = ""


@dataclass(frozen=True)
class PlannedStep:
    """One line of a plan. What is expected is None without history.

    `reason` says in one line what `causes` say one by one; `outputs` has the digests
    of what is reused; `title` is what people call the step.
    """

    name: str
    node_id: str
    action: PlanAction
    reason: str
    expected_seconds: float | None = None
    expected_memory_bytes: int | None = None
    causes: tuple[Cause, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


@dataclass(frozen=True)
class Plan:
    """What a run will do, step by step."""

    pipeline: str
    steps: tuple[PlannedStep, ...]

    @property
    def expected_seconds(self) -> float | None:
        known = [s.expected_seconds for s in self.steps if s.expected_seconds]
        return sum(known) if known else None

    @property
    def expected_memory_bytes(self) -> int | None:
        """What the hungriest of its steps needs."""
        known = [s.expected_memory_bytes for s in self.steps if s.action == "run"]
        return max((size for size in known if size), default=None)

    @property
    def running(self) -> tuple[PlannedStep, ...]:
        """The steps that will be done, not taken over."""
        return tuple(step for step in self.steps if step.action == "run")


@dataclass(frozen=True)
class StepError:
    """Why a step failed, short enough for its card."""

    message: str
    hint: str = ""
    file: str = ""
    line: int | None = None
    details: str = ""


@dataclass(frozen=True)
class StepRun:
    """One step within one run.

    `seconds` is wall time, `peak_memory_bytes` the largest resident size.
    `outputs` maps an output's name to the digest of its content. `progress` is
    0..1 while the step reports it. `title` is what people call the step, where that
    was looked up.
    """

    name: str
    node_id: str
    component: str
    state: StepState = StepState.PENDING
    reused: bool = False
    reason: str = ""
    seconds: float | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    target: str = "local"
    attempt: int = 0
    peak_memory_bytes: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    error: StepError | None = None
    progress: float | None = None
    progress_message: str = ""
    title: str = ""

    @property
    def called(self) -> str:
        return self.title or self.name


@dataclass(frozen=True)
class Registered:
    """An asset that a run put into a registry."""

    kind: str
    name: str
    version: str


@dataclass(frozen=True)
class Run:
    """One run of a pipeline; `seconds` is None until it has ended."""

    id: str
    pipeline: str
    experiment: str
    state: RunState
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: float | None = None
    steps: tuple[StepRun, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    inputs: Mapping[str, Scalar] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    registered: tuple[Registered, ...] = ()
    message: str = ""
    hint: str = ""
    target: str = "local"
    pipeline_version: int | None = None
    resumed_from: str = ""
    created_by: str = ""

    @property
    def shown_state(self) -> str:
        """Its state, where one in which nothing ran isn't called a success."""
        return "NOTHING_RAN" if self.message == NOTHING_RAN else self.state.value

    def step(self, name: str) -> StepRun | None:
        return next((step for step in self.steps if step.name == name), None)


@dataclass(frozen=True)
class MetricPoint:
    """One logged value; `step` is the training iteration, 0 if none was given."""

    run_id: str
    step_name: str
    key: str
    value: float
    step: int
    time: float


@dataclass(frozen=True)
class Snapshot:
    """What a run was made of: code, parameters, data, environment, machine."""

    pipeline_yaml: str
    git: Mapping[str, str]
    git_diff: str
    parameters: Mapping[str, Scalar]
    data: Mapping[str, str]
    code: Mapping[str, str]
    environment: Mapping[str, Any]
    machine: Mapping[str, Any]


@dataclass(frozen=True)
class PastStep:
    """What is remembered of a step that succeeded, to reuse or to compare with.

    `parts` are the named parts its key was made of; `wishes` are what it asked to
    register in a trial of a sweep, and nobody has registered.
    """

    run_id: str
    name: str
    key: str
    parts: Mapping[str, str]
    outputs: Mapping[str, str]
    seconds: float
    metrics: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)
    registered: tuple[Registered, ...] = ()
    wishes: tuple[Registration, ...] = ()


@dataclass(frozen=True)
class StepWish:
    """What somebody asks of a step while its run goes on.

    `values` replace some of its parameters when it goes on.
    """

    pause: bool = False
    go_on: bool = False
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class StepChange:
    """A step's new state to be written, with what its key was made of."""

    step: StepRun
    key: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    registered: tuple[Registered, ...] = ()
    notable: bool = True
    wishes: tuple[Registration, ...] = ()


@dataclass(frozen=True)
class RunnerProcess:
    """The process that owns a run; `started` is its start time (seconds, epoch)."""

    pid: int
    started: float
    boot_id: str
