"""Steps that wait until somebody lets them go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from studio.domain.component import Scalar
from studio.domain.run import StepWish
from studio.engine.resolve import ResolvedStep

PAUSED = "paused before it, as you asked"


class Pauses:
    """The paused steps of one run; a step pauses once."""

    def __init__(self, wishes: Callable[[], Mapping[str, StepWish]]) -> None:
        self._wishes = wishes
        self._steps: dict[str, ResolvedStep] = {}
        self._over: set[str] = set()
        self._wanted: Mapping[str, StepWish] = {}

    def __bool__(self) -> bool:
        return bool(self._steps)

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._steps)

    def look(self) -> None:
        """See what people want now: once for all steps that are about to begin."""
        self._wanted = self._wishes()

    def begin(self, step: ResolvedStep) -> bool:
        """Pause before this step if somebody wants it; whether it pauses."""
        wish = self._wanted.get(step.name)
        wanted = wish is not None and wish.pause and not wish.go_on
        if not wanted or step.name in self._over:
            return False
        self._steps[step.name] = step
        return True

    def ended(self) -> list[tuple[ResolvedStep, Mapping[str, Scalar]]]:
        """Steps that may go on, with the values somebody gave them meanwhile."""
        wishes = self._wishes() if self._steps else {}
        return [
            (self._end(name), wish.values)
            for name, wish in wishes.items()
            if wish.go_on and name in self._steps
        ]

    def end_all(self) -> list[ResolvedStep]:
        """No step is paused any more: the run is about to end."""
        return [self._end(name) for name in list(self._steps)]

    def _end(self, name: str) -> ResolvedStep:
        self._over.add(name)
        return self._steps.pop(name)
