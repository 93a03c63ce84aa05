"""What a run begins with: its id, its steps, its values."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from studio.domain.component import Scalar
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import Run, RunOptions, RunState, StepChange, StepRun, StepState
from studio.engine.resolve import with_inputs
from studio.interchange.pipeline_writer import write_pipeline
from studio.services.runs.runnable import Runnable


@dataclass(frozen=True)
class ReadyRun:
    """A run that was looked up and planned, and only has to begin."""

    pipeline: Pipeline
    given: Runnable
    folder: Path
    options: RunOptions
    warm: bool  # whether a step will need an interpreter

    def run(self, version: int | None) -> Run:
        pipeline, options = self.pipeline, self.options
        return Run(
            id=run_id_now(),
            pipeline=pipeline.name,
            experiment=options.experiment or pipeline.experiment or pipeline.name,
            state=RunState.QUEUED,
            created_at=datetime.now(UTC),
            inputs=input_values(pipeline, options),
            target=options.target,
            pipeline_version=version,
            resumed_from=options.resumed_from,
        )

    def steps(self) -> Sequence[StepChange]:
        off = self.given.off
        return [
            StepChange(pending_step(node, off.get(node.name, "")))
            for node in self.given.whole.order()
        ]

    def yaml(self) -> str:
        """Kept whole: pipelines that are steps may be edited while the run goes on."""
        return write_pipeline(replace(self.given.whole, inputs=self.pipeline.inputs))


def run_id_now() -> str:
    """Sorts by time, and reads as one: 20261123-214501-3f9a2c."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return f"{stamp}-{os.urandom(3).hex()}"


def pending_step(node: Node, off: str) -> StepRun:
    component = node.component
    reference = component if isinstance(component, str) else component.name
    state = StepState.SKIPPED if off else StepState.PENDING
    return StepRun(node.name, node.id, reference, state, reason=off)


def input_values(pipeline: Pipeline, options: RunOptions) -> dict[str, Scalar]:
    values: dict[str, Scalar] = {}
    for name, declared in with_inputs(pipeline, options.inputs).inputs.items():
        value = declared.value
        if isinstance(value, (str, int, float, bool)):
            values[name] = value
        elif value is not None:
            values[name] = value.path
    return values
