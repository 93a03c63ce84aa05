"""What a run begins with: its id, its steps, its values."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from studio.domain.component import Scalar
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions, StepRun, StepState
from studio.engine.resolve import with_inputs


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
