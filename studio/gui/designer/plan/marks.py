"""On the canvas: which steps a run would do, and which it would leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.run import PlanAction
from studio.gui.designer.geometry import RADIUS, around
from studio.gui.designer.scene import DesignerScene
from studio.gui.theme import icons
from studio.gui.theme.theme import tokens

GAP, DISC, VEIL = 5.0, 20.0, 165
KEY = "plan"


@dataclass(frozen=True)
class PlanMark:
    """On a card: a disc and a ring for a step that runs, a veil for one left out."""

    action: PlanAction

    def paint_under(self, painter: QPainter, card: QRectF) -> None:
        """The ring, around the card and behind its ports."""
        if self.action != "run":
            return
        painter.setPen(QPen(QColor(tokens().run), 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        grown = card.adjusted(-GAP, -GAP, GAP, GAP)
        painter.drawRoundedRect(grown, RADIUS + GAP, RADIUS + GAP)

    def paint_over(self, painter: QPainter, card: QRectF) -> None:
        if self.action == "skip":
            _paint_veil(painter, card)
        else:
            _paint_disc(painter, card)


def _paint_veil(painter: QPainter, card: QRectF) -> None:
    veil = QColor(tokens().canvas)
    veil.setAlpha(VEIL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(veil)
    painter.drawRoundedRect(card.adjusted(-6, -2, 6, 2), RADIUS, RADIUS)


def _paint_disc(painter: QPainter, card: QRectF) -> None:
    painter.setPen(QPen(QColor(tokens().canvas), 2))
    painter.setBrush(QColor(tokens().run))
    disc = around(card.topLeft(), DISC)
    painter.drawEllipse(disc)
    picture = icons.pixmap("play", "surface", 12, ratio=3.0, weight="fill")
    painter.drawPixmap(around(disc.center(), 12), picture, QRectF(picture.rect()))


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
        self._shown = {
            node_id: PlanMark(action)
            for node_id, action in actions.items()
            if action != "reuse" and node_id in self._scene.nodes
        }
        for node_id, card in self._scene.nodes.items():
            card.set_mark(KEY, self._shown.get(node_id))

    def clear(self) -> None:
        self.show({})
