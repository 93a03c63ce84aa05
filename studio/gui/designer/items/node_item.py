"""A step on the canvas: its card and its ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneHoverEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from studio.domain.component import Port, describe
from studio.gui.designer.cards import Card
from studio.gui.designer.geometry import (
    BLOCK_ZOOM,
    MARGIN,
    PORT,
    PORT_HALO,
    PORT_HIT,
    WIDTH,
    around,
    card_height,
    port_y,
)
from studio.gui.designer.items.card_paint import CardMood, paint_card
from studio.gui.designer.items.shapes import paint_port
from studio.gui.designer.items.stamps import stamp

Side: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True)
class PortRef:
    """One port of one step, by the step's id."""

    node_id: str
    side: Side
    port: Port


class NodeItem(QGraphicsItem):
    """Drawn from a `Card`; it knows nothing of documents or runs."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self._hovered = False
        self._near = ""
        self._emphasis: Mapping[tuple[Side, str], float] = {}
        self._bounds = self._measure()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemSendsGeometryChanges)
        self.setAcceptHoverEvents(True)
        # Panning then copies pictures; a card is painted again only when it changes.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setZValue(1)

    @property
    def height(self) -> float:
        return card_height(len(self.card.inputs), len(self.card.outputs))

    @property
    def box(self) -> QRectF:
        """The card itself, in scene pixels."""
        return QRectF(self.pos().x(), self.pos().y(), WIDTH, self.height)

    def show_card(self, card: Card) -> None:
        """Draw something else; unchanged cards cost nothing."""
        if card == self.card:
            return
        if (card.inputs, card.outputs) != (self.card.inputs, self.card.outputs):
            self.prepareGeometryChange()
        self.card = card
        self._bounds = self._measure()
        self.update()

    def emphasise(self, emphasis: Mapping[tuple[Side, str], float]) -> None:
        """Factors for ports while a wire is pulled: above 1 larger, below 1 faint."""
        self._emphasis = emphasis
        self.update()

    def ports(self, side: Side) -> tuple[Port, ...]:
        return self.card.inputs if side == "in" else self.card.outputs

    def anchor(self, side: Side, name: str) -> QPointF | None:
        """Where a port stands in the scene; None if there is no such port."""
        ports = self.ports(side)
        for number, port in enumerate(ports):
            if port.name == name:
                return self.mapToScene(self._place(side, number, len(ports)))
        return None

    def port_at(self, scene_point: QPointF) -> PortRef | None:
        """The port under a point (a square of 20 px around it counts)."""
        point = self.mapFromScene(scene_point)
        near = [
            (abs(point.x() - at.x()) + abs(point.y() - at.y()), ref)
            for ref, at in self._placed()
            if around(at, PORT_HIT).contains(point)
        ]
        return min(near, key=lambda found: found[0])[1] if near else None

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        path.addRect(QRectF(0, 0, WIDTH, self.height))
        for _, at in self._placed():
            path.addRect(around(at, PORT_HIT))
        return path

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        mood = CardMood(self.isSelected(), self._hovered)
        paint_card(painter, self.card, mood, zoom)
        if zoom < BLOCK_ZOOM:
            return
        for ref, at in self._placed():
            self._paint_port(painter, ref, at)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = True
        self.update()

    def hoverMoveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        ref = self.port_at(event.scenePos())
        near = f"{ref.side}:{ref.port.name}" if ref else ""
        if near != self._near:
            self._near = near
            self.setToolTip(_port_tip(ref) if ref else self._card_tip())
            shape = Qt.CursorShape.CrossCursor if ref else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered, self._near = False, ""
        self.setToolTip("")
        self.update()

    def _measure(self) -> QRectF:
        card = QRectF(0, 0, WIDTH, self.height)
        return card.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    def _card_tip(self) -> str:
        return f"{self.card.look.word}: {self.card.subtitle}"

    def _paint_port(self, painter: QPainter, ref: PortRef, at: QPointF) -> None:
        factor = self._emphasis.get((ref.side, ref.port.name), 1.0)
        lit = self._near == f"{ref.side}:{ref.port.name}"
        kind, size = ref.port.kind, PORT * max(1.3 if lit else 1.0, factor)
        before = painter.opacity()
        painter.setOpacity(before * min(1.0, factor))
        stamp(
            painter,
            around(at, size + 2 * PORT_HALO),
            ("port", kind),
            lambda to: paint_port(to, kind, at, size=size),
        )
        painter.setOpacity(before)

    def _placed(self) -> Iterator[tuple[PortRef, QPointF]]:
        sides: tuple[Side, ...] = ("in", "out")
        for side in sides:
            ports = self.ports(side)
            for number, port in enumerate(ports):
                at = self._place(side, number, len(ports))
                yield PortRef(self.card.id, side, port), at

    def _place(self, side: Side, number: int, count: int) -> QPointF:
        x = 0.0 if side == "in" else WIDTH
        return QPointF(x, port_y(number, count, self.height))


def card_picture(card: Card, zoom: float, ratio: float) -> QPixmap:
    """The card with its ports as a picture of 80 % opacity, for dragging."""
    item = NodeItem(card)
    area = item.boundingRect()
    scale = zoom * ratio
    picture = QPixmap((area.size() * scale).toSize())
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setOpacity(0.8)
    painter.scale(scale, scale)
    painter.translate(-area.topLeft())
    item.paint(painter, QStyleOptionGraphicsItem())
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _port_tip(ref: PortRef) -> str:
    optional = ", optional" if ref.port.optional else ""
    head = f"{ref.port.name}: {describe(ref.port.type)}{optional}"
    return f"{head}\n{ref.port.description}" if ref.port.description else head
