"""What a person does to the open pipeline on the canvas; every verb is one edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from operator import is_

from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from studio.domain import framing, rewiring
from studio.domain.annotations import Annotation, Annotations
from studio.domain.component import Component, Port
from studio.domain.composition import off_now
from studio.domain.errors import InvalidError
from studio.domain.node import Edge, FromPath, Node
from studio.domain.pipeline import Pipeline
from studio.domain.validation import Fix, Problem
from studio.gui.designer import clipboard, copying, edits
from studio.gui.designer.card_book import CardBook
from studio.gui.designer.cards import Card
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.connections import Connections
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.geometry import GRID, HEIGHT, WIDTH, box_of, snapped
from studio.gui.designer.items.node_item import PortRef
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
        self.connections = Connections(self)
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

    def name_by_title(self, node_id: str) -> None:
        """Let the name of a step in files and runs follow its title."""
        node = self.pipeline.by_id.get(node_id)
        if node is not None:
            self.edit(edits.named_by_title(self.pipeline, node), "Rename in files")

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
