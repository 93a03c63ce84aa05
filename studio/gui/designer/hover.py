"""What lies under the pointer: it looks lit, tells of itself and changes the cursor."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QToolTip, QWidget

from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.items.node_item import NodeItem, PortRef
from studio.gui.designer.scene import DesignerScene


class Hover:
    """Follows the pointer while no gesture does."""

    def __init__(self, scene: DesignerScene, viewport: QWidget) -> None:
        self._scene, self._viewport = scene, viewport
        self._node: NodeItem | None = None
        self._edge: EdgeItem | None = None
        self._port: PortRef | None = None
        self._shape: Qt.CursorShape | None = None

    def move(self, point: QPointF) -> None:
        """The pointer is over this point of the scene."""
        port = self._scene.port_at(point)
        node = self._scene.nodes[port.node_id] if port else self._scene.node_at(point)
        edge = self._scene.edge_at(point) if node is None else None
        self._light(node, edge, port)
        bare = node is None and edge is None
        self._point(port, self._scene.slabs.cursor_at(point) if bare else None)

    def leave(self) -> None:
        """The pointer is elsewhere, or busy."""
        self._light(None, None, None)
        self._point(None, None)

    def tell(self, at: QPoint) -> None:
        """Show the words of what is under the pointer, at a place of the screen."""
        if self._node is not None:
            text = self._node.tip(self._port)
        else:
            text = self._scene.tip_of(self._edge) if self._edge else ""
        QToolTip.showText(at, text, self._viewport)

    def _light(
        self, node: NodeItem | None, edge: EdgeItem | None, port: PortRef | None
    ) -> None:
        if self._node is not None and self._node is not node:
            self._node.set_hovered(False)
        if self._edge is not None and self._edge is not edge:
            self._edge.set_hovered(False)
        if node is not None:
            node.set_hovered(True, port)
        if edge is not None:
            edge.set_hovered(True)
        self._node, self._edge, self._port = node, edge, port

    def _point(self, port: PortRef | None, shape: Qt.CursorShape | None) -> None:
        shape = Qt.CursorShape.CrossCursor if port is not None else shape
        if shape is self._shape:
            return
        self._shape = shape
        if shape is not None:
            self._viewport.setCursor(shape)
        else:
            self._viewport.unsetCursor()
