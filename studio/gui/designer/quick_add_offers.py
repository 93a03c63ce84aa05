"""What the quick add box lists: components, port by port where a wire waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.component import Component, Port, why_incompatible
from studio.gui.designer.items.node_item import PortRef
from studio.gui.designer.palette_rows import hits_of, words_of


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
    offers: Sequence[Offer], text: str, recent: Sequence[str] = ()
) -> list[Offer]:
    """Those that hold every word: names before synonyms, then the latest used.

    If none does, those whose name has the letters in that order ("trm": Train model).
    """
    words = text.casefold().split()
    found = [o for o in offers if all(hits_of(w, words_of(o.component)) for w in words)]
    if not found:
        found = [o for o in offers if _in_order("".join(words), o.component.title)]
    place = {name: number for number, name in enumerate(recent)}
    first = words[0] if words else ""

    def rank(offer: Offer) -> tuple[bool, int]:
        component = offer.component
        named = first in component.title.casefold()
        return (not named, place.get(component.name, len(place)))

    return sorted(found, key=rank)


def _fits(ref: PortRef, port: Port) -> bool:
    ends = (ref.port, port) if ref.side == "out" else (port, ref.port)
    return not why_incompatible(*ends)


def _in_order(letters: str, title: str) -> bool:
    rest = iter(title.casefold())
    return all(letter in rest for letter in letters)
