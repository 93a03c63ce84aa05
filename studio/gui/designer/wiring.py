"""The wires between cards, joined anew only where a pipeline has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set

from studio.domain.node import FromStep
from studio.domain.pipeline import Pipeline
from studio.domain.wire_way import MOST_LED, CardsNear
from studio.gui.designer.geometry import WIDTH
from studio.gui.designer.items.board import Board
from studio.gui.designer.items.edge_item import EdgeItem, Flow
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.designer.sheets import Box, Sheets

Wire = tuple[str, str, str, str]
"""From a step's output to a step's input, by the steps' ids."""


class Wiring:
    """`edges` by what they join; `sheets` is where they lie."""

    def __init__(
        self,
        board: Board,
        nodes: Mapping[str, NodeItem],
        cards: Sheets[NodeItem],
        touch: Callable[[Sequence[Box]], object],
    ) -> None:
        self.edges: dict[Wire, EdgeItem] = {}
        self.sheets: Sheets[EdgeItem] = Sheets()
        self.running: set[EdgeItem] = set()
        self._board, self._nodes, self._touch = board, nodes, touch
        self._cards, self._leads = cards, True
        self._at: defaultdict[str, dict[EdgeItem, Wire]] = defaultdict(dict)
        self._loose: set[str] = set()
        """Steps with an input that names a step or a port which isn't there."""

    def at(self, node_id: str) -> Iterable[Wire]:
        """The wires that end at a step."""
        return self._at[node_id].values() if node_id in self._at else ()

    def show(
        self, pipeline: Pipeline, changed: Iterable[str], gone: Iterable[str]
    ) -> None:
        """Join the wires at these steps anew; all others are as they were."""
        changed, gone = set(changed), set(gone)
        targets = changed | self._loose
        for node_id in changed | gone:
            targets |= {wire[2] for wire in self.at(node_id)}
        added: list[Wire] = []
        # In the pile's order, so that wires lie over each other the same each time.
        for node_id in sorted(targets - gone, key=lambda i: self._nodes[i].number):
            added += self._join(pipeline, node_id)
        for wire in added:
            self._tell_flow(self.edges[wire], wire)
        self._place(self.edges[wire] for wire in added)
        self._remove({wire for node_id in gone for wire in self.at(node_id)})
        for node_id in gone:
            self._at.pop(node_id, None)
            self._loose.discard(node_id)

    def follow(self, ids: Iterable[str]) -> None:
        """Let wires follow cards that have moved."""
        self._place(self._ending_at(ids))

    def lead_on(self, ids: Set[str]) -> None:
        """Lead the wires of cards that are being moved around all others.

        A wire that made way for a card in the hand could not take it in.
        """
        if len(self.edges) <= MOST_LED:
            self._lead(self._ending_at(ids), ids)

    def lead(self, ids: Iterable[str]) -> None:
        """Lead wires around cards, where these steps came, went or moved."""
        before, self._leads = self._leads, len(self.edges) <= MOST_LED
        if not self._leads:
            if before:
                self._lead(self.edges.values(), None)
            return
        if not before:
            self._lead(self.edges.values(), ())
            return
        items = self._ending_at(ids)
        items.update((i, wire) for wire, i in self.edges.items() if i.way is not None)
        for node_id in ids:
            if (card := self._nodes.get(node_id)) is not None:
                items.update(dict.fromkeys(self.sheets.near(card.bounds)))
        self._lead(items, ())

    def _lead(self, items: Iterable[EdgeItem], held: Container[str] | None) -> None:
        """Around all cards but those that are held; None stands for no card at all."""
        lain: list[Box] = []
        led: list[EdgeItem] = []
        for item in list(items):
            before = item.bounds
            if item.lead(None if held is None else self._near(item, held)):
                lain.append(before)
                led.append(item)
        self.sheets.put(*led)
        self._touch(lain)
        self._touch([item.bounds for item in led])

    def _near(self, item: EdgeItem, held: Container[str]) -> CardsNear:
        def near(area: Box) -> list[Box]:
            return [
                (card.x, card.y, card.x + WIDTH, card.y + card.height)
                for card in self._cards.near(area)
                if card is not item.source
                and card is not item.target
                and card.card.id not in held
            ]

        return near

    def _ending_at(self, ids: Iterable[str]) -> dict[EdgeItem, Wire | None]:
        at = self._at
        items: dict[EdgeItem, Wire | None] = {}
        for node_id in ids:
            if node_id in at:
                items.update(at[node_id])
        return items

    def show_flows(self, ids: Iterable[str]) -> None:
        """Draw what goes through the wires of these steps now."""
        for wire in {wire for i in ids for wire in self.at(i)}:
            self._tell_flow(self.edges[wire], wire)

    def _join(self, pipeline: Pipeline, node_id: str) -> list[Wire]:
        """The wires that end at one step; those that are new have no place yet."""
        wanted, whole = self._wires_into(pipeline, node_id)
        (self._loose.discard if whole else self._loose.add)(node_id)
        before = [wire for wire in self.at(node_id) if wire[2] == node_id]
        if not wanted >= set(before):
            self._remove(wire for wire in before if wire not in wanted)
        added: list[Wire] = []
        for wire in wanted:
            item = self.edges.get(wire)
            if item is None:
                self._add(wire)
                added.append(wire)
            else:
                item.find_ports()
        return added

    def _wires_into(self, pipeline: Pipeline, node_id: str) -> tuple[Set[Wire], bool]:
        """Those whose two ports are there to be joined, and whether that is all."""
        node, target = pipeline.by_id[node_id], self._nodes[node_id]
        found: dict[Wire, None] = {}
        whole = True
        for name, bound in node.inputs.items():
            if not isinstance(bound, FromStep):
                continue
            source = pipeline.by_name.get(bound.step)
            start = self._nodes.get(source.id) if source is not None else None
            if (
                source is not None
                and start is not None
                and bound.output in start.places("out")
                and name in target.places("in")
            ):
                found[source.id, bound.output, node_id, name] = None
            else:
                whole = False
        return found.keys(), whole

    def _add(self, wire: Wire) -> None:
        source, output, target, name = wire
        ends = self._nodes[source], self._nodes[target]
        item = EdgeItem(ends[0], output, ends[1], name, self._board)
        self.edges[wire] = item
        self._at[source][item] = self._at[target][item] = wire

    def _remove(self, wires: Iterable[Wire]) -> None:
        gone: list[EdgeItem] = []
        for wire in list(wires):
            item = self.edges.pop(wire)
            item.setSelected(False)
            self.running.discard(item)
            for end in (wire[0], wire[2]):
                self._at[end].pop(item, None)
            gone.append(item)
        self.sheets.take(*gone)
        self._touch([item.bounds for item in gone])

    def _place(self, items: Iterable[EdgeItem]) -> None:
        """Let them go from port to port, and be found there."""
        moved: list[EdgeItem] = []
        lain: list[Box] = []
        for item in items:
            before = item.bounds
            if item.follow():
                moved.append(item)
                lain.append(before)
        self.sheets.put(*moved)
        self._touch(lain)
        self._touch([item.bounds for item in moved])

    def _tell_flow(self, item: EdgeItem, wire: Wire) -> None:
        """What goes, or went, through a wire."""
        flow = self._flow(wire)
        (self.running.add if flow == "running" else self.running.discard)(item)
        item.set_flow(flow)
        rows = self._nodes[wire[0]].card.rows
        item.set_label(dict(rows).get(wire[1], "") if rows else "")

    def _flow(self, wire: Wire) -> Flow:
        source, target = self._nodes[wire[0]].card, self._nodes[wire[2]].card
        if source.state == "FAILED":
            return "failed"
        if source.state == "STALE":
            return "stale"
        if target.state == "RUNNING":
            return "running"
        return "done" if source.state in ("SUCCEEDED", "REUSED") else "idle"
