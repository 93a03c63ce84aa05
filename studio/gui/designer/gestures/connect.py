"""Pulling a wire: from a port to another, to a card, or to a new step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt

from studio.domain.node import Edge
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.edge_item import LooseWire
from studio.gui.designer.items.node_item import NodeItem, PortRef, Side

LARGER, FAINT = 1.3, 0.3
Hint = Callable[[str, str], object]
OpenQuickAdd = Callable[[QPointF, PortRef], object]


class ConnectGesture:
    """The ports that would take the wire grow, the others fade; the reason why one
    doesn't is told at the pointer."""

    def __init__(
        self, editor: Editor, pressed: PortRef, hint: Hint, quick_add: OpenQuickAdd
    ) -> None:
        self._editor, self._scene = editor, editor.scene
        self._hint, self._quick_add = hint, quick_add
        self._detached = self._detach(pressed)
        self._fixed = self._far_end(pressed)
        self._reasons: dict[tuple[str, str], str] = {}
        self._moved = False
        self._from = self._scene.anchor(pressed)
        self._wire = LooseWire()
        self._scene.addItem(self._wire)
        self._emphasise()

    @property
    def _wanted(self) -> Side:
        return "in" if self._fixed.side == "out" else "out"

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        if not self._moved and (point - self._from).manhattanLength() < 4:
            return
        self._moved = True
        target = self._target(point)
        reason = self._why_not(target) if target else ""
        end = self._scene.anchor(target) if target and not reason else point
        start = self._scene.anchor(self._fixed)
        ends = (start, end) if self._fixed.side == "out" else (end, start)
        self._wire.set_ends(*ends, "err" if reason else "accent")
        self._say(target, reason)

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        self._clear()
        if not self._moved:
            return
        target = self._target(point)
        if target is not None:
            self._connect(target)
        elif self._detached is not None:
            self._editor.disconnect_edge(self._detached)
        elif self._scene.node_at(point) is None:
            self._quick_add(point, self._fixed)

    def cancel(self) -> None:
        self._clear()

    def _connect(self, target: PortRef) -> None:
        ends = (self._fixed, target)
        source, sink = ends if self._fixed.side == "out" else ends[::-1]
        self._editor.join(source, sink, instead_of=self._detached)

    def _detach(self, pressed: PortRef) -> Edge | None:
        return self._editor.edge_into(pressed) if pressed.side == "in" else None

    def _far_end(self, pressed: PortRef) -> PortRef:
        """The port that stays: an input's wire is held by its loose end."""
        if self._detached is None:
            return pressed
        source = self._editor.pipeline.node(self._detached.source)
        card = self._scene.nodes[source.id].card
        found = (p for p in card.outputs if p.name == self._detached.output)
        port = next(found, None)
        if port is None:
            self._detached = None
            return pressed
        return PortRef(source.id, "out", port)

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
        free = [r for r in open_to if r.side == "out" or not self._editor.edge_into(r)]
        return next(iter(free or open_to or refs), None)

    def _why_not(self, other: PortRef) -> str:
        key = (other.node_id, other.port.name)
        if key not in self._reasons:
            ends = (self._fixed, other)
            source, sink = ends if self._fixed.side == "out" else ends[::-1]
            self._reasons[key] = self._editor.why_not(source, sink)
        return self._reasons[key]

    def _emphasise(self) -> None:
        for node in self._scene.nodes.values():
            factors: dict[tuple[Side, str], float] = {}
            sides: tuple[Side, ...] = ("in", "out")
            for side in sides:
                for port in node.ports(side):
                    ref = PortRef(node.card.id, side, port)
                    factors[side, port.name] = self._factor(ref)
            node.emphasise(factors)

    def _factor(self, ref: PortRef) -> float:
        if ref == self._fixed:
            return LARGER
        if ref.side != self._wanted:
            return FAINT
        return FAINT if self._why_not(ref) else LARGER

    def _say(self, target: PortRef | None, reason: str) -> None:
        if target is None:
            self._hint("", "")
        elif reason:
            self._hint(reason, "err")
        else:
            title = self._scene.nodes[target.node_id].card.title
            self._hint(f"Connect to {title} · {target.port.name}", "run")

    def _clear(self) -> None:
        self._scene.removeItem(self._wire)
        for node in self._scene.nodes.values():
            node.emphasise({})
        self._hint("", "")
