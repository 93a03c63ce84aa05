"""The canvas in one pass: dots, wires, cards; and when to draw it once more."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from studio.gui.designer.grid import paint_grid
from studio.gui.designer.items.card_pass import CardPass
from studio.gui.designer.items.wire_paint import paint_wires
from studio.gui.designer.scene import DesignerScene

SETTLE_MS = 90


class Painting:
    """While the zoom changes cards are drawn quickly, then again as they should be."""

    def __init__(self, scene: DesignerScene, viewport: QWidget) -> None:
        self._scene, self._viewport = scene, viewport
        self._cards = CardPass()
        self._zoom = 0.0
        self._since = QElapsedTimer()
        self._again = QTimer(viewport, singleShot=True)
        self._again.timeout.connect(self._viewport_update)

    @property
    def unfinished(self) -> bool:
        """Whether the last frame left something to draw better."""
        return self._cards.unfinished

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Draw an area of the scene."""
        zoom = painter.worldTransform().m11()
        moving = self._moves(zoom)
        paint_grid(painter, area, zoom)
        box = (area.left(), area.top(), area.right(), area.bottom())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_wires(painter, self._scene.wires, box, zoom)
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

    def _viewport_update(self) -> None:
        self._viewport.update()
