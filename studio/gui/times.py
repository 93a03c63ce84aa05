"""How long runs and steps took, or have taken until now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from studio.gui.widgets.formats import format_seconds

if TYPE_CHECKING:
    from studio.domain.run import Run, StepRun


def elapsed(one: Run | StepRun, now: datetime | None = None) -> float | None:
    """Seconds from the start to the end, or to now while it goes on."""
    if one.seconds is not None or one.started_at is None:
        return one.seconds
    if one.state.ended and one.ended_at is None:
        return None
    until = one.ended_at or now or datetime.now(UTC)
    return max(0.0, (until - one.started_at).total_seconds())


def time_text(one: Run | StepRun) -> str:
    """`3.2 s` when it has ended, whole seconds while it goes on, else a dash."""
    seconds = elapsed(one)
    if seconds is None or one.state.ended:
        return format_seconds(seconds)
    return f"{int(seconds)} s" if seconds < 60 else format_seconds(int(seconds))


def step_time(step: StepRun) -> str:
    """Its time; a result that was taken over took none and says so."""
    return "reused" if step.reused else time_text(step)
