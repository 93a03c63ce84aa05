"""What a person does to the open pipeline on the canvas; every verb is one edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from operator import is_

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from studio.domain import framing, rewiring
from studio.domain.adapters import Adapter, adapters
from studio.domain.annotations import Annotation, Annotations
from studio.domain.component import Component, Port, why_incompatible
from studio.domain.composition import off_now
from studio.domain.errors import InvalidError
from studio.domain.instead import better_output, named
from studio.domain.node import Edge, FromPath, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.validation import Fix, Problem
from studio.gui.designer import clipboard, copying, edits
from studio.gui.designer.card_book import CardBook
from studio.gui.designer.cards import Card
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.geometry import GRID, HEIGHT, WIDTH, box_of, snapped
from studio.gui.designer.items.node_item import PortRef, Side
from studio.gui.designer.places import settled
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.situation import Situation, different
from studio.gui.tasks import Tasks

NO_ANNOTATIONS = Annotations()


class Editor(QObject):
    """Joins document, catalogue and scene; `refused` says why a verb did nothing."""

    refused = Signal(str)
    opened = Signal()
    added = Signal(object)
    """A component was added as a step."""
    told = Signal(str)
    """What else a verb has done, in a sentence."""

    def __init__(self, scene: DesignerScene, catalog: Catalog) -> None:
        super().__init__(scene)
        self.scene, self.catalog = scene, catalog
        self.document: PipelineDocument | None = None
        self.tasks: Tasks | None = None
        self.situation = Situation()
        self._book = CardBook()
        self._unknown: set[str] = set()
        self._off: dict[str, str] = {}
        self._drawn_for: tuple[object, ...] = ()

    @property
    def pipeline(self) -> Pipeline:
        return self.document.pipeline if self.document else Pipeline("")

    def open(self, document: PipelineDocument | None) -> None:
        """Show a document, or nothing."""
        if self.document is not None:
            self.document.changed.disconnect(self.derive)
        self.document = document
        self.situation = Situation()
        self._book.clear()
        if document is not None:
            document.changed.connect(self.derive)
        self.derive()
        self.opened.emit()

    def derive(self) -> None:
        """Draw the value as it is now."""
        now = self._ground
        alike = len(now) == len(self._drawn_for)
        alike = alike and all(map(is_, now, self._drawn_for))
        before, self._off = self._off, off_now(self.pipeline, self.catalog.of)
        again = self._unknown | different(before, self._off) if alike else None
        self.scene.show_pipeline(self.pipeline, self.card, again)
        self._drawn_for = now

    def show_situation(self, situation: Situation) -> None:
        """Draw other states on the same cards."""
        if situation != self.situation or situation.active:
            before, self.situation = self.situation, situation
            news = situation.news(before, self.pipeline)
            self.scene.show_cards(self.card, news)
            self._drawn_for = self._ground

    def card(self, node: Node) -> Card:
        now, component = self.situation, self.catalog.of(node)
        # What such a card shows depends on other steps, too.
        (self._unknown.add if component is None else self._unknown.discard)(node.id)
        return self._book.card(
            self.pipeline,
            node,
            component,
            now.steps.get(node.id),
            active=now.active,
            problem=now.problem_of(node.name),
            stale=now.stale.get(node.id, ""),
            off=self._off.get(node.id, ""),
        )

    def scene_state(self, node_id: str) -> str:
        """The state that a step's card shows."""
        return item.card.state if (item := self.scene.nodes.get(node_id)) else ""

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
        after = settled(self.pipeline.add(node), self.scene, [node.id])
        if joined is not None:
            after = edits.joined(after, node, *joined)
        if between is not None:
            after = rewiring.inserted(after, node.name, between, self.catalog.of)
            after = edits.pushed_aside(after, node.name)
        if path and component.inputs:
            port = component.inputs[0]
            after = after.bind(node.name, port.name, FromPath(path, port.type))
        self.edit(after, f"Add {component.title}")
        self.scene.select([node.id])
        self.added.emit(component)
        return node.id

    def fits_between(self, component: Component, edge: Edge) -> bool:
        """Whether a component could be put into a wire."""
        return rewiring.fits_between(self.pipeline, component, edge, self.catalog.of)

    # -- connecting ------------------------------------------------------------------

    def why_not(self, source: PortRef, target: PortRef) -> str:
        """Why an output may not feed an input; "" if it may."""
        start, end = self._name(source), self._name(target)
        if start == end:
            return "A step can't feed itself"
        if way := self.pipeline.path(end, start):
            return "This would make a cycle: " + " → ".join([*way, way[0]])
        return why_incompatible(source.port, target.port) or ""

    def instead(self, source: PortRef, target: PortRef) -> str:
        """What could be connected where an output may not; "" if nothing could."""
        if not why_incompatible(source.port, target.port):
            return ""
        every = ((node.name, self.catalog.of(node)) for node in self.pipeline.nodes)
        known = {name: component for name, component in every if component}
        into = self._name(target), target.port
        found = better_output(self.pipeline, into, self._name(source), known)
        return f"connect {named(self.pipeline, found)}" if found else ""

    def join(
        self,
        joints: Sequence[tuple[PortRef, PortRef]],
        *,
        instead_of: Sequence[Edge] = (),
    ) -> None:
        """Join outputs to inputs; what the inputs had before is replaced."""
        after = self.pipeline
        for edge in instead_of:
            after = after.disconnect(edge)
        for source, target in joints:
            if reason := self.why_not(source, target):
                told = (reason, self.instead(source, target))
                self.refused.emit("; ".join(filter(None, told)))
                return
            start, end = self._name(source), self._name(target)
            after = after.connect(Edge(start, source.port.name, end, target.port.name))
        self.edit(after, "Connect")

    def adapter_between(self, source: PortRef, target: PortRef) -> Adapter | None:
        """The step that would make two ports fit; None for a cycle."""
        if self.pipeline.path(self._name(target), self._name(source)):
            return None
        known = self.catalog.components
        return next(iter(adapters(source.port, target.port, known)), None)

    def insert_between(
        self,
        adapter: Adapter,
        ends: tuple[PortRef, PortRef],
        middle: QPointF,
        *,
        instead_of: Sequence[Edge] = (),
    ) -> None:
        """Add a step that is joined to an output and to an input."""
        before = self.pipeline
        for edge in instead_of:
            before = before.disconnect(edge)
        at = snapped(middle - QPointF(WIDTH / 2, HEIGHT / 2))
        place = edits.free_place(before, at, (WIDTH, HEIGHT))
        node = edits.new_node(before, adapter.component, place)
        after = edits.joined(before.add(node), node, ends[0], adapter.into)
        after = edits.joined(after, node, ends[1], adapter.out)
        after = edits.pushed_aside(after, node.name)
        self.edit(after, f"Insert {adapter.component.title}")
        self.scene.select([node.id])
        self.added.emit(adapter.component)

    def disconnect_edges(self, edges: Iterable[Edge]) -> None:
        """Take wires away."""
        after = self.pipeline
        for edge in edges:
            after = after.disconnect(edge)
        self.edit(after, "Disconnect")

    def disconnect_edge(self, edge: Edge) -> None:
        self.edit(self.pipeline.disconnect(edge), "Disconnect")

    def edges_at(self, ref: PortRef) -> list[Edge]:
        """The wires of a port."""
        if ref.side == "in":
            found = self.edge_into(ref)
            return [found] if found else []
        key = (self._name(ref), ref.port.name)
        return [e for e in self.pipeline.edges if (e.source, e.output) == key]

    def end_of(self, edge: Edge, side: Side) -> PortRef | None:
        """The port where a wire begins ("out") or ends ("in")."""
        step, name = (
            (edge.source, edge.output) if side == "out" else (edge.target, edge.input)
        )
        node = self.pipeline.by_name.get(step)
        ports = self.scene.nodes[node.id].ports(side) if node else ()
        found = (PortRef(node.id, side, p) for p in ports if node and p.name == name)
        return next(found, None)

    def edge_into(self, ref: PortRef) -> Edge | None:
        """The wire that ends at an input."""
        name = self._name(ref)
        bound = self.pipeline.node(name).inputs.get(ref.port.name)
        if isinstance(bound, FromStep) and bound.step in self.pipeline.by_name:
            return Edge(bound.step, bound.output, name, ref.port.name)
        return None

    # -- selected --------------------------------------------------------------------

    def delete(self) -> None:
        """Remove what is selected; the steps of a frame stay."""
        nodes, edges = self.selected(), self.scene.selected_edges()
        things = self.scene.slabs.chosen
        words = copying.words_of(nodes, things) or "connection"
        self._remove(nodes, things, f"Delete {words}", edges)

    def move(
        self,
        positions: Mapping[str, tuple[float, float]],
        along: Annotations = NO_ANNOTATIONS,
    ) -> None:
        """Put steps (by id) at other places, and frames and notes with them."""
        by_name = {self.pipeline.by_id[i].name: at for i, at in positions.items()}
        after = framing.with_all(self.pipeline.move(by_name), along)
        after = settled(after, self.scene, positions)
        self.edit(after, f"Move {len(by_name)} steps")

    def nudge(self, dx: int, dy: int) -> None:
        """Move what is selected by grid cells; keys held down are one edit."""
        before, ids = self.pipeline, self.scene.selected_ids()
        chosen = self.scene.slabs.chosen
        things, inside = framing.carried(before.annotations, chosen)
        moving = inside.union(ids)
        after = framing.moved(before, things, moving, dx * GRID, dy * GRID)
        after = settled(after, self.scene, ids)
        words = ",".join(sorted([*moving, *(thing.id for thing in things.all)]))
        self.edit(after, "Move", merge=f"nudge {words}")

    def select_all(self) -> None:
        self.scene.select(self.pipeline.by_id)
        self.scene.slabs.choose(self.scene.slabs.items)

    def rename(self, node_id: str, title: str) -> None:
        """Give a step another title; why not goes to `refused`."""
        node = self.pipeline.by_id.get(node_id)
        if node is None or title == node.title:
            return
        try:
            self.edit(edits.titled(self.pipeline, node, title), "Rename")
        except InvalidError as error:
            self.refused.emit(error.message)

    def apply_fix(self, problem: Problem, fix: Fix) -> None:
        """Give the field of a problem the value that mends it."""
        node = self.pipeline.by_name.get(problem.step)
        component = self.catalog.of(node) if node else None
        if node is None or component is None:
            return
        parameter = component.parameters_by_name.get(problem.field)
        if parameter is not None:
            after = edits.set_parameter(self.pipeline, node.name, parameter, fix.value)
            self.edit(after, f"{fix.label} in {node.title}")

    def duplicate(self) -> None:
        """Copies beside what is selected, fed by the same outputs."""
        if copied := self._picked():
            after, _ = copying.duplicated(self.pipeline, copied)
            self._add_all(after, f"Duplicate {copied.words}")

    def copy(self) -> None:
        """What is selected to the clipboard, as pipeline YAML."""
        if copied := self._picked():
            names = {node.name for node in copied.nodes}
            outside = [
                edge
                for edge in self.pipeline.edges
                if edge.target in names and edge.source not in names
            ]
            clipboard.put(copying.part_of(self.pipeline, copied), outside)

    def cut(self) -> None:
        """Copy, and remove just what was copied."""
        if copied := self._picked():
            self.copy()
            self._remove(copied.nodes, copied.things.all, f"Cut {copied.words}")

    def paste(self, *, linked: bool = False, seen: QRectF | None = None) -> None:
        """What the clipboard holds, from this window or any YAML text.

        `linked` joins its steps to the same ones outside as the copied ones were;
        `seen` is the area in view: what would land out of it is put into its middle.
        """
        take = partial(self._paste, linked, seen, self.document)
        clipboard.take(self.tasks, self, take, self._not_pasted)

    # -- inside ----------------------------------------------------------------------

    def _not_pasted(self, error: BaseException) -> None:
        self.refused.emit(clipboard.why_not(error))

    def _paste(
        self,
        linked: bool,
        seen: QRectF | None,
        document: PipelineDocument | None,
        found: clipboard.Clipping,
    ) -> None:
        part, links = found
        if document is not self.document:
            return  # another pipeline was opened meanwhile
        if not part.nodes and not part.annotations:
            self.refused.emit("The clipboard holds no steps")
            return
        part = copying.placed(self.pipeline, part, box_of(seen) if seen else None)
        after, _ = copying.pasted(self.pipeline, part, links if linked else ())
        words = copying.words_of(part.nodes, part.annotations.all)
        self._add_all(after, f"Paste {words}")

    @property
    def _ground(self) -> tuple[object, ...]:
        """What all cards depend on beside their own steps."""
        known = self.catalog.revision
        return (self.pipeline.inputs, self.situation, known, self.document)

    def edit(self, after: Pipeline, text: str, *, merge: str = "") -> None:
        """Make it that value: one step of undo."""
        if self.document is not None:
            self.document.edit(after, text, merge=merge)

    def _picked(self) -> copying.Picked:
        ids, things = self.scene.selected_ids(), self.scene.slabs.chosen
        return copying.picked(self.pipeline, ids, things)

    def _add_all(self, after: Pipeline, text: str) -> None:
        """Make it that value, and select what is new in it."""
        before = self.pipeline
        known = {thing.id for thing in before.annotations.all}
        self.edit(after, text)
        self.scene.select(i for i in after.by_id if i not in before.by_id)
        self.scene.slabs.choose({t.id for t in after.annotations.all} - known)

    def _remove(
        self,
        nodes: Iterable[Node],
        things: Iterable[Annotation],
        text: str,
        edges: Iterable[Edge] = (),
    ) -> None:
        after = framing.without(self.pipeline, {thing.id for thing in things})
        for edge in edges:
            after = after.disconnect(edge)
        self.edit(after.remove([node.name for node in nodes]), text)

    def _name(self, ref: PortRef) -> str:
        return self.pipeline.by_id[ref.node_id].name
