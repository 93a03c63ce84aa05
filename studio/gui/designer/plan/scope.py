"""Which steps a run is about, in a person's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions


class Scope(Enum):
    """The ways to run; the value is what a menu says."""

    ALL = "Everything"
    TO = "Up to the selected step"
    FROM = "From the selected step on"
    ONLY = "Only the selected steps"
    RESUME = "Resume the last run"
    ANEW = "Everything anew"


@dataclass(frozen=True)
class Choice:
    """A scope with what it refers to: the selected steps, the run to resume."""

    scope: Scope = Scope.ALL
    selected: tuple[str, ...] = ()
    last_run: str = ""

    @property
    def missing(self) -> str:
        """What has to be there first; "" if nothing."""
        if self.scope in (Scope.TO, Scope.FROM, Scope.ONLY) and not self.selected:
            return "Select a step on the canvas"
        if self.scope is Scope.RESUME and not self.last_run:
            return "There is no failed or cancelled run to resume"
        return ""

    @property
    def options(self) -> RunOptions:
        """What the run is asked for."""
        match self.scope:
            case Scope.TO:
                return RunOptions(only_to=self.selected[0])
            case Scope.FROM:
                return RunOptions(only_from=self.selected[0])
            case Scope.ONLY:
                return RunOptions(only=self.selected)
            case Scope.RESUME:
                return RunOptions(resumed_from=self.last_run)
            case Scope.ANEW:
                return RunOptions(force=True)
        return RunOptions()


def steps_in(pipeline: Pipeline, choice: Choice) -> frozenset[str]:
    """The steps that may run, known without asking anybody."""
    chosen: Sequence[str] = choice.selected[:1]
    match choice.scope:
        case Scope.TO:
            return pipeline.upstream(chosen)
        case Scope.FROM:
            return pipeline.upstream(pipeline.downstream(chosen))
        case Scope.ONLY:
            return frozenset(choice.selected)
    return frozenset(pipeline.by_name)
