"""While a run goes on: pause before a step, let it go on, from any process."""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain import ways
from studio.domain.component import Scalar
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.run import Run, StepRun, StepState
from studio.engine.resolve import with_values
from studio.services.runs.service import RunService
from studio.storage.run_wishes import RunWishes


class RunControl:
    """Writes wishes; the process that owns the run reads them in a moment."""

    def __init__(self, runs: RunService, wishes: RunWishes) -> None:
        self._runs, self._wishes = runs, wishes

    def pause_before(self, run_id: str, step: str, wanted: bool = True) -> None:
        """Let a run pause before a step that hasn't begun, or no longer."""
        run, found = self._open(run_id, step)
        if wanted and found.state is not StepState.PENDING:
            raise RefusedError(
                f"Step '{step}' of run {run.id} has begun: {found.state.value}",
                hint="Only a step that hasn't begun can be paused before",
            )
        self._wishes.pause(run.id, step, wanted)

    def go_on(
        self, run_id: str, step: str, values: Mapping[str, Scalar] | None = None
    ) -> None:
        """Let a paused step begin, with other values of some parameters if given."""
        run, found = self._open(run_id, step)
        if found.state is not StepState.PAUSED:
            raise RefusedError(
                f"Step '{step}' of run {run.id} isn't paused: {found.state.value}",
                hint=ways.SEE_RUN(run.id),
            )
        if values:
            planner = self._runs.planner(*self._runs.definition(run.id))
            for resolved in planner.steps:
                if resolved.name == step:
                    with_values(resolved, values)
        self._wishes.go_on(run.id, step, values or {})

    def _open(self, run_id: str, step: str) -> tuple[Run, StepRun]:
        run = self._runs.get(run_id)
        if run.state.ended:
            raise RefusedError(
                f"Run {run.id} has already ended: {run.state.value}",
                hint=ways.REPEAT_RUN(run.id),
            )
        found = run.step(step)
        if found is None:
            known = ", ".join(each.name for each in run.steps)
            raise NotFoundError(
                f"Run {run.id} has no step '{step}'", f"Its steps are: {known}"
            )
        return run, found
