"""The scene, derived from the pipeline's value by comparing ids."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsScene

from studio.domain.component import describe
from studio.domain.node import Edge, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.card_book import differs_in_place
from studio.gui.designer.cards import Card
from studio.gui.designer.geometry import MARGIN
from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.items.node_item import NodeItem, PortRef
from studio.gui.designer.items.slabs import Slabs
from studio.gui.designer.sheets import Box, Sheets, overlap
from studio.gui.designer.wiring import Wire, Wiring
from studio.gui.theme.theme import theme

FRAME_MS, DASH_SPEED = 40, 24.0
MOST_AREAS = 24
"""Changed places that are repainted one by one; with more, all is."""


class DesignerScene(QGraphicsScene):
    """Cards by node id, wires by the ids and ports they join.

    Neither are items of Qt's: the view draws them in one pass from the sheets they
    lie on. What else is on the canvas (a wire in the hand, a rubber band) is an
    ordinary item above them.
    """

    picked = Signal()
    """Something else is selected now."""
    shown = Signal()
    """Cards or wires came, went, moved or look different."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.nodes: dict[str, NodeItem] = {}
        self.cards: Sheets[NodeItem] = Sheets()
        self._wiring = Wiring(self, self.nodes, self.cards, self._touch)
        self.edges, self.wires = self._wiring.edges, self._wiring.sheets
        self.slabs = Slabs(self, self.tell_picked)
        self.pipeline = Pipeline("")
        self._moved: set[str] = set()
        self._rejoined: set[str] = set()
        self._restated: set[str] = set()
        self._held = False
        self._areas: list[Box | None] = []
        self._chosen: set[NodeItem] = set()
        self._chosen_edges: dict[EdgeItem, None] = {}
        self._count = 0
        self._motion = QTimer(self)
        self._motion.setInterval(FRAME_MS)
        self._motion.timeout.connect(self._move_dashes)
        self._telling = QTimer(self, singleShot=True, interval=0)
        self._telling.timeout.connect(self.shown)
        theme().changed.connect(self._redraw)

    def show_pipeline(
        self,
        pipeline: Pipeline,
        card: Callable[[Node], Card],
        again: Container[str] | None = None,
    ) -> None:
        """Add, move and remove only what differs from what is shown.

        Nodes are values: one that is the same object looks as before, unless its id
        is among those to be drawn `again` (None: all are).
        """
        before, self.pipeline = self.pipeline, pipeline
        with self.many_changes():
            self._show_slabs(before, pipeline)
            gone = self._show_nodes(before, card, again)
            if self._rejoined or gone:
                self._wiring.show(pipeline, self._rejoined, gone)
            self._wiring.follow(self._moved)
            if gone or self._moved or self._rejoined:
                self._wiring.lead(self._moved | self._rejoined)
            self._show_flows()
            if gone or self._moved or self._rejoined:
                self._areas.append(None)  # all is drawn: cheap, and leaves no traces
        self.tell_picked()

    def show_cards(
        self, card: Callable[[Node], Card], ids: Container[str] | None = None
    ) -> None:
        """Draw states anew, of these steps or of all; nothing is added or moved."""
        with self.many_changes():
            for node in self.pipeline.nodes:
                if node.id in self.nodes and (ids is None or node.id in ids):
                    self._show_card(self.nodes[node.id], card(node))
            if self._rejoined:
                self._wiring.show(self.pipeline, self._rejoined, ())
            self._wiring.follow(self._moved)
            if self._rejoined:
                self._wiring.lead(self._rejoined)
            self._show_flows()

    def follow_nodes(self, ids: Iterable[str]) -> None:
        """Let wires follow cards that are being moved."""
        self._wiring.follow(ids)
        self._wiring.lead_on(set(ids))

    def settle_nodes(self, ids: Iterable[str]) -> None:
        """Cards that were being moved stay where they are now."""
        self._wiring.follow(ids)
        self._wiring.lead(ids)

    def wires_at(self, node_id: str) -> Iterable[Wire]:
        """The wires that end at a step."""
        return self._wiring.at(node_id)

    # -- selection -----------------------------------------------------------------

    def selected_ids(self) -> list[str]:
        """The selected steps' ids, in the order in which they came."""
        chosen = sorted(self._chosen, key=lambda item: item.number)
        return [item.card.id for item in chosen]

    def selected_edges(self) -> list[Edge]:
        return [item.edge for item in self._chosen_edges]

    def has_selection(self) -> bool:
        """Whether a step, a wire, a frame or a note is selected."""
        return bool(self._chosen or self._chosen_edges or self.slabs.chosen)

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these steps."""
        wanted = dict.fromkeys(ids)
        with self.many_changes():
            self.slabs.choose(())
            for edge in list(self._chosen_edges):
                edge.setSelected(False)
            for item in list(self._chosen):
                item.setSelected(item.card.id in wanted)
            for node_id in wanted:
                if node_id in self.nodes:
                    self.nodes[node_id].setSelected(True)
        self.tell_picked()

    def clearSelection(self) -> None:
        if self.has_selection():
            self.select([])

    def select_at(self, point: QPointF) -> None:
        """Select what lies there alone, if it isn't selected."""
        node, edge = self.node_at(point), self.edge_at(point)
        slab = self.slabs.at(point)
        if node is not None:
            if not node.isSelected():
                self.select([node.card.id])
        elif edge is not None:
            self.select([])
            edge.setSelected(True)
        elif slab is not None and not slab[0].selected:
            self.select([])
            self.slabs.choose({slab[0].thing.id})

    # -- what lies where -----------------------------------------------------------

    def node_at(self, point: QPointF) -> NodeItem | None:
        """The topmost card under a point."""
        found = (i for i in self._cards_near(point) if i.box.contains(point))
        return next(found, None)

    def port_at(self, point: QPointF) -> PortRef | None:
        """The nearest port whose 20 px square holds the point."""
        found = (item.port_at(point) for item in self._cards_near(point))
        return next(filter(None, found), None)

    def edge_at(self, point: QPointF) -> EdgeItem | None:
        near = self.wires.near(_box(QRectF(point, point)))
        return next((i for i in near if i.shape().contains(point)), None)

    def edge_crossing(self, area: QRectF) -> EdgeItem | None:
        """A wire that passes through an area, e.g. under a dragged card."""
        near = self.wires.near(_box(area))
        return next((i for i in near if i.shape().intersects(area)), None)

    def tip_of(self, item: EdgeItem) -> str:
        """What flows through a wire, in words."""
        edge = item.edge
        source = self.nodes[self.pipeline.node(edge.source).id]
        port = next(p for p in source.card.outputs if p.name == edge.output)
        words = f"{edge.output} → {edge.input}: {describe(port.type)}"
        if item.label:
            words += f"\n{item.label} in the last run"
        if item.flow == "stale":
            card = source.card
            words += f"\nOut of date: {card.title} runs again, {card.subtitle}"
        return words

    def anchor(self, ref: PortRef) -> QPointF:
        node = self.nodes[ref.node_id]
        return node.anchor(ref.side, ref.port.name) or node.pos()

    def content_rect(self) -> QRectF:
        """The smallest area that holds all cards, frames and notes; null if there are
        none."""
        box, around = self.cards.bounds(), self.slabs.bounds()
        if box is None:
            return around
        return around | _rect(box).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)

    def area_to_fit(self) -> QRectF:
        """What holds all that is selected, or all."""
        area = QRectF()
        for node_id in self.selected_ids():
            area = area.united(self.nodes[node_id].box)
        for thing in self.slabs.chosen:
            area = area.united(self.slabs.items[thing.id].box)
        return area if not area.isNull() else self.content_rect()

    # -- what items tell ---------------------------------------------------------------

    def redraw_node(self, item: NodeItem) -> None:
        self.cards.touch(item)
        self._touch([item.bounds])

    def redraw_edge(self, item: EdgeItem) -> None:
        self.wires.touch(item)
        self._touch([item.bounds])

    def lay_node(self, item: NodeItem, before: Box) -> None:
        self.cards.put(item)
        self._touch([before, item.bounds])

    def pick(self, item: NodeItem | EdgeItem) -> None:
        """Remember whether an item is selected now."""
        if isinstance(item, NodeItem):
            (self._chosen.add if item.selected else self._chosen.discard)(item)
        elif item.selected:
            self._chosen_edges[item] = None
        else:
            self._chosen_edges.pop(item, None)
        self.tell_picked()

    def tell_picked(self) -> None:
        if not self._held:
            self.picked.emit()

    @contextmanager
    def many_changes(self) -> Iterator[None]:
        """Many changes: told and drawn once."""
        self._held = True
        for changes in (self._areas, self._moved, self._rejoined, self._restated):
            changes.clear()
        try:
            yield
        finally:
            self._held = False
        if self._areas:
            self._tell_shown()
            self._update_areas()

    # -- inside ----------------------------------------------------------------------

    def _update_areas(self) -> None:
        areas = [box for box in self._areas if box is not None]
        if len(areas) < len(self._areas) or len(areas) > MOST_AREAS:
            self.update()
            return
        for box in areas:
            self.update(_rect(box))

    def _tell_shown(self) -> None:
        if not self._telling.isActive():
            self._telling.start()

    def _touch(self, areas: Sequence[Box]) -> None:
        if self._held:
            if (room := MOST_AREAS + 1 - len(self._areas)) > 0:
                self._areas += areas[:room]
        elif areas:
            self._tell_shown()
            for area in areas:
                self.update(_rect(area))

    def _cards_near(self, point: QPointF) -> list[NodeItem]:
        """Cards that may lie under a point, the topmost first."""
        near = self.cards.near(_box(QRectF(point, point)))
        return sorted(near, key=lambda item: -item.number)

    def _show_slabs(self, before: Pipeline, pipeline: Pipeline) -> None:
        if before.annotations is not pipeline.annotations:
            self._areas.append(None)
        self.slabs.show(pipeline.annotations)

    def _show_nodes(
        self,
        before: Pipeline,
        card: Callable[[Node], Card],
        again: Container[str] | None,
    ) -> set[str]:
        """Add and change cards; the ids of those that are gone."""
        known, by_id = {id(node) for node in before.nodes}, before.by_id
        moved: list[NodeItem] = []
        added: list[NodeItem] = []
        for node in self.pipeline.nodes:
            same = id(node) in known
            if same and again is not None and node.id not in again:
                continue
            made, old = self.nodes.get(node.id), by_id.get(node.id)
            if made is None:
                added.append(self._add(node, card(node)))
                continue
            if again is None or node.id in again or not differs_in_place(old, node):
                if not same and not _wired_alike(old, node):
                    self._rejoined.add(node.id)
                self._show_card(made, card(node))
            if made.shift(*node.position):
                moved.append(made)
        self.cards.put(*moved, *added)
        self._moved.update(item.card.id for item in moved)
        self._rejoined.update(item.card.id for item in added)
        gone = self.nodes.keys() - self.pipeline.by_id.keys()
        self._take([self.nodes.pop(node_id) for node_id in gone])
        return gone

    def _take(self, items: Sequence[NodeItem]) -> None:
        for item in items:
            item.setSelected(False)
        self.cards.take(*items)
        self._touch([item.bounds for item in items])

    def _add(self, node: Node, card: Card) -> NodeItem:
        item = self.nodes[node.id] = NodeItem(card, self)
        self._count += 1
        item.number = self._count
        item.shift(*node.position)
        return item

    def _show_card(self, item: NodeItem, card: Card) -> None:
        before = item.card
        if card is before:
            return
        if item.show_card(card):
            self._moved.add(card.id)
            self._rejoined.add(card.id)
        if card.state != before.state or card.rows != before.rows:
            self._restated.add(card.id)

    def _show_flows(self) -> None:
        self._wiring.show_flows(self._restated)
        self._start_motion()

    def _start_motion(self) -> None:
        if self._wiring.running and not theme().reduced_motion:
            if not self._motion.isActive():
                self._motion.start()
        else:
            self._motion.stop()

    def _move_dashes(self) -> None:
        views = self.views()
        if not views or not views[0].isVisible():
            return
        view = views[0]
        seen = view.mapToScene(view.viewport().rect()).boundingRect()
        area = _box(seen)
        for item in self._wiring.running:
            if overlap(item.bounds, area):
                item.advance_dash(DASH_SPEED * FRAME_MS / 1000)

    def _redraw(self) -> None:
        """Today's colours on every card and wire."""
        self.cards.clear_drawn()
        self.update()


def _wired_alike(before: Node | None, after: Node) -> bool:
    """Whether a step goes by the same name and is fed by the same."""
    same = before is not None and before.inputs is after.inputs
    return same and before is not None and before.name == after.name


def _box(area: QRectF) -> Box:
    return (area.left(), area.top(), area.right(), area.bottom())


def _rect(box: Box) -> QRectF:
    left, top, right, bottom = box
    return QRectF(left, top, right - left, bottom - top)
