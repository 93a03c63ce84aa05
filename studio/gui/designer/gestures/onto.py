"""What a card that is dragged would do where it is: go into a wire, replace a step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from studio.domain.component import Component
from studio.domain.node import Edge
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.theme.theme import tokens

REACH, ROOM = 32.0, 6.0
Hint = Callable[[str, str], object]


class Onto:
    """Marks the wire or the step under a point; with Alt there is none."""

    def __init__(
        self, editor: Editor, component: Component, hint: Hint, *, dragged: str = ""
    ) -> None:
        self._editor, self._component = editor, component
        self._hint, self._dragged = hint, dragged
        self._wire: EdgeItem | None = None
        self._card: NodeItem | None = None
        self._ring: QGraphicsRectItem | None = None

    @property
    def edge(self) -> Edge | None:
        return self._wire.edge if self._wire else None

    @property
    def node_id(self) -> str:
        """The step that would be replaced."""
        return self._card.card.id if self._card else ""

    def look(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The card's middle is there now."""
        alone = bool(keys & Qt.KeyboardModifier.AltModifier)
        card = None if alone else self._card_at(point)
        wire = None if alone or card else self._wire_at(point)
        self._mark_card(card)
        self._mark_wire(wire)
        self._hint(self._words(), "run")

    def clear(self) -> None:
        """Nothing is marked any more."""
        self._mark_card(None)
        self._mark_wire(None)
        self._hint("", "")

    def _words(self) -> str:
        if self._card is not None:
            return f"Replace {self._card.card.title} (with Alt: beside it)"
        return "Put into this wire (with Alt: beside it)" if self._wire else ""

    def _card_at(self, point: QPointF) -> NodeItem | None:
        items = self._editor.scene.nodes.items()
        found = (c for i, c in items if i != self._dragged and c.box.contains(point))
        return next(found, None)

    def _wire_at(self, point: QPointF) -> EdgeItem | None:
        near = QRectF(point.x() - REACH / 2, point.y() - REACH / 2, REACH, REACH)
        edge = self._editor.scene.edge_crossing(near)
        if edge is None or not self._editor.fits_between(self._component, edge.edge):
            return None
        return edge

    def _mark_wire(self, wire: EdgeItem | None) -> None:
        if wire is self._wire:
            return
        if self._wire is not None:
            self._wire.set_marked(False)
        if wire is not None:
            wire.set_marked(True)
        self._wire = wire

    def _mark_card(self, card: NodeItem | None) -> None:
        if card is self._card:
            return
        if self._ring is not None:
            self._editor.scene.removeItem(self._ring)
            self._ring = None
        if card is not None:
            self._ring = QGraphicsRectItem(card.box.adjusted(-ROOM, -ROOM, ROOM, ROOM))
            pen = QPen(QColor(tokens().accent), 2, Qt.PenStyle.DashLine)
            self._ring.setPen(pen)
            self._ring.setZValue(4)
            self._editor.scene.addItem(self._ring)
        self._card = card
