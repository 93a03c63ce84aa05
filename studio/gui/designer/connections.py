"""Which ports may be joined, and joining them; every verb is one edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from studio.domain.adapters import Chain, shortest_chain
from studio.domain.component import why_incompatible
from studio.domain.instead import better_output, named
from studio.domain.node import Edge, FromStep
from studio.gui.designer import edits
from studio.gui.designer.geometry import HEIGHT, WIDTH, snapped
from studio.gui.designer.items.node_item import PortRef, Side

if TYPE_CHECKING:
    from studio.gui.designer.editor import Editor

BETWEEN = 48.0


class Connections:
    """The wires of the pipeline that is open in an editor."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    def why_not(self, source: PortRef, target: PortRef) -> str:
        """Why an output may not feed an input; "" if it may."""
        start, end = self._name(source), self._name(target)
        if start == end:
            return "A step can't feed itself"
        if way := self._editor.pipeline.path(end, start):
            return "This would make a cycle: " + " → ".join([*way, way[0]])
        return why_incompatible(source.port, target.port) or ""

    def instead(self, source: PortRef, target: PortRef) -> str:
        """What could be connected where an output may not; "" if nothing could."""
        if not why_incompatible(source.port, target.port):
            return ""
        every = (
            (node.name, self._editor.catalog.of(node))
            for node in self._editor.pipeline.nodes
        )
        known = {name: component for name, component in every if component}
        into = self._name(target), target.port
        found = better_output(self._editor.pipeline, into, self._name(source), known)
        return f"connect {named(self._editor.pipeline, found)}" if found else ""

    def join(
        self,
        joints: Sequence[tuple[PortRef, PortRef]],
        *,
        instead_of: Sequence[Edge] = (),
    ) -> None:
        """Join outputs to inputs; what the inputs had before is replaced."""
        after = self._editor.pipeline
        for edge in instead_of:
            after = after.disconnect(edge)
        for source, target in joints:
            if reason := self.why_not(source, target):
                told = (reason, self.instead(source, target))
                self._editor.refused.emit("; ".join(filter(None, told)))
                return
            start, end = self._name(source), self._name(target)
            after = after.connect(Edge(start, source.port.name, end, target.port.name))
        self._editor.edit(after, "Connect")

    def chain_between(self, source: PortRef, target: PortRef) -> Chain | None:
        """The one or two steps that would make two ports fit; None for a cycle."""
        if self._editor.pipeline.path(self._name(target), self._name(source)):
            return None
        known = self._editor.catalog.components
        return shortest_chain(source.port, target.port, known)

    def insert_between(
        self,
        chain: Chain,
        ends: tuple[PortRef, PortRef],
        middle: QPointF,
        *,
        instead_of: Sequence[Edge] = (),
    ) -> None:
        """Add steps that are joined to an output, to each other and to an input."""
        before = self._editor.pipeline
        for edge in instead_of:
            before = before.disconnect(edge)
        at = snapped(middle - QPointF(WIDTH / 2, HEIGHT / 2))
        after, made = before, []
        for adapter in chain.steps:
            place = edits.free_place(after, at, (WIDTH, HEIGHT))
            made.append(edits.new_node(after, adapter.component, place))
            after = after.add(made[-1])
            at = (place[0] + WIDTH + BETWEEN, place[1])
        after = edits.joined(after, made[0], ends[0], chain.steps[0].into)
        for number, (one, other) in enumerate(pairwise(chain.steps)):
            start, end = made[number].name, made[number + 1].name
            after = after.connect(Edge(start, one.out.name, end, other.into.name))
        after = edits.joined(after, made[-1], ends[1], chain.steps[-1].out)
        for node in made:
            after = edits.pushed_aside(after, node.name)
        self._editor.edit(after, f"Insert {chain.title}")
        self._editor.scene.select([node.id for node in made])
        for adapter in chain.steps:
            self._editor.added.emit(adapter.component)

    def disconnect_edges(self, edges: Iterable[Edge]) -> None:
        """Take wires away."""
        after = self._editor.pipeline
        for edge in edges:
            after = after.disconnect(edge)
        self._editor.edit(after, "Disconnect")

    def disconnect_edge(self, edge: Edge) -> None:
        self._editor.edit(self._editor.pipeline.disconnect(edge), "Disconnect")

    def edges_at(self, ref: PortRef) -> list[Edge]:
        """The wires of a port."""
        if ref.side == "in":
            found = self.edge_into(ref)
            return [found] if found else []
        key = (self._name(ref), ref.port.name)
        return [e for e in self._editor.pipeline.edges if (e.source, e.output) == key]

    def end_of(self, edge: Edge, side: Side) -> PortRef | None:
        """The port where a wire begins ("out") or ends ("in")."""
        step, name = (
            (edge.source, edge.output) if side == "out" else (edge.target, edge.input)
        )
        node = self._editor.pipeline.by_name.get(step)
        ports = self._editor.scene.nodes[node.id].ports(side) if node else ()
        found = (PortRef(node.id, side, p) for p in ports if node and p.name == name)
        return next(found, None)

    def edge_into(self, ref: PortRef) -> Edge | None:
        """The wire that ends at an input."""
        name = self._name(ref)
        bound = self._editor.pipeline.node(name).inputs.get(ref.port.name)
        if isinstance(bound, FromStep) and bound.step in self._editor.pipeline.by_name:
            return Edge(bound.step, bound.output, name, ref.port.name)
        return None

    def _name(self, ref: PortRef) -> str:
        return self._editor.pipeline.by_id[ref.node_id].name
