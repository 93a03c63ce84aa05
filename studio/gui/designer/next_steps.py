"""Adding the next step: beside what is selected, and on from what was just added."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF

from studio.domain.component import Component
from studio.gui.designer.editor import Editor
from studio.gui.designer.habits import Habits
from studio.gui.designer.items.node_item import PortRef, Side
from studio.gui.designer.quick_add import QuickAdd
from studio.gui.designer.quick_add_offers import Offer, liking_at
from studio.gui.designer.view import CanvasView

NEXT_STEP, WAY = 264.0, 108.0
"""From card to card, and from a card's middle to its ports."""


class NextSteps:
    """Says where the quick add box opens, for which ports, and adds what is chosen."""

    def __init__(
        self, editor: Editor, view: CanvasView, box: QuickAdd, habits: Habits
    ) -> None:
        self._editor, self._view = editor, view
        self._box, self._habits = box, habits
        box.chosen.connect(self._add_offer)
        view.quick_add_wanted.connect(self.ask_at)
        view.next_wanted.connect(self.ask_for_next)

    def add_beside(self, component: Component) -> None:
        """Add at the middle of the view, or after the selected step if that is seen."""
        chosen = self._editor.selected()
        middle = self._view.middle()
        if len(chosen) == 1:
            item = self._editor.scene.nodes[chosen[0].id]
            beside = item.box.center() + QPointF(NEXT_STEP, 0)
            middle = beside if self._view.seen().contains(beside) else middle
        self._editor.add(component, middle)

    def ask_at(self, point: QPointF, ref: PortRef | None) -> None:
        """Open the quick add box for a scene point."""
        self._ask_for(point, (ref,))

    def ask_for_next(self) -> None:
        """Open it beside the one selected step, for what its outputs could go to."""
        chosen = self._editor.selected()
        if len(chosen) != 1:
            self._ask_for(self._view.middle(), (None,))
            return
        node = chosen[0]
        item = self._editor.scene.nodes[node.id]
        refs = tuple(PortRef(node.id, "out", port) for port in item.card.outputs)
        self._ask_for(item.box.center() + QPointF(NEXT_STEP - WAY, 0), (*refs, None))

    def _ask_for(self, point: QPointF, refs: Sequence[PortRef | None]) -> None:
        if self._editor.document is not None:
            at: QPoint = self._view.mapFromScene(point)
            known, pipeline = self._editor.catalog.components, self._editor.pipeline
            liking = liking_at(refs, pipeline, self._editor.catalog, self._habits)
            self._box.ask(known, point, at, refs, liking)

    def _add_offer(self, offer: Offer, keep_open: bool) -> None:
        ref, side = self._box.ref, self._box.side
        joined = (ref, offer.port) if ref is not None and offer.port else None
        # The new card's port stands where the wire was let go.
        way = {"out": WAY, "in": -WAY, None: 0.0}[side]
        point = self._box.point + QPointF(way, 0)
        made = self._editor.add(offer.component, point, joined=joined)
        if keep_open:
            self._ask_after(made, backwards=side == "in")

    def _ask_after(self, node_id: str, *, backwards: bool) -> None:
        """Go on with the chain: the next step is joined to the one just added."""
        item = self._editor.scene.nodes[node_id]
        side: Side = "in" if backwards else "out"
        refs = tuple(PortRef(node_id, side, port) for port in item.ports(side))
        way = WAY - NEXT_STEP if backwards else NEXT_STEP - WAY
        self._ask_for(item.box.center() + QPointF(way, 0), (*refs, None))
