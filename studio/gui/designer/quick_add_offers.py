"""What the quick add box lists: components, port by port where a wire waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.component import Component, Port, why_incompatible
from studio.domain.component_search import (
    Liking,
    letters_in_order,
    match_of,
    order_of,
)
from studio.domain.pipeline import Pipeline
from studio.domain.usual_steps import usual_after, usual_before
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.habits import Habits
from studio.gui.designer.items.node_item import PortRef


@dataclass(frozen=True)
class Offer:
    """A component, and which of its ports would be connected."""

    component: Component
    port: Port | None = None


def offers_for(
    components: Sequence[Component], ref: PortRef | None, *, every: bool = False
) -> list[Offer]:
    """What can be added: everything, or every port that a wire could go to.

    `every` lists after those the components that would stay unconnected.
    """
    if ref is None:
        return [Offer(component) for component in components]
    found, others = [], []
    for component in components:
        ports = component.inputs if ref.side == "out" else component.outputs
        fitting = [port for port in ports if _fits(ref, port)]
        found += [Offer(component, port) for port in fitting]
        if not fitting:
            others.append(Offer(component))
    return found + others if every else found


def matching(
    offers: Sequence[Offer],
    text: str,
    liking: Liking = Liking(),  # noqa: B008
) -> list[Offer]:
    """Those that fit the words, the best match first.

    If none does, those whose name has the letters in that order ("trm": Train model).
    """
    found = [
        (order_of(offer.component, match, text, liking), offer)
        for offer in offers
        if (match := match_of(offer.component, text)) is not None
    ]
    if found:
        return [offer for _, offer in sorted(found, key=lambda one: one[0])]
    return [o for o in offers if letters_in_order(text, o.component.title)]


def liking_at(
    refs: Sequence[PortRef | None], pipeline: Pipeline, catalog: Catalog, habits: Habits
) -> Liking:
    """What is liked where ports of a step (or nothing) wait for another step."""
    usual: Sequence[str] = ()
    ref = next((ref for ref in refs if ref is not None), None)
    node = pipeline.by_id.get(ref.node_id) if ref else None
    component = catalog.of(node) if node else None
    if ref is not None and component is not None:
        known = catalog.components
        out = ref.side == "out"
        usual = usual_after(component) if out else usual_before(component, known)
    return Liking(habits.recent, habits.favourites, usual)


def _fits(ref: PortRef, port: Port) -> bool:
    ends = (ref.port, port) if ref.side == "out" else (port, ref.port)
    return not why_incompatible(*ends)
