"""A component dragged from the palette: its card is there before it is dropped."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from studio.domain.component import Component
from studio.domain.pipeline import Node
from studio.gui.designer.cards import card_of
from studio.gui.designer.editor import Editor
from studio.gui.designer.geometry import HEIGHT, WIDTH, snapped
from studio.gui.designer.items.card_paint import bundled_icon
from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.items.node_item import NodeItem


class DropGesture:
    """Over a wire that it fits into, the component goes between (not with Alt)."""

    def __init__(self, editor: Editor, component: Component) -> None:
        self._editor, self._component = editor, component
        bundled_icon(component.icon)
        node = Node("ghost", "ghost", component, display_name=component.title)
        self._ghost = NodeItem(card_of(editor.pipeline, node, component))
        self._ghost.setOpacity(0.8)
        self._ghost.setZValue(5)
        self._ghost.setEnabled(False)
        editor.scene.addItem(self._ghost)
        self._under: EdgeItem | None = None

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        corner = point - QPointF(WIDTH / 2, HEIGHT / 2)
        self._ghost.setPos(*snapped(corner))
        alone = bool(keys & Qt.KeyboardModifier.AltModifier)
        self._mark(None if alone else self._wire_at(point))

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        between = self._under.edge if self._under else None
        self.cancel()
        self._editor.add(self._component, point, between=between)

    def cancel(self) -> None:
        self._mark(None)
        if self._ghost.scene() is not None:
            self._editor.scene.removeItem(self._ghost)

    def _wire_at(self, point: QPointF) -> EdgeItem | None:
        near = QRectF(point.x() - 16, point.y() - 16, 32, 32)
        edge = self._editor.scene.edge_crossing(near)
        if edge is None or not self._editor.fits_between(self._component, edge.edge):
            return None
        return edge

    def _mark(self, edge: EdgeItem | None) -> None:
        if edge is self._under:
            return
        if self._under is not None:
            self._under.set_marked(False)
        if edge is not None:
            edge.set_marked(True)
        self._under = edge
