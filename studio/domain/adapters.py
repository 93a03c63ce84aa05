"""The step that would make two ports fit: it takes the one and gives the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from studio.domain.component import Component, Port, why_incompatible

_LOOSE = "uri_folder"
"""A folder may hold anything: that it fits by type says little."""


@dataclass(frozen=True)
class Adapter:
    """A component, and the ports by which it goes between."""

    component: Component
    into: Port
    out: Port


def adapters(
    source: Port, target: Port, components: Iterable[Component]
) -> list[Adapter]:
    """Those that fit between two ports: the one made for these types first, then the
    one that needs the least else, then what its component calls usual."""
    found = [a for component in components for a in _ways(component, source, target)]
    exact = (source.type, target.type)
    return sorted(found, key=lambda a: ((a.into.type, a.out.type) != exact, _rank(a)))


@dataclass(frozen=True)
class Chain:
    """One adapter, or two in a row, from the one port to the other."""

    steps: tuple[Adapter, ...]

    @property
    def title(self) -> str:
        return ", then ".join(adapter.component.title for adapter in self.steps)


def shortest_chain(
    source: Port, target: Port, components: Iterable[Component]
) -> Chain | None:
    """The best single adapter, else the best two in a row; None if that takes more."""
    known = tuple(components)
    for adapter in adapters(source, target, known):
        return Chain((adapter,))
    pairs = [
        (Adapter(first, into, out), second)
        for first in known
        for into in first.inputs[:1]
        if not into.optional and into.type != _LOOSE and _means(source, into)
        for out in first.outputs
        if out.type != _LOOSE
        for second in adapters(out, target, known)
        if second.component != first and second.into.type != _LOOSE
    ]
    best = min(pairs, key=lambda pair: _chain_rank(*pair), default=None)
    return Chain(best) if best else None


def _chain_rank(first: Adapter, second: Adapter) -> tuple[object, ...]:
    """What needs the least else, altogether; then what is usual."""
    one, other = _rank(first), _rank(second)
    return (one[0] + other[0], one[1] + other[1], one[2:], other[2:])


def _ways(component: Component, source: Port, target: Port) -> Iterator[Adapter]:
    into = next((p for p in component.inputs if _means(source, p)), None)
    out = next((p for p in component.outputs if _means(p, target)), None)
    if into is not None and out is not None:
        yield Adapter(component, into, out)


def _means(source: Port, target: Port) -> bool:
    if source.type != target.type and _LOOSE in (source.type, target.type):
        return False
    return why_incompatible(source, target) is None


def _rank(adapter: Adapter) -> tuple[bool, int, bool, bool, str]:
    component = adapter.component
    others = [p for p in component.inputs if not p.optional and p != adapter.into]
    values = [p for p in component.parameters if p.required]
    needed = len(others) + len(values)
    unusual = component.tags.get("adapter") != "usual"
    kind = (unusual, not component.built_in, component.title)
    return (adapter.into.optional, needed, *kind)
