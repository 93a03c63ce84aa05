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
