"""What a person does to the open pipeline on the canvas; every verb is one edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QPointF, Signal

from studio.domain.component import Component, Port, why_incompatible
from studio.domain.errors import InvalidError
from studio.domain.node import Edge, FromPath, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun
from studio.domain.validation import Problem
from studio.gui.designer import clipboard, edits
from studio.gui.designer.cards import Card, card_of
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.geometry import GRID, HEIGHT, WIDTH, snapped
from studio.gui.designer.items.node_item import PortRef
from studio.gui.designer.scene import DesignerScene


@dataclass(frozen=True)
class Situation:
    """What is known of the steps beside the pipeline itself.

    `steps` is by node id (what the latest run made of them), `stale` by node id why
    the next run would do it again.
    """

    steps: Mapping[str, StepRun] = field(default_factory=dict)
    active: bool = False
    problems: tuple[Problem, ...] = ()
    stale: Mapping[str, str] = field(default_factory=dict)

    def problem_of(self, step: str) -> Problem | None:
        """The first error of a step."""
        found = (p for p in self.problems if p.step == step and p.severity == "error")
        return next(found, None)


class Editor(QObject):
    """Joins document, catalogue and scene; `refused` says why a verb did nothing."""

    refused = Signal(str)
    opened = Signal()
    added = Signal(object)
    """A component was added as a step."""

    def __init__(self, scene: DesignerScene, catalog: Catalog) -> None:
        super().__init__(scene)
        self.scene, self.catalog = scene, catalog
        self.document: PipelineDocument | None = None
        self.situation = Situation()

    @property
    def pipeline(self) -> Pipeline:
        return self.document.pipeline if self.document else Pipeline("")

    def open(self, document: PipelineDocument | None) -> None:
        """Show a document, or nothing."""
        if self.document is not None:
            self.document.changed.disconnect(self.derive)
        self.document = document
        self.situation = Situation()
        if document is not None:
            document.changed.connect(self.derive)
        self.derive()
        self.opened.emit()

    def derive(self) -> None:
        """Draw the value as it is now."""
        self.scene.show_pipeline(self.pipeline, self.card)

    def show_situation(self, situation: Situation) -> None:
        """Draw other states on the same cards."""
        if situation != self.situation or situation.active:
            self.situation = situation
            self.scene.show_cards(self.card)

    def card(self, node: Node) -> Card:
        now = self.situation
        return card_of(
            self.pipeline,
            node,
            self.catalog.of(node),
            now.steps.get(node.id),
            active=now.active,
            problem=now.problem_of(node.name),
            stale=now.stale.get(node.id, ""),
        )

    def scene_state(self, node_id: str) -> str:
        """The state that a step's card shows."""
        item = self.scene.nodes.get(node_id)
        return item.card.state if item else ""

    def selected(self) -> list[Node]:
        """The selected steps."""
        found = (self.pipeline.by_id.get(i) for i in self.scene.selected_ids())
        return [node for node in found if node is not None]

    # -- adding ----------------------------------------------------------------------

    def add(
        self,
        component: Component,
        middle: QPointF,
        *,
        joined: tuple[PortRef, Port] | None = None,
        between: Edge | None = None,
        path: str = "",
    ) -> str:
        """Add a step around a point, connected to a port or put into a wire; its id."""
        at = snapped(middle - QPointF(WIDTH / 2, HEIGHT / 2))
        place = edits.free_place(self.pipeline, at, (WIDTH, HEIGHT))
        node = edits.new_node(self.pipeline, component, place)
        after = self.pipeline.add(node)
        if joined is not None:
            after = self._joined(after, node, *joined)
        if between is not None:
            after = self._inserted(after, node, component, between)
        if path and component.inputs:
            port = component.inputs[0]
            after = after.bind(node.name, port.name, FromPath(path, port.type))
        self._edit(after, f"Add {component.title}")
        self.scene.select([node.id])
        self.added.emit(component)
        return node.id

    def fits_between(self, component: Component, edge: Edge) -> bool:
        """Whether a component could be put into a wire."""
        return self._way_through(component, edge) is not None

    # -- connecting ------------------------------------------------------------------

    def why_not(self, source: PortRef, target: PortRef) -> str:
        """Why an output may not feed an input; "" if it may."""
        start, end = self._name(source), self._name(target)
        if start == end:
            return "A step can't feed itself"
        if way := self.pipeline.path(end, start):
            return "This would make a cycle: " + " → ".join([*way, way[0]])
        return why_incompatible(source.port, target.port) or ""

    def join(
        self, source: PortRef, target: PortRef, *, instead_of: Edge | None = None
    ) -> None:
        """Join two ports; what the input had before is replaced."""
        if reason := self.why_not(source, target):
            self.refused.emit(reason)
            return
        before = self.pipeline
        if instead_of is not None:
            before = before.disconnect(instead_of)
        edge = Edge(
            self._name(source), source.port.name, self._name(target), target.port.name
        )
        try:
            self._edit(before.connect(edge), "Connect")
        except InvalidError as error:
            self.refused.emit(error.message)

    def disconnect_edge(self, edge: Edge) -> None:
        self._edit(self.pipeline.disconnect(edge), "Disconnect")

    def edge_into(self, ref: PortRef) -> Edge | None:
        """The wire that ends at an input."""
        name = self._name(ref)
        bound = self.pipeline.node(name).inputs.get(ref.port.name)
        if isinstance(bound, FromStep) and bound.step in self.pipeline.by_name:
            return Edge(bound.step, bound.output, name, ref.port.name)
        return None

    # -- selected --------------------------------------------------------------------

    def delete(self) -> None:
        """Remove the selected steps and wires."""
        nodes, edges = self.selected(), self.scene.selected_edges()
        after = self.pipeline
        for edge in edges:
            after = after.disconnect(edge)
        after = after.remove([node.name for node in nodes])
        self._edit(after, f"Delete {_count(nodes) or 'connection'}")

    def move(self, positions: Mapping[str, tuple[float, float]]) -> None:
        """Put steps (by id) at other places."""
        by_name = {self.pipeline.by_id[i].name: at for i, at in positions.items()}
        self._edit(self.pipeline.move(by_name), f"Move {len(by_name)} steps")

    def nudge(self, dx: int, dy: int) -> None:
        """Move the selected steps by grid cells; keys held down are one edit."""
        moved = {
            n.name: (n.position[0] + dx * GRID, n.position[1] + dy * GRID)
            for n in self.selected()
        }
        chosen = ",".join(sorted(moved))
        self._edit(self.pipeline.move(moved), "Move", merge=f"nudge {chosen}")

    def select_all(self) -> None:
        self.scene.select(self.pipeline.by_id)

    def rename(self, node_id: str, title: str) -> None:
        """Give a step another title; why not goes to `refused`."""
        node = self.pipeline.by_id.get(node_id)
        if node is None or title == node.title:
            return
        try:
            self._edit(edits.titled(self.pipeline, node, title), "Rename")
        except InvalidError as error:
            self.refused.emit(error.message)

    def duplicate(self) -> None:
        """Copies beside the selected steps, fed by the same outputs."""
        after, made = edits.copies(
            self.pipeline, self.selected(), edits.SHIFT, keep_outside=True
        )
        self._edit(after, f"Duplicate {_count(self.selected())}")
        self.scene.select(made)

    def copy(self) -> None:
        """The selected steps to the clipboard, as pipeline YAML."""
        names = [node.name for node in self.selected()]
        if names:
            clipboard.put(edits.selection_of(self.pipeline, names))

    def cut(self) -> None:
        self.copy()
        self.delete()

    def paste(self) -> None:
        """The clipboard's steps, from this window or any YAML text."""
        try:
            part = clipboard.take()
        except InvalidError as error:
            self.refused.emit(f"The clipboard holds no steps: {error.message}")
            return
        taken = {node.position for node in self.pipeline.nodes}
        shift = edits.SHIFT
        while any(
            (n.position[0] + shift, n.position[1] + shift) in taken for n in part.nodes
        ):
            shift += edits.SHIFT
        after, made = edits.pasted(self.pipeline, part, shift)
        self._edit(after, f"Paste {_count(part.nodes)}")
        self.scene.select(made)

    # -- inside ----------------------------------------------------------------------

    def _edit(self, after: Pipeline, text: str, *, merge: str = "") -> None:
        if self.document is not None:
            self.document.edit(after, text, merge=merge)

    def _name(self, ref: PortRef) -> str:
        return self.pipeline.by_id[ref.node_id].name

    def _joined(
        self, after: Pipeline, node: Node, ref: PortRef, port: Port
    ) -> Pipeline:
        other = after.by_id[ref.node_id].name
        if ref.side == "out":
            return after.connect(Edge(other, ref.port.name, node.name, port.name))
        return after.connect(Edge(node.name, port.name, other, ref.port.name))

    def _inserted(
        self, after: Pipeline, node: Node, component: Component, edge: Edge
    ) -> Pipeline:
        way = self._way_through(component, edge)
        if way is None:
            return after
        into, out = way
        after = after.connect(Edge(edge.source, edge.output, node.name, into.name))
        after = after.connect(Edge(node.name, out.name, edge.target, edge.input))
        return _pushed_aside(after, node.name)

    def _way_through(
        self, component: Component, edge: Edge
    ) -> tuple[Port, Port] | None:
        source = self._port(edge.source, edge.output, "out")
        target = self._port(edge.target, edge.input, "in")
        if source is None or target is None:
            return None
        into = [p for p in component.inputs if not why_incompatible(source, p)]
        out = [p for p in component.outputs if not why_incompatible(p, target)]
        return (into[0], out[0]) if into and out else None

    def _port(self, step: str, name: str, side: str) -> Port | None:
        node = self.pipeline.by_name.get(step)
        component = self.catalog.of(node) if node else None
        if component is None:
            return None
        return (component.ports_out if side == "out" else component.ports_in).get(name)


def _count(nodes: Iterable[Node]) -> str:
    listed = list(nodes)
    if len(listed) == 1:
        return listed[0].title
    return f"{len(listed)} steps" if listed else ""


def _pushed_aside(pipeline: Pipeline, name: str) -> Pipeline:
    """What follows an inserted step moves right until it has room."""
    node = pipeline.node(name)
    room = node.position[0] + WIDTH + 48
    following = pipeline.downstream([name]) - {name}
    nearest = min((pipeline.node(n).position[0] for n in following), default=room)
    push = max(0.0, room - nearest)
    moved = {
        n: (pipeline.node(n).position[0] + push, pipeline.node(n).position[1])
        for n in following
    }
    return pipeline.move(moved) if push else replace(pipeline)
