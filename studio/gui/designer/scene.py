"""The scene, derived from the pipeline's value by comparing ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsScene

from studio.domain.component import describe
from studio.domain.node import Edge, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.cards import Card
from studio.gui.designer.geometry import MARGIN
from studio.gui.designer.items.edge_item import EdgeItem, Flow
from studio.gui.designer.items.node_item import NodeItem, PortRef
from studio.gui.designer.items.slabs import Slabs
from studio.gui.designer.sheets import Box, Sheets
from studio.gui.theme.theme import theme

Wire = tuple[str, str, str, str]
FRAME_MS, DASH_SPEED = 40, 24.0


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
        self.edges: dict[Wire, EdgeItem] = {}
        self.cards: Sheets[NodeItem] = Sheets()
        self.wires: Sheets[EdgeItem] = Sheets()
        self.slabs = Slabs(self, self.tell_picked)
        self.pipeline = Pipeline("")
        self._wires_at: defaultdict[str, set[Wire]] = defaultdict(set)
        self._moved: set[str] = set()
        self._restated: set[str] = set()
        self._held = self._touched = False
        self._count = 0
        self._motion = QTimer(self)
        self._motion.setInterval(FRAME_MS)
        self._motion.timeout.connect(self._move_dashes)
        self._telling = QTimer(self, singleShot=True, interval=0)
        self._telling.timeout.connect(self.shown)
        theme().changed.connect(self._redraw)

    def show_pipeline(self, pipeline: Pipeline, card: Callable[[Node], Card]) -> None:
        """Add, move and remove only what differs from what is shown."""
        before, self.pipeline = self.pipeline, pipeline
        with self._hold():
            self._show_slabs(before, pipeline)
            self._show_nodes(pipeline, card)
            if not _wired_alike(before, pipeline) or self._ports_changed():
                self._show_edges(pipeline)
            self.follow_nodes(self._moved)
            self._show_flows()
        self.tell_picked()

    def show_cards(self, card: Callable[[Node], Card]) -> None:
        """Draw states anew; nothing is added or moved."""
        with self._hold():
            for node in self.pipeline.nodes:
                if node.id in self.nodes:
                    self._show_card(self.nodes[node.id], card(node))
            self.follow_nodes(self._moved)
            self._show_flows()

    def follow_nodes(self, ids: Iterable[str]) -> None:
        """Let wires follow cards that are being moved."""
        for wire in {wire for i in ids for wire in self._wires_at.get(i, ())}:
            self._place(self.edges[wire], wire)

    def wires_at(self, node_id: str) -> Iterable[Wire]:
        """The wires that end at a step."""
        return self._wires_at.get(node_id, ())

    # -- selection -----------------------------------------------------------------

    def selected_ids(self) -> list[str]:
        """The selected steps' ids, in the pipeline's order."""
        return [i for i, item in self.nodes.items() if item.selected]

    def selected_edges(self) -> list[Edge]:
        return [item.edge for item in self.edges.values() if item.selected]

    def has_selection(self) -> bool:
        """Whether a step, a wire, a frame or a note is selected."""
        nodes, edges = self.nodes.values(), self.edges.values()
        lines = any(i.selected for i in nodes) or any(i.selected for i in edges)
        return lines or bool(self.slabs.chosen)

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these steps."""
        wanted = set(ids)
        with self._hold():
            self.slabs.choose(())
            for item in self.edges.values():
                item.setSelected(False)
            for node_id, node in self.nodes.items():
                node.setSelected(node_id in wanted)
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
        self._touch(item.bounds)

    def redraw_edge(self, item: EdgeItem) -> None:
        self.wires.touch(item)
        self._touch(item.bounds)

    def lay_node(self, item: NodeItem, before: Box) -> None:
        self.cards.put(item)
        self._touch(before)
        self._touch(item.bounds)

    def tell_picked(self) -> None:
        if not self._held:
            self.picked.emit()

    # -- inside ----------------------------------------------------------------------

    @contextmanager
    def _hold(self) -> Iterator[None]:
        """Many changes: told and drawn once."""
        self._held, self._touched = True, False
        self._moved.clear()
        self._restated.clear()
        try:
            yield
        finally:
            self._held = False
        if self._touched:
            self._tell_shown()
            self.update()

    def _tell_shown(self) -> None:
        if not self._telling.isActive():
            self._telling.start()

    def _touch(self, area: Box) -> None:
        if self._held:
            self._touched = True
            return
        self._tell_shown()
        self.update(_rect(area))

    def _cards_near(self, point: QPointF) -> list[NodeItem]:
        """Cards that may lie under a point, the topmost first."""
        near = self.cards.near(_box(QRectF(point, point)))
        return sorted(near, key=lambda item: -item.number)

    def _show_slabs(self, before: Pipeline, pipeline: Pipeline) -> None:
        if before.annotations is not pipeline.annotations:
            self._touched = True
        self.slabs.show(pipeline.annotations)

    def _show_nodes(self, pipeline: Pipeline, card: Callable[[Node], Card]) -> None:
        for gone in self.nodes.keys() - pipeline.by_id.keys():
            item = self.nodes.pop(gone)
            self.cards.take(item)
            self._touch(item.bounds)
        for node in pipeline.nodes:
            made = self.nodes.get(node.id)
            if made is None:
                self._add(node, card(node))
                continue
            self._show_card(made, card(node))
            if made.place(*node.position):
                self._moved.add(node.id)

    def _add(self, node: Node, card: Card) -> None:
        item = self.nodes[node.id] = NodeItem(card, self)
        self._count += 1
        item.number = self._count
        item.place(*node.position)
        self.cards.put(item)
        self._touch(item.bounds)
        self._moved.add(node.id)
        self._restated.add(node.id)

    def _show_card(self, item: NodeItem, card: Card) -> None:
        before = item.card
        if card is before:
            return
        if item.show_card(card):
            self._moved.add(card.id)
        if card.state != before.state or card.rows != before.rows:
            self._restated.add(card.id)

    def _ports_changed(self) -> bool:
        """Whether a wire may have become possible, or impossible."""
        return any(
            (source := self.nodes.get(wire[0])) is None
            or (target := self.nodes.get(wire[2])) is None
            or wire[1] not in source.places("out")
            or wire[3] not in target.places("in")
            for node_id in self._moved
            for wire in self._wires_at.get(node_id, ())
        ) or len(self.edges) < len(self.pipeline.edges)

    def _show_edges(self, pipeline: Pipeline) -> None:
        wanted = self._wires(pipeline)
        for gone in self.edges.keys() - wanted.keys():
            self._remove_edge(gone)
        for wire, edge in wanted.items():
            item = self.edges.get(wire)
            if item is None:
                self._add_edge(wire, edge)
            else:
                item.edge = edge

    def _add_edge(self, wire: Wire, edge: Edge) -> None:
        item = self.edges[wire] = EdgeItem(edge, self)
        for end in (wire[0], wire[2]):
            self._wires_at[end].add(wire)
        self._place(item, wire)
        self._tell_flow(item, wire)

    def _remove_edge(self, wire: Wire) -> None:
        item = self.edges.pop(wire)
        self.wires.take(item)
        for end in (wire[0], wire[2]):
            self._wires_at[end].discard(wire)
        self._touch(item.bounds)

    def _wires(self, pipeline: Pipeline) -> Mapping[Wire, Edge]:
        """Edges whose two ports are there to be joined."""
        found: dict[Wire, Edge] = {}
        names = {node.name: self.nodes[node.id] for node in pipeline.nodes}
        for edge in pipeline.edges:
            source, target = names.get(edge.source), names[edge.target]
            if source is None or edge.output not in source.places("out"):
                continue
            if edge.input in target.places("in"):
                wire = (source.card.id, edge.output, target.card.id, edge.input)
                found[wire] = edge
        return found

    def _place(self, item: EdgeItem, wire: Wire) -> None:
        source, output, target, name = wire
        start = self.nodes[source].port_place("out", output)
        end = self.nodes[target].port_place("in", name)
        before = item.bounds
        if start is not None and end is not None and item.set_ends(*start, *end):
            self.wires.put(item)
            self._touch(before)
            self._touch(item.bounds)

    def _show_flows(self) -> None:
        for wire in {w for i in self._restated for w in self._wires_at.get(i, ())}:
            self._tell_flow(self.edges[wire], wire)
        self._start_motion()

    def _tell_flow(self, item: EdgeItem, wire: Wire) -> None:
        """What goes, or went, through a wire."""
        item.set_flow(self._flow(wire))
        item.set_label(dict(self.nodes[wire[0]].card.rows).get(wire[1], ""))

    def _flow(self, wire: Wire) -> Flow:
        source, target = self.nodes[wire[0]].card, self.nodes[wire[2]].card
        if source.state == "FAILED":
            return "failed"
        if source.state == "STALE":
            return "stale"
        if target.state == "RUNNING":
            return "running"
        return "done" if source.state in ("SUCCEEDED", "REUSED") else "idle"

    def _start_motion(self) -> None:
        flows = any(item.flow == "running" for item in self.edges.values())
        if flows and not theme().reduced_motion:
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
        for item in self.wires.near(_box(seen)):
            if item.flow == "running":
                item.advance_dash(DASH_SPEED * FRAME_MS / 1000)

    def _redraw(self) -> None:
        """Today's colours on every card and wire."""
        self.cards.clear_drawn()
        self.update()


def _wired_alike(before: Pipeline, after: Pipeline) -> bool:
    """Whether the same steps are fed by the same."""
    if len(before.nodes) != len(after.nodes):
        return False
    pairs = zip(before.nodes, after.nodes, strict=True)
    return all(
        a is b or (a.inputs is b.inputs and a.name == b.name and a.id == b.id)
        for a, b in pairs
    )


def _box(area: QRectF) -> Box:
    return (area.left(), area.top(), area.right(), area.bottom())


def _rect(box: Box) -> QRectF:
    left, top, right, bottom = box
    return QRectF(left, top, right - left, bottom - top)
