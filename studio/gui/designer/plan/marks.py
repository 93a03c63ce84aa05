"""On the canvas: which steps a run would do, and which it would leave out."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.domain.run import PlanAction
from studio.gui.designer.geometry import RADIUS, WIDTH, around
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.designer.scene import DesignerScene
from studio.gui.theme import icons
from studio.gui.theme.theme import tokens

GAP, DISC, VEIL = 5.0, 20.0, 165


class PlanMark(QGraphicsItem):
    """Lies over a card: a disc for a step that runs, a veil for one left out."""

    def __init__(self, card: NodeItem, action: PlanAction) -> None:
        super().__init__(card)
        self.action = action
        self._box = QRectF(0, 0, WIDTH, card.height)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(1)
        self.ring = _Ring(card, self._box) if action == "run" else None

    def boundingRect(self) -> QRectF:
        return self._box.adjusted(-DISC, -DISC, DISC, DISC)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        if self.action == "skip":
            self._paint_veil(painter)
        else:
            self._paint_disc(painter)

    def _paint_veil(self, painter: QPainter) -> None:
        veil = QColor(tokens().canvas)
        veil.setAlpha(VEIL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(veil)
        painter.drawRoundedRect(self._box.adjusted(-6, -2, 6, 2), RADIUS, RADIUS)

    def _paint_disc(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(tokens().canvas), 2))
        painter.setBrush(QColor(tokens().run))
        disc = around(self._box.topLeft(), DISC)
        painter.drawEllipse(disc)
        picture = icons.pixmap("play", "surface", 12, ratio=3.0, weight="fill")
        at = around(disc.center(), 12)
        painter.drawPixmap(at, picture, QRectF(picture.rect()))


class _Ring(QGraphicsItem):
    """Around the card and behind its ports."""

    def __init__(self, card: NodeItem, box: QRectF) -> None:
        super().__init__(card)
        self._box = box
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemStacksBehindParent)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return self._box.adjusted(-2 * GAP, -2 * GAP, 2 * GAP, 2 * GAP)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.setPen(QPen(QColor(tokens().run), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        grown = self._box.adjusted(-GAP, -GAP, GAP, GAP)
        painter.drawRoundedRect(grown, RADIUS + GAP, RADIUS + GAP)


class PlanMarks:
    """The marks of one scene; steps are named by their ids."""

    def __init__(self, scene: DesignerScene) -> None:
        self._scene = scene
        self._shown: dict[str, PlanMark] = {}

    @property
    def actions(self) -> Mapping[str, PlanAction]:
        """What is marked now."""
        return {node_id: mark.action for node_id, mark in self._shown.items()}

    def show(self, actions: Mapping[str, PlanAction]) -> None:
        """Mark these steps; the rest carry no mark."""
        if dict(actions) == self.actions and self._all_there():
            return
        self.clear()
        for node_id, action in actions.items():
            card = self._scene.nodes.get(node_id)
            if card is not None and action != "reuse":
                self._shown[node_id] = PlanMark(card, action)

    def clear(self) -> None:
        for node_id, mark in self._shown.items():
            # A card that is gone has taken its mark along.
            if self._scene.nodes.get(node_id) is mark.parentItem():
                self._scene.removeItem(mark)
                if mark.ring is not None:
                    self._scene.removeItem(mark.ring)
        self._shown.clear()

    def _all_there(self) -> bool:
        return all(
            self._scene.nodes.get(node_id) is mark.parentItem()
            for node_id, mark in self._shown.items()
        )
