"""A plan in the canvas's words: titles for names, one mark for a whole pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.domain.pipeline import Pipeline
from studio.domain.run import PlanAction, PlannedStep
from studio.domain.spoken import in_words
from studio.gui.designer.gathering import Place

_ORDER: tuple[PlanAction, ...] = ("run", "reuse", "skip")


def spoken(step: PlannedStep, titles: Mapping[str, str]) -> PlannedStep:
    """With the titles of steps where the planner says their names."""

    def title(name: str) -> str:
        return titles.get(name, "")

    causes = (replace(c, text=in_words(c.text, title)) for c in step.causes)
    reason = in_words(step.reason, title)
    return replace(step, reason=reason, causes=tuple(causes))


def actions_on_canvas(
    pipeline: Pipeline, place: Place, steps: Iterable[PlannedStep]
) -> dict[str, PlanAction]:
    """By the ids of the canvas: a step that is a pipeline runs if one inside does."""
    by_id = {step.node_id: step.action for step in steps}
    found: dict[str, PlanAction] = {}
    for node in pipeline.nodes if by_id else ():
        own = place.run_id(node)
        actions = {by_id[own]} if own in by_id else set[PlanAction]()
        if node.is_pipeline:
            actions |= {a for i, a in by_id.items() if i.startswith(f"{own}.")}
        if actions:
            found[node.id] = min(actions, key=_ORDER.index)
    return found
