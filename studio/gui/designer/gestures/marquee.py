"""A rubber band that selects the cards it touches."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from studio.gui.designer.gestures.gesture import extends
from studio.gui.designer.scene import DesignerScene
from studio.gui.theme.theme import tokens


class MarqueeGesture:
    """With Shift or Ctrl the cards already selected stay so."""

    def __init__(
        self, scene: DesignerScene, point: QPointF, keys: Qt.KeyboardModifier
    ) -> None:
        self._scene, self._from = scene, point
        self._before = set(scene.selected_ids())
        self._kept = self._before if extends(keys) else set()
        self._slabs_before = {thing.id for thing in scene.slabs.chosen}
        self._kept_slabs = self._slabs_before if extends(keys) else set()
        self._band = QGraphicsRectItem()
        fill = QColor(tokens().accent)
        pen = QPen(fill, 1)
        pen.setCosmetic(True)
        fill.setAlpha(28)
        self._band.setPen(pen)
        self._band.setBrush(QBrush(fill))
        self._band.setZValue(4)
        scene.addItem(self._band)
        scene.select(self._kept)
        scene.slabs.choose(self._kept_slabs)

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        area = QRectF(self._from, point).normalized()
        self._band.setRect(area)
        items = self._scene.nodes.items()
        touched = {i for i, item in items if item.box.intersects(area)}
        wanted = touched | self._kept
        if wanted != set(self._scene.selected_ids()):
            self._scene.select(wanted)
        self._scene.slabs.choose_in(area, self._kept_slabs)

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._scene.removeItem(self._band)

    def cancel(self) -> None:
        self._scene.removeItem(self._band)
        self._scene.select(self._before)
        self._scene.slabs.choose(self._slabs_before)
