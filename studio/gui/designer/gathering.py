"""What a run made of the steps on the canvas, where some stand for whole pipelines.

In a run there are only the steps inside (see studio/domain/composition.py): a step
that is a pipeline is told by them, and a pipeline that is looked at from inside is
told by the run of the outermost one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from studio.domain.component import Component
from studio.domain.composition import inner_id, inner_name
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions, StepRun, StepState

T = TypeVar("T")
Components = Callable[[Node], Component | None]


@dataclass(frozen=True)
class Place:
    """Where the canvas is: `root` is the outermost pipeline, `within` and `name` are
    the id and name (in its runs) of the step one looks into. All "" on the outside."""

    root: str = ""
    within: str = ""
    name: str = ""

    def run_id(self, node: Node) -> str:
        """The id that a step of the canvas has in the outermost pipeline's runs."""
        return f"{self.within}.{node.name}" if self.within else node.id

    def run_name(self, node: Node) -> str:
        """The name that a step of the canvas has there."""
        return inner_name(self.name, node.name) if self.name else node.name

    def seen_from_here(self, options: RunOptions) -> RunOptions:
        """The same wish with the names that the steps have on the canvas."""
        outer = inner_name(self.name, "") if self.name else ""
        return replace(
            options,
            only_to=options.only_to.removeprefix(outer),
            only_from=options.only_from.removeprefix(outer),
            only=tuple(name.removeprefix(outer) for name in options.only),
        )

    def inside(self, pipeline: str, node: Node) -> Place:
        """One step further in, from a pipeline of that name."""
        root = self.root or pipeline
        return Place(root, self.run_id(node), self.run_name(node))


def steps_on_canvas(
    pipeline: Pipeline, place: Place, run: Iterable[StepRun], component: Components
) -> dict[str, StepRun]:
    """By the ids of the canvas."""
    by_id = {step.node_id: step for step in run}
    found: dict[str, StepRun] = {}
    if not by_id:
        return found
    for node in pipeline.nodes:
        if not node.is_pipeline:
            step = by_id.get(place.run_id(node))
            if step is None and place.within:  # it ran before it was gathered
                step = by_id.get(node.id)
        else:
            step = _gathered(node, place.run_id(node), by_id, component(node))
        if step is not None:
            found[node.id] = step
    return found


def reasons_on_canvas(
    pipeline: Pipeline, place: Place, reasons: Mapping[str, str]
) -> dict[str, str]:
    """Why steps would run again, by the ids of the canvas."""
    found: dict[str, str] = {}
    for node in pipeline.nodes if reasons else ():
        wanted = place.run_id(node)
        reason = reasons.get(wanted, "")
        if not reason and node.is_pipeline:
            inside = (r for i, r in reasons.items() if i.startswith(f"{wanted}."))
            reason = next(inside, "")
        if reason:
            found[node.id] = reason
    return found


def _gathered(
    node: Node,
    run_id: str,
    by_id: Mapping[str, StepRun],
    component: Component | None,
) -> StepRun | None:
    """Steps inside as one; it bears the name of the one that has most to say."""
    inside = [step for i, step in by_id.items() if i.startswith(f"{run_id}.")]
    body = component.pipeline if component else None
    if not inside and body is not None:  # they ran before they were gathered
        inside = [by_id[each.id] for each in body.nodes if each.id in by_id]
    if not inside:
        return None
    counted = [step for step in inside if step.state is not StepState.SKIPPED] or inside
    telling = _telling(counted)
    ended = sum(step.state.ended for step in counted)
    running = telling.state is StepState.RUNNING
    return replace(
        telling,
        node_id=run_id,
        reused=all(step.reused for step in counted),
        seconds=sum(step.seconds or 0.0 for step in counted),
        started_at=min((s.started_at for s in counted if s.started_at), default=None),
        peak_memory_bytes=max((s.peak_memory_bytes or 0 for s in counted), default=0),
        outputs=_outputs(run_id, by_id, component),
        progress=ended / len(counted) if running else None,
        progress_message=f"{ended} of {len(counted)} steps" if running else "",
    )


def _telling(steps: Sequence[StepRun]) -> StepRun:
    """A failed one first, then one that pauses, one that runs, one that waits, the
    last that ended."""
    order = (
        StepState.FAILED,
        StepState.CANCELLED,
        StepState.PAUSED,
        StepState.RUNNING,
    )
    for state in order:
        for step in steps:
            if step.state is state:
                return step
    waiting = [step for step in steps if not step.state.ended]
    begun = any(step.state.ended for step in steps)
    if waiting and begun:
        return replace(waiting[0], state=StepState.RUNNING)
    return waiting[0] if waiting else steps[-1]


def _outputs(
    run_id: str, by_id: Mapping[str, StepRun], component: Component | None
) -> dict[str, str]:
    body = component.pipeline if component else None
    stand_in = Node(run_id, "", "")
    found: dict[str, str] = {}
    for inner in body.nodes if body else ():
        step = by_id.get(inner_id(stand_in, inner.name)) or by_id.get(inner.id)
        for name, said in inner.outputs.items():
            if step is not None and said.to and name in step.outputs:
                found[said.to] = step.outputs[name]
    return found
