"""Pulling a wire: from a port to another, to a card, or to a new step.

A wire that is there already is moved by its end, all wires of a port with Shift.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt

from studio.domain.adapters import Chain
from studio.domain.component import why_incompatible
from studio.domain.node import Edge
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.edge_item import EdgeItem, LooseWire
from studio.gui.designer.items.node_item import NodeItem, PortRef, Side

LARGER, FAINT = 1.3, 0.3
PLAIN: Mapping[tuple[Side, str], float] = {}
END_REACH = 44.0
"""How near to its end a wire is taken by that end."""


@dataclass(frozen=True)
class Answers:
    """What the canvas shows while and after a wire is pulled."""

    hint: Callable[[str, str], object]
    quick_add: Callable[[QPointF, PortRef], object]
    repair: Callable[[Refusal, QPointF], object]


@dataclass(frozen=True)
class Refusal:
    """Two ports that don't fit, and the steps that would go between."""

    reason: str
    source: PortRef
    target: PortRef
    chain: Chain
    instead_of: tuple[Edge, ...] = ()


@dataclass(frozen=True)
class Held:
    """The ports whose wires are in the hand, and the wires there were."""

    fixed: tuple[PortRef, ...]
    wires: tuple[Edge, ...] = ()

    @property
    def side(self) -> Side:
        return self.fixed[0].side


def held_at_port(editor: Editor, pressed: PortRef, keys: Qt.KeyboardModifier) -> Held:
    """A new wire; an input's own one; with Shift all wires of the port."""
    every = bool(keys & Qt.KeyboardModifier.ShiftModifier)
    wires = (
        editor.connections.edges_at(pressed) if every or pressed.side == "in" else []
    )
    return _held(editor, pressed.side, wires) or Held((pressed,))


def held_at_end(editor: Editor, item: EdgeItem, point: QPointF) -> Held | None:
    """A wire taken by the end that is near; None in its middle."""
    start, end = item.ends
    to_start = (point - start).manhattanLength()
    to_end = (point - end).manhattanLength()
    if min(to_start, to_end) > min(END_REACH, (end - start).manhattanLength() / 3):
        return None
    return _held(editor, "out" if to_start < to_end else "in", [item.edge])


def _held(editor: Editor, side: Side, wires: list[Edge]) -> Held | None:
    """Wires taken off the port of one side: their other ends stay."""
    ends = [
        editor.connections.end_of(wire, "in" if side == "out" else "out")
        for wire in wires
    ]
    known = tuple(ref for ref in ends if ref is not None)
    return Held(known, tuple(wires)) if known and len(known) == len(wires) else None


def insert_adapter(editor: Editor, refusal: Refusal) -> None:
    """Put the steps between the two ports, joined on both sides, in one edit."""
    middle = (
        editor.scene.anchor(refusal.source) + editor.scene.anchor(refusal.target)
    ) / 2
    editor.connections.insert_between(
        refusal.chain,
        (refusal.source, refusal.target),
        middle,
        instead_of=refusal.instead_of,
    )


class ConnectGesture:
    """The ports that would take the wire grow, the others fade; the reason why one
    doesn't is told at the pointer."""

    def __init__(
        self,
        editor: Editor,
        held: Held,
        pressed: QPointF,
        answers: Answers,
    ) -> None:
        self._editor, self._scene = editor, editor.scene
        self._held, self._from = held, pressed
        self._answers, self._hint = answers, answers.hint
        self._under: PortRef | None = None
        self._reasons: dict[tuple[str, str], str] = {}
        self._chains: dict[PortRef, Chain | None] = {}
        self._moved = False
        self._loose = {ref: LooseWire() for ref in held.fixed}
        for wire in self._loose.values():
            self._scene.addItem(wire)
        self._emphasise()

    @property
    def _wanted(self) -> Side:
        return "in" if self._held.side == "out" else "out"

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        if not self._moved and (point - self._from).manhattanLength() < 4:
            return
        self._moved = True
        target = self._under = self._target(point)
        reason = self._why_not(target) if target else ""
        end = self._scene.anchor(target) if target and not reason else point
        for ref, wire in self._loose.items():
            start = self._scene.anchor(ref)
            ends = (start, end) if ref.side == "out" else (end, start)
            wire.set_ends(*ends, "err" if reason else "accent")
        self._say(target, reason)

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        self._clear()
        if not self._moved:
            return
        target = self._target(point)
        if target is not None:
            refusal = self._refusal(target)
            if refusal is not None:
                self._answers.repair(refusal, point)
            else:
                self._connect(target)
        elif self._held.wires:
            self._editor.connections.disconnect_edges(self._held.wires)
        elif self._scene.node_at(point) is None:
            self._answers.quick_add(point, self._held.fixed[0])

    def mend(self) -> bool:
        """A key while a port refuses: insert what would fit; True if that was done."""
        refusal = self._refusal(self._under) if self._under else None
        if refusal is None:
            return False
        self._clear()
        insert_adapter(self._editor, refusal)
        return True

    def cancel(self) -> None:
        self._clear()

    def _connect(self, target: PortRef) -> None:
        joints = [self._joint(ref, target) for ref in self._held.fixed]
        self._editor.connections.join(joints, instead_of=self._held.wires)

    def _joint(self, fixed: PortRef, other: PortRef) -> tuple[PortRef, PortRef]:
        """(output, input)"""
        return (fixed, other) if fixed.side == "out" else (other, fixed)

    def _target(self, point: QPointF) -> PortRef | None:
        ref = self._scene.port_at(point)
        if ref is not None and ref.side == self._wanted:
            return ref
        node = self._scene.node_at(point)
        return self._best_port(node) if node is not None else None

    def _best_port(self, node: NodeItem) -> PortRef | None:
        """The port a wire let go over a card would take: a free one first."""
        refs = [
            PortRef(node.card.id, self._wanted, port)
            for port in node.ports(self._wanted)
        ]
        open_to = [ref for ref in refs if not self._why_not(ref)]
        free = [
            r
            for r in open_to
            if r.side == "out" or not self._editor.connections.edge_into(r)
        ]
        return next(iter(free or open_to or refs), None)

    def _why_not(self, other: PortRef) -> str:
        """The first reason against joining what is held to a port."""
        key = (other.node_id, other.port.name)
        if key not in self._reasons:
            joints = (self._joint(ref, other) for ref in self._held.fixed)
            reasons = (self._editor.connections.why_not(*ends) for ends in joints)
            self._reasons[key] = next(filter(None, reasons), "")
        return self._reasons[key]

    def _refusal(self, target: PortRef) -> Refusal | None:
        """Why a port refuses, if a step in between would mend it."""
        if len(self._held.fixed) > 1 or not (reason := self._why_not(target)):
            return None
        source, sink = self._joint(self._held.fixed[0], target)
        if target not in self._chains:  # looked for once, not at each move
            self._chains[target] = self._editor.connections.chain_between(source, sink)
        chain = self._chains[target]
        if chain is None:
            return None
        return Refusal(reason, source, sink, chain, self._held.wires)

    def _emphasise(self) -> None:
        """Cards with the same ports look the same, but for those behind the wire."""
        shut, own = self._shut(), {ref.node_id for ref in self._held.fixed}
        known: dict[tuple[int, int, bool], Mapping[tuple[Side, str], float]] = {}
        with self._scene.many_changes():
            for node_id, node in self._scene.nodes.items():
                card, closed = node.card, node_id in shut
                key = (id(card.inputs), id(card.outputs), closed)
                if node_id in own:
                    node.emphasise(self._factors(node, closed))
                    continue
                if key not in known:
                    known[key] = self._factors(node, closed)
                node.emphasise(known[key])

    def _shut(self) -> frozenset[str]:
        """Ids of the steps that no wire in the hand may join, as that made a cycle."""
        pipeline, by_id = self._editor.pipeline, self._editor.pipeline.by_id
        names = [by_id[ref.node_id].name for ref in self._held.fixed]
        leads = pipeline.upstream if self._held.side == "out" else pipeline.downstream
        behind = (leads([name]) for name in names)
        return frozenset(
            pipeline.by_name[name].id for name in frozenset[str]().union(*behind)
        )

    def _factors(
        self, node: NodeItem, closed: bool
    ) -> Mapping[tuple[Side, str], float]:
        sides: tuple[Side, ...] = ("in", "out")
        return {
            (side, port.name): self._factor(PortRef(node.card.id, side, port), closed)
            for side in sides
            for port in node.ports(side)
        }

    def _factor(self, ref: PortRef, closed: bool) -> float:
        if ref in self._held.fixed:
            return LARGER
        if ref.side != self._wanted or closed:
            return FAINT
        joints = (self._joint(fixed, ref) for fixed in self._held.fixed)
        fits = all(not why_incompatible(out.port, into.port) for out, into in joints)
        return LARGER if fits else FAINT

    def _say(self, target: PortRef | None, reason: str) -> None:
        if target is None:
            self._hint("", "")
        elif reason:
            refusal = self._refusal(target)
            if refusal is not None:
                mend = f"Space inserts {refusal.chain.title}"
            else:
                mend = self._editor.connections.instead(
                    *self._joint(self._held.fixed[0], target)
                )
            self._hint(" · ".join(filter(None, (reason, mend))), "err")
        else:
            self._hint(self._offer(target), "run")

    def _offer(self, target: PortRef) -> str:
        """What letting go here would do."""
        title = self._scene.nodes[target.node_id].card.title
        before = (
            self._editor.connections.edge_into(target) if target.side == "in" else None
        )
        if before is None or before in self._held.wires:
            return f"Connect to {title} · {target.port.name}"
        source = self._editor.pipeline.node(before.source).title
        return (
            f"Connect to {title} · {target.port.name}: replaces the wire from {source}"
        )

    def _clear(self) -> None:
        for wire in self._loose.values():
            self._scene.removeItem(wire)
        with self._scene.many_changes():
            for node in self._scene.nodes.values():
                node.emphasise(PLAIN)
        self._hint("", "")
