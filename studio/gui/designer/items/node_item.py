"""A step on the canvas: its card and its ports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

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
from studio.gui.designer.items.board import Board
from studio.gui.designer.items.card_paint import CardMood, paint_card
from studio.gui.designer.items.marks import Mark
from studio.gui.designer.items.shapes import paint_port
from studio.gui.designer.items.stamps import stamp
from studio.gui.designer.sheets import Box

Side: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True)
class PortRef:
    """One port of one step, by the step's id."""

    node_id: str
    side: Side
    port: Port


class NodeItem:
    """Drawn from a `Card`; it knows nothing of documents or runs.

    Not an item of Qt's: thousands are drawn in one pass (`card_pass`) and found by the
    board's index. `number` is its place in the pile, `revision` counts how often it has
    come to look different.
    """

    def __init__(self, card: Card, board: Board | None = None) -> None:
        self.card = card
        self.x = self.y = 0.0
        self.height = _height(card)
        self.number = self.revision = 0
        self.bounds: Box = (0.0, 0.0, 0.0, 0.0)
        self.selected = self.hovered = False
        self.opacity = 1.0
        self._board = board
        self._near = ""
        self._places: dict[Side, Mapping[str, float]] = {}
        self._emphasis: Mapping[tuple[Side, str], float] = {}
        self._marks: dict[str, Mark] = {}
        self._measure()

    @property
    def box(self) -> QRectF:
        """The card itself, in scene pixels."""
        return QRectF(self.x, self.y, WIDTH, self.height)

    def pos(self) -> QPointF:
        return QPointF(self.x, self.y)

    def place(self, x: float, y: float) -> bool:
        """Lie somewhere else; whether that is new."""
        before = self.bounds
        moved = self.shift(x, y)
        if moved and self._board is not None:
            self._board.lay_node(self, before)
        return moved

    def shift(self, x: float, y: float) -> bool:
        """As `place`, for a board that asks for it and lays many at once."""
        if x == self.x and y == self.y:
            return False
        self.x, self.y = x, y
        self._measure()
        return True

    def show_card(self, card: Card) -> bool:
        """Draw something else; whether its ports stand elsewhere now."""
        if card is self.card or card == self.card:
            return False
        before, self.card = self.card, card
        same = (card.inputs, card.outputs) == (before.inputs, before.outputs)
        if not same:
            self.height = _height(card)
            self._places.clear()
            self._lie()
        self._redraw()
        return not same

    def emphasise(self, emphasis: Mapping[tuple[Side, str], float]) -> None:
        """Factors for ports while a wire is pulled: above 1 larger, below 1 faint."""
        if emphasis is not self._emphasis and emphasis != self._emphasis:
            self._emphasis = emphasis
            self._redraw()

    def setOpacity(self, opacity: float) -> None:
        """Draw it so much fainter."""
        if opacity != self.opacity:
            self.opacity = opacity
            self._redraw()

    def set_mark(self, key: str, mark: Mark | None) -> None:
        """Paint something with the card; each feature has a key of its own."""
        if self._marks.get(key) == mark:
            return
        if mark is None:
            del self._marks[key]
        else:
            self._marks[key] = mark
        self._redraw()

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(self._marks.values())

    def isSelected(self) -> bool:
        return self.selected

    def setSelected(self, selected: bool) -> None:
        if selected != self.selected:
            self.selected = selected
            self._redraw()
            if self._board is not None:
                self._board.pick(self)

    def set_hovered(self, hovered: bool, near: PortRef | None = None) -> None:
        """The pointer is over it, maybe near one of its ports."""
        port = f"{near.side}:{near.port.name}" if near else ""
        if (hovered, port) != (self.hovered, self._near):
            self.hovered, self._near = hovered, port
            self._redraw()

    def ports(self, side: Side) -> tuple[Port, ...]:
        return self.card.inputs if side == "in" else self.card.outputs

    def anchor(self, side: Side, name: str) -> QPointF | None:
        """Where a port stands in the scene; None if there is no such port."""
        at = self.port_place(side, name)
        return QPointF(*at) if at is not None else None

    def port_place(self, side: Side, name: str) -> tuple[float, float] | None:
        """`anchor` as plain numbers."""
        y = self.places(side).get(name)
        if y is None:
            return None
        return (self.x + (0.0 if side == "in" else WIDTH), self.y + y)

    def places(self, side: Side) -> Mapping[str, float]:
        """How far below the card's top each port of a side stands, by name."""
        found = self._places.get(side)
        if found is None:
            ports, height = self.ports(side), self.height
            found = {p.name: port_y(n, len(ports), height) for n, p in enumerate(ports)}
            self._places[side] = found
        return found

    def port_at(self, scene_point: QPointF) -> PortRef | None:
        """The port under a point (a square of 20 px around it counts)."""
        point = scene_point - QPointF(self.x, self.y)
        near = [
            (abs(point.x() - at.x()) + abs(point.y() - at.y()), ref)
            for ref, at in self._placed()
            if around(at, PORT_HIT).contains(point)
        ]
        return min(near, key=lambda found: found[0])[1] if near else None

    def tip(self, near: PortRef | None) -> str:
        """What a pause of the pointer tells: of a port, or of the card."""
        if near is not None:
            return _port_tip(near)
        return f"{self.card.look.word}: {self.card.subtitle}"

    def boundingRect(self) -> QRectF:
        """All that is drawn, from the card's own corner."""
        card = QRectF(0, 0, WIDTH, self.height)
        return card.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)

    @property
    def mood(self) -> CardMood:
        return CardMood(self.selected, self.hovered)

    def paint(self, painter: QPainter) -> None:
        """Draw card and ports with the card's corner at 0, 0."""
        zoom = painter.worldTransform().m11()
        painter.setOpacity(painter.opacity() * self.opacity)
        card = QRectF(0, 0, WIDTH, self.height)
        for mark in self._marks.values():
            mark.paint_under(painter, card)
        paint_card(painter, self.card, self.mood, zoom)
        for ref, at in self._placed() if zoom >= BLOCK_ZOOM else ():
            self._paint_port(painter, ref, at)
        for mark in self._marks.values():
            mark.paint_over(painter, card)

    def _lie(self) -> None:
        before = self.bounds
        self._measure()
        if self._board is not None:
            self._board.lay_node(self, before)

    def _redraw(self) -> None:
        self.revision += 1
        if self._board is not None:
            self._board.redraw_node(self)

    def _measure(self) -> None:
        right, bottom = self.x + WIDTH, self.y + self.height
        room = MARGIN
        self.bounds = (self.x - room, self.y - room, right + room, bottom + room)

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
            x = 0.0 if side == "in" else WIDTH
            for number, port in enumerate(ports):
                at = QPointF(x, port_y(number, len(ports), self.height))
                yield PortRef(self.card.id, side, port), at


def _height(card: Card) -> float:
    return card_height(len(card.inputs), len(card.outputs))


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
    item.paint(painter)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _port_tip(ref: PortRef) -> str:
    optional = ", optional" if ref.port.optional else ""
    head = f"{ref.port.name}: {describe(ref.port.type)}{optional}"
    return f"{head}\n{ref.port.description}" if ref.port.description else head
