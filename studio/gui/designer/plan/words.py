"""A plan in the canvas's words: titles for names, one mark for a whole pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.domain.composition import JOINT
from studio.domain.pipeline import Pipeline
from studio.domain.run import PlanAction, PlannedStep
from studio.gui.designer.gathering import Place

_NAME = re.compile(r"'(\w+)'")
_ORDER: tuple[PlanAction, ...] = ("run", "reuse", "skip")


def spoken(step: PlannedStep, titles: Mapping[str, str]) -> PlannedStep:
    """With the titles of steps inside of others where the planner says their names."""
    inside = {n: title for n, title in titles.items() if JOINT in n and title}
    if not inside:
        return step
    causes = (replace(c, text=_said(c.text, inside)) for c in step.causes)
    return replace(step, reason=_said(step.reason, inside), causes=tuple(causes))


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


def _said(text: str, titles: Mapping[str, str]) -> str:
    def title(match: re.Match[str]) -> str:
        known = titles.get(match[1])
        return f"“{known}”" if known else match[0]

    return _NAME.sub(title, text)
