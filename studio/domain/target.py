"""Where work runs: what a target is told of a step, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class StepTask:
    """One attempt at one step, complete: nothing else is looked up later.

    `command` has its placeholders filled in; `log` gets stdout and stderr;
    `error_file` is where the step may leave a JSON description of its failure.
    """

    id: str
    command: str
    folder: Path
    log: Path
    error_file: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float | None = None
    memory_limit_bytes: int | None = None
    python: str = ""


@dataclass(frozen=True)
class TaskStarted:
    id: str
    pid: int
    start_time: int


@dataclass(frozen=True)
class TaskMemory:
    """The largest resident memory that was seen of an attempt so far."""

    id: str
    peak_memory_bytes: int


@dataclass(frozen=True)
class TaskEnded:
    """How an attempt ended; `code` 0 is success, `reason` says why it was ended."""

    id: str
    code: int | None
    signal: int | None
    seconds: float
    peak_memory_bytes: int | None = None
    cpu_seconds: float | None = None
    reason: str = ""

    @property
    def ok(self) -> bool:
        return self.code == 0


@dataclass(frozen=True)
class TargetProblem:
    """Why a target can't be used now, and the way out."""

    message: str
    hint: str = ""


TargetEvent = TaskStarted | TaskMemory | TaskEnded
