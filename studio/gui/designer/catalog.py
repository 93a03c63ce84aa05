"""The components at hand, so that drawing and editing need not read files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.domain.component import Component
from studio.domain.node import Node


class Catalog:
    """Filled from worker threads' results; asked by name or by a step."""

    def __init__(self) -> None:
        self.components: tuple[Component, ...] = ()
        self.revision = 0
        """Counts how often a step's component may have become another one."""
        self._by_reference: dict[str, Component] = {}

    def set_components(self, components: Sequence[Component]) -> None:
        """What the palette offers."""
        self.components = tuple(components)
        self._by_reference |= {c.reference: c for c in components}
        self.revision += 1

    @property
    def pipelines(self) -> tuple[Component, ...]:
        """Those offered that are whole pipelines, not read from component files."""
        return tuple(c for c in self.components if c.pipeline is not None)

    def learn(self, found: Mapping[str, Component]) -> bool:
        """Components by the reference a pipeline uses; whether any is new."""
        news = {r: c for r, c in found.items() if self._by_reference.get(r) != c}
        self._by_reference |= news
        self.revision += bool(news)
        return bool(news)

    def named(self, name: str) -> Component | None:
        """What the palette offers under a name, or under its whole reference."""
        of_name = (c for c in self.components if name in (c.reference, c.name))
        return next(of_name, None)

    def of(self, node: Node) -> Component | None:
        """A step's component, None while it isn't known."""
        if isinstance(node.component, Component):
            return node.component
        return self._by_reference.get(node.reference)
