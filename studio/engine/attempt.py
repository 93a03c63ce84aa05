"""One attempt at a step: what is asked of the target, and what is kept of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.domain.command import fill
from studio.domain.run import StepRun
from studio.domain.target import StepTask
from studio.engine.planner import Decision
from studio.engine.reports import ReportReader
from studio.engine.resolve import ResolvedStep
from studio.engine.step_folder import StepFolder


@dataclass
class Attempt:
    """One attempt in progress."""

    step: ResolvedStep
    run: StepRun
    decision: Decision
    folder: StepFolder
    reader: ReportReader
    outputs: Mapping[str, str]
    began: float = field(default_factory=time.monotonic)


def task_of(
    step: ResolvedStep,
    folder: StepFolder,
    values: Mapping[str, str],
    outputs: Mapping[str, str],
    attempt: int,
    python: str = "",
) -> StepTask:
    """What the target is to run; `values` are those of its inputs."""
    variables = {
        **step.component.environment_variables,
        **step.node.environment_variables,
    }
    return StepTask(
        id=f"{step.name}#{attempt}",
        command=fill(step.component.command, values, outputs),
        folder=folder.code,
        log=folder.log,
        error_file=folder.error,
        environment=folder.environment(variables),
        timeout_seconds=step.node.timeout_seconds,
        python=python,
    )
