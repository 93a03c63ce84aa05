"""A component dragged from the palette, or a wire that it would go into."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from studio.domain.component import Component
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.edge_item import EdgeItem

REACH = 32.0


class DropGesture:
    """Over a wire that it fits into, the component goes between (not with Alt).

    The card itself is the drag's picture, which the window system draws on top.
    """

    def __init__(self, editor: Editor, component: Component) -> None:
        self._editor, self._component = editor, component
        self._under: EdgeItem | None = None

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        alone = bool(keys & Qt.KeyboardModifier.AltModifier)
        self._mark(None if alone else self._wire_at(point))

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        between = self._under.edge if self._under else None
        self.cancel()
        self._editor.add(self._component, point, between=between)

    def cancel(self) -> None:
        self._mark(None)

    def _wire_at(self, point: QPointF) -> EdgeItem | None:
        near = QRectF(point.x() - REACH / 2, point.y() - REACH / 2, REACH, REACH)
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
