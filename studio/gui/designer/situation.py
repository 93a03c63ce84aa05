"""What is known of the steps beside the pipeline itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.domain.validation import Problem


@dataclass(frozen=True)
class Situation:
    """`steps` is by node id (what the latest run made of them), `stale` by node id why
    the next run would do it again."""

    steps: Mapping[str, StepRun] = field(default_factory=dict)
    active: bool = False
    problems: tuple[Problem, ...] = ()
    stale: Mapping[str, str] = field(default_factory=dict)

    def problem_of(self, step: str) -> Problem | None:
        """What a step's card says: its first error, or a warning that can be mended."""
        return self._told.get(step)

    def news(self, before: Situation, pipeline: Pipeline) -> set[str] | None:
        """The ids of steps that may be told of otherwise than `before`; None: all."""
        if self.active is not before.active:
            return None
        found = different(before.steps, self.steps)
        found |= {i for i, step in self.steps.items() if _tells_time(step)}
        found |= different(before.stale, self.stale)
        for name in different(before._told, self._told):
            if (node := pipeline.by_name.get(name)) is not None:
                found.add(node.id)
        return found

    @cached_property
    def _told(self) -> Mapping[str, Problem]:
        backwards = self.problems[::-1]
        mendable = {p.step: p for p in backwards if p.field and p.fixes}
        return mendable | {p.step: p for p in backwards if p.severity == "error"}


def different(before: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    if before is now:
        return set()
    kept = before.keys() & now.keys()
    found = before.keys() ^ now.keys()
    return found | {key for key in kept if before[key] != now[key]}


def _tells_time(step: StepRun) -> bool:
    """A running step also tells how long it has run."""
    return step.state is StepState.RUNNING
