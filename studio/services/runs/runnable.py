"""What a run of a pipeline is made of, and why there can't be one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from studio.domain.component import Component
from studio.domain.composition import rewired, switched_off, without_optional
from studio.domain.errors import InvalidError
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions
from studio.domain.run_part import NOT_PART, part_of
from studio.domain.validation import Problem
from studio.services.pipelines.composition import LookedUp
from studio.services.pipelines.soundness import problems_of


@dataclass(frozen=True)
class Runnable:
    """A pipeline ready to be planned: no step of it is a pipeline.

    `whole` has every step; in `pipeline` those that won't run (`off`: name -> reason)
    are missing.
    """

    whole: Pipeline
    pipeline: Pipeline
    components: Mapping[str, Component]
    off: Mapping[str, str]


def runnable_of(looked_up: LookedUp, options: RunOptions) -> Runnable:
    """InvalidError if a step that would run has a problem.

    Steps that the run isn't about are left out where one of them couldn't run.
    """
    name, part = looked_up.pipeline.name, looked_up
    found = problems_of(looked_up)
    if has_errors(found):
        part = part_looked_up(looked_up, options)
        check_sound(problems_of(part) if part is not looked_up else found, name)
    whole = part.whole
    components = {n: c for n, c in part.inside.items() if isinstance(c, Component)}
    off = switched_off(whole, components)
    left = without_optional(whole, off).remove(off)
    outside = {
        node.name: NOT_PART
        for node in looked_up.whole.nodes
        if node.name not in whole.by_name
    }
    return Runnable(looked_up.whole, left, components, {**off, **outside})


def part_looked_up(looked_up: LookedUp, options: RunOptions) -> LookedUp:
    """The same with the steps alone that a run with these options needs."""
    pipeline = looked_up.pipeline
    part = part_of(pipeline, options)
    if len(part) == len(pipeline.nodes):
        return looked_up
    nodes = tuple(node for node in rewired(pipeline).nodes if node.name in part)
    found = {name: one for name, one in looked_up.found.items() if name in part}
    return replace(looked_up, pipeline=replace(pipeline, nodes=nodes), found=found)


def has_errors(found: tuple[Problem, ...]) -> bool:
    """Whether one of them keeps the pipeline from running."""
    return any(problem.severity == "error" for problem in found)


def check_sound(found: tuple[Problem, ...], name: str) -> None:
    """Refuse to run a pipeline with problems, naming the first ones."""
    errors = [p for p in found if p.severity == "error"]
    if not errors:
        return
    first = errors[0]
    where = f"step '{first.step}': " if first.step else ""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise InvalidError(
        f"Pipeline '{name}' can't run: {where}{first.message}{more}", first.hint
    )
