"""The scene, derived from the pipeline's value by comparing ids."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsScene

from studio.domain.component import describe
from studio.domain.node import Edge, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.cards import Card
from studio.gui.designer.items.edge_item import EdgeItem, Flow
from studio.gui.designer.items.node_item import NodeItem, PortRef
from studio.gui.theme.theme import theme

Wire = tuple[str, str, str, str]
FRAME_MS, DASH_SPEED = 40, 24.0


class DesignerScene(QGraphicsScene):
    """Cards by node id, wires by the ids and ports they join."""

    picked = Signal()
    """Something else is selected now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.nodes: dict[str, NodeItem] = {}
        self.edges: dict[Wire, EdgeItem] = {}
        self.pipeline = Pipeline("")
        self._held = False
        self._motion = QTimer(self)
        self._motion.setInterval(FRAME_MS)
        self._motion.timeout.connect(self._move_dashes)
        self.selectionChanged.connect(self._tell_picked)
        theme().changed.connect(self._redraw)

    def show_pipeline(self, pipeline: Pipeline, card: Callable[[Node], Card]) -> None:
        """Add, move and remove only what differs from what is shown."""
        self.pipeline = pipeline
        self._held = True
        self._show_nodes(pipeline, card)
        self._show_edges(pipeline)
        self._held = False
        self._tell_picked()

    def show_cards(self, card: Callable[[Node], Card]) -> None:
        """Draw states anew; nothing is added or moved."""
        for node in self.pipeline.nodes:
            if node.id in self.nodes:
                self.nodes[node.id].show_card(card(node))
        for wire, item in self.edges.items():
            item.set_flow(self._flow(wire))
        self._start_motion()

    def follow_nodes(self, ids: Iterable[str]) -> None:
        """Let wires follow cards that are being moved."""
        moved = set(ids)
        for (source, output, target, name), item in self.edges.items():
            if source in moved or target in moved:
                self._place(item, (source, output, target, name))

    # -- selection -----------------------------------------------------------------

    def selected_ids(self) -> list[str]:
        """The selected steps' ids, in the pipeline's order."""
        return [i for i, item in self.nodes.items() if item.isSelected()]

    def selected_edges(self) -> list[Edge]:
        return [item.edge for item in self.edges.values() if item.isSelected()]

    def select(self, ids: Iterable[str]) -> None:
        """Select exactly these steps."""
        wanted = set(ids)
        self._held = True
        for item in self.edges.values():
            item.setSelected(False)
        for node_id, node in self.nodes.items():
            node.setSelected(node_id in wanted)
        self._held = False
        self._tell_picked()

    # -- what lies where -----------------------------------------------------------

    def node_at(self, point: QPointF) -> NodeItem | None:
        found = (i for i in self.items(point) if isinstance(i, NodeItem))
        return next(found, None)

    def port_at(self, point: QPointF) -> PortRef | None:
        """The nearest port whose 20 px square holds the point."""
        for item in self.items(point):
            if isinstance(item, NodeItem) and (ref := item.port_at(point)):
                return ref
        return None

    def edge_at(self, point: QPointF) -> EdgeItem | None:
        found = (i for i in self.items(point) if isinstance(i, EdgeItem))
        return next(found, None)

    def edge_crossing(self, area: QRectF) -> EdgeItem | None:
        """A wire that passes through an area, e.g. under a dragged card."""
        found = (i for i in self.items(area) if isinstance(i, EdgeItem))
        return next(found, None)

    def anchor(self, ref: PortRef) -> QPointF:
        node = self.nodes[ref.node_id]
        return node.anchor(ref.side, ref.port.name) or node.pos()

    def content_rect(self) -> QRectF:
        """The smallest area that holds all cards; null if there are none."""
        area = QRectF()
        for item in self.nodes.values():
            area = area.united(item.box)
        return area

    # -- inside --------------------------------------------------------------------

    def _show_nodes(self, pipeline: Pipeline, card: Callable[[Node], Card]) -> None:
        for gone in self.nodes.keys() - pipeline.by_id.keys():
            self.removeItem(self.nodes.pop(gone))
        for node in pipeline.nodes:
            item = self.nodes.get(node.id)
            if item is None:
                item = self.nodes[node.id] = NodeItem(card(node))
                self.addItem(item)
            else:
                item.show_card(card(node))
            item.setPos(*node.position)

    def _show_edges(self, pipeline: Pipeline) -> None:
        wanted = self._wires(pipeline)
        for gone in self.edges.keys() - wanted.keys():
            self.removeItem(self.edges.pop(gone))
        for wire, edge in wanted.items():
            item = self.edges.get(wire)
            if item is None:
                item = self.edges[wire] = EdgeItem(edge)
                self.addItem(item)
            item.edge = edge
            self._place(item, wire)
            item.set_flow(self._flow(wire))
        self._start_motion()

    def _wires(self, pipeline: Pipeline) -> Mapping[Wire, Edge]:
        """Edges whose two ports are there to be joined."""
        found: dict[Wire, Edge] = {}
        for edge in pipeline.edges:
            source = pipeline.by_name.get(edge.source)
            target = pipeline.by_name[edge.target]
            if source is None or not self._has_ports(edge, source.id, target.id):
                continue
            found[source.id, edge.output, target.id, edge.input] = edge
        return found

    def _has_ports(self, edge: Edge, source: str, target: str) -> bool:
        start = self.nodes[source].anchor("out", edge.output)
        return bool(start and self.nodes[target].anchor("in", edge.input))

    def _place(self, item: EdgeItem, wire: Wire) -> None:
        source, output, target, name = wire
        start = self.nodes[source].anchor("out", output)
        end = self.nodes[target].anchor("in", name)
        if start is not None and end is not None:
            item.set_ends(start, end)
            port = next(p for p in self.nodes[source].card.outputs if p.name == output)
            item.set_tip(f"{output} → {name}: {describe(port.type)}")

    def _flow(self, wire: Wire) -> Flow:
        source, target = self.nodes[wire[0]].card, self.nodes[wire[2]].card
        if source.state == "FAILED":
            return "failed"
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
        for item in self.edges.values():
            if item.flow == "running" and seen.intersects(item.boundingRect()):
                item.advance_dash(DASH_SPEED * FRAME_MS / 1000)

    def _redraw(self) -> None:
        """Today's colours on every card and wire."""
        for item in (*self.nodes.values(), *self.edges.values()):
            item.update()

    def _tell_picked(self) -> None:
        if not self._held:
            self.picked.emit()

    def item_under(self, point: QPointF) -> object:
        """The topmost item, for tests."""
        return self.itemAt(point, QTransform())
