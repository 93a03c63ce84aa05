"""The canvas's layers: dots, then all wires, then all cards, each in one pass.

Wires and cards are two items of the scene, at heights 0 and 1, so that what features
add stands between, under or over them by its own height.

While the view moves both are drawn quickly, then again as they should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

from PySide6.QtCore import QElapsedTimer, QRect, QRectF, QTimer
from PySide6.QtGui import QPainter, QPainterPath, QRegion, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.gui.designer.geometry import PLAIN_ZOOM
from studio.gui.designer.items.card_pass import CardPass
from studio.gui.designer.items.wire_paint import paint_wires
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.sheets import Box

SETTLE_MS = 90
QUICK_ZOOM = 0.5
"""Below it wires that move are drawn without smooth edges."""
STAY_PLAIN = 1.3
"""So far above the zoom for boxes a moving view that shows them goes on to: another
level of detail costs a frame of its own, and the next one may go back."""
MOST_PATCHES = 6
"""More places of a frame that are to be drawn anew are drawn as one that spans them."""
Paint = Callable[[QPainter, Box, float], object]


class Painting:
    """While the zoom changes cards are drawn quickly, then again as they should be."""

    def __init__(self, scene: DesignerScene, viewport: QWidget, area: QRectF) -> None:
        self._scene, self._viewport = scene, viewport
        self._cards = CardPass()
        self._place: QTransform | None = None
        self._patches: list[QRectF] = []
        self._moved = self._was_plain = False
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

    def begin(self, exposed: QRegion) -> None:
        """The view begins a frame: what of its viewport is to be drawn."""
        self._cards.begin()
        rects = [exposed.boundingRect()]
        if exposed.rectCount() <= MOST_PATCHES:
            rects = list(cast("Iterable[QRect]", exposed))
        self._patches = [QRectF(rect) for rect in rects]

    def end(self) -> None:
        """The frame is drawn; one drawn in haste is followed by another."""
        self._patches = []
        if self._moved or self.unfinished:
            self._again.start(SETTLE_MS if self._moved else 0)

    def _paint_wires(self, painter: QPainter, box: Box, zoom: float) -> None:
        if self._patches:  # else a picture is made, which has time
            self._moved = self._moves(painter.worldTransform())
        quick = self._moved and bool(self._patches) and zoom < QUICK_ZOOM
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not quick)
        wires = self._scene.wires
        self._patch_by_patch(
            painter,
            box,
            lambda area: paint_wires(
                painter, wires, area, zoom, plain=self._plain(zoom)
            ),
        )

    def _paint_cards(self, painter: QPainter, box: Box, zoom: float) -> None:
        moving, cards = self._moved and bool(self._patches), self._scene.cards
        plain = self._plain(zoom)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not (moving and plain))
        self._patch_by_patch(
            painter,
            box,
            lambda area: self._cards.paint(
                painter, cards, area, moving=moving, plain=plain
            ),
        )

    def _plain(self, zoom: float) -> bool:
        """Whether cards are boxes and wires straight lines."""
        if not self._patches:
            return zoom < PLAIN_ZOOM
        stays = self._moved and self._was_plain
        self._was_plain = zoom < PLAIN_ZOOM * (STAY_PLAIN if stays else 1.0)
        return self._was_plain

    def _patch_by_patch(
        self, painter: QPainter, box: Box, paint: Callable[[Box], object]
    ) -> None:
        """Two small patches far apart span an area with much that has not changed."""
        if len(self._patches) < 2:
            paint(box)
            return
        to_scene, _ = painter.worldTransform().inverted()
        for patch in self._patches:
            area = to_scene.mapRect(patch)
            painter.save()
            painter.setClipRect(area)
            paint((area.left(), area.top(), area.right(), area.bottom()))
            painter.restore()

    def _moves(self, place: QTransform) -> bool:
        """Whether the view has moved just now (not: for the first time)."""
        if place != self._place:
            first, self._place = self._place is None, place
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
