"""What is written of a step at its turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from studio.domain.run import StepChange, StepRun
from studio.engine.planner import Decision
from studio.engine.reports import Report
from studio.engine.resolve import ResolvedStep


def new_step(step: ResolvedStep) -> StepRun:
    return StepRun(
        name=step.name,
        node_id=step.node.id,
        component=step.component.name,
        parameters=dict(step.parameters),
    )


def attempted(run: StepRun, decision: Decision | None) -> StepChange:
    """An attempt that made nothing, with what it was made of: to look into it."""
    return (
        StepChange(run, decision.key, decision.parts) if decision else StepChange(run)
    )


def with_report(run: StepRun, report: Report) -> StepRun:
    changed = replace(run, parameters={**run.parameters, **report.parameters})
    if report.progress is None:
        return changed
    return replace(changed, progress=report.progress, progress_message=report.message)


def moment() -> datetime:
    return datetime.now(UTC)
