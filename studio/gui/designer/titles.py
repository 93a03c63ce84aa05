"""What steps of a run are called, where some lie inside of steps of the canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from studio.domain.component import Component
from studio.domain.composition import INTO
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.gathering import Place

Components = Callable[[Node], Component | None]
Cards = Mapping[str, Node]


def cards_of(pipeline: Pipeline, place: Place) -> Cards:
    """The steps of the canvas by their ids in the outermost pipeline's runs."""
    return {place.run_id(node): node for node in pipeline.nodes}


def way_to(cards: Cards, run_id: str) -> tuple[str, ...]:
    """The names of the canvas's step, and of those inside of it, down to the one of
    that id; none if it isn't there."""
    if run_id in cards:
        return (cards[run_id].name,)
    parts = run_id.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        node = cards.get(".".join(parts[:cut]))
        if node is not None:
            return (node.name, *parts[cut:])
    return ()


def title_of(pipeline: Pipeline, way: Sequence[str], component: Components) -> str:
    """`Part › Random forest` for a way; "" for none."""
    if not way:
        return ""
    node = pipeline.node(way[0])
    return INTO.join([node.title, *_titles_inside(component(node), way[1:])])


def _titles_inside(component: Component | None, names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        body = component.pipeline if component else None
        node = body.by_name.get(name) if body else None
        found.append((node or Node("", name, "")).title)
        component = component.parts.get(name) if component else None
    return found
