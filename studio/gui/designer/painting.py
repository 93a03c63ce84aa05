"""The canvas's layers: dots, then all wires, then all cards, each in one pass.

Wires and cards are two items of the scene, at heights 0 and 1, so that what features
add stands between, under or over them by its own height.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QRectF, QTimer
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.gui.designer.items.card_pass import CardPass
from studio.gui.designer.items.wire_paint import paint_wires
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.sheets import Box

SETTLE_MS = 90
Paint = Callable[[QPainter, Box, float], object]


class Painting:
    """While the zoom changes cards are drawn quickly, then again as they should be."""

    def __init__(self, scene: DesignerScene, viewport: QWidget, area: QRectF) -> None:
        self._scene, self._viewport = scene, viewport
        self._cards = CardPass()
        self._zoom = 0.0
        self._since = QElapsedTimer()
        self._again = QTimer(viewport, singleShot=True)
        self._again.timeout.connect(self._draw_again)
        self.layers = (
            Layer(0, area, self._paint_wires),
            Layer(1, area, self._paint_cards),
        )
        for layer in self.layers:
            scene.addItem(layer)

    @property
    def unfinished(self) -> bool:
        """Whether the last frame left something to draw better."""
        return self._cards.unfinished

    def _paint_wires(self, painter: QPainter, box: Box, zoom: float) -> None:
        paint_wires(painter, self._scene.wires, box, zoom)

    def _paint_cards(self, painter: QPainter, box: Box, zoom: float) -> None:
        moving = self._moves(zoom)
        self._cards.paint(painter, self._scene.cards, box, moving)
        if self.unfinished:
            self._again.start(SETTLE_MS if moving else 0)

    def _moves(self, zoom: float) -> bool:
        """Whether the zoom has changed just now (not: for the first time)."""
        if zoom != self._zoom:
            first, self._zoom = not self._zoom, zoom
            self._since.restart()
            return not first
        return self._since.elapsed() < SETTLE_MS

    def _draw_again(self) -> None:
        self._viewport.update()


class Layer(QGraphicsItem):
    """Everything of one kind, at one height."""

    def __init__(self, height: float, area: QRectF, paint: Paint) -> None:
        super().__init__()
        self._area, self._paint = area, paint
        self.setZValue(height)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        return self._area

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        seen = option.exposedRect
        box = (seen.left(), seen.top(), seen.right(), seen.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter, box, painter.worldTransform().m11())
