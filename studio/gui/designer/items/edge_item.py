"""A wire between two ports, and the loose one that follows the pointer."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.domain.node import Edge
from studio.domain.wire_way import CardsNear, Ends, Way, way_around
from studio.gui.designer.geometry import WIDTH, routed_at, span, straight, wire
from studio.gui.designer.items.board import Board
from studio.gui.designer.sheets import Box
from studio.gui.theme.theme import tokens

if TYPE_CHECKING:
    from studio.gui.designer.items.node_item import NodeItem

Flow: TypeAlias = Literal["idle", "running", "done", "failed", "stale"]
GRAB, ROOM = 14.0, 7.0
LABEL_ROOM = 20.0
"""Above a wire, for what stands over its middle."""
DASH = (6.0, 4.0)
NOWHERE: Box = (math.nan, math.nan, math.nan, math.nan)
"""Unlike every place, itself too."""


class EdgeItem:
    """Between the ports of two cards, and what flows.

    Not an item of Qt's: thousands are drawn in one pass (`wire_paint`) and found by
    the board's index; the board hears of what looks different.
    """

    def __init__(
        self,
        source: NodeItem,
        output: str,
        target: NodeItem,
        input_name: str,
        board: Board,
    ) -> None:
        self.source, self.output = source, output
        self.target, self.input = target, input_name
        self.find_ports()
        self.flow: Flow = "idle"
        self.label = ""
        self._at: Ends = NOWHERE
        self.way: Way | None = None
        self.bounds: Box = (0.0, 0.0, 0.0, 0.0)
        self.hovered = self.marked = self.selected = False
        self.offset = 0.0
        self._board = board
        self._path: QPainterPath | None = None
        self._outline: QPainterPath | None = None
        self._middle: QPointF | None = None
        self._dashes: list[QLineF] | None = None

    @property
    def edge(self) -> Edge:
        """What it stands for, by the steps' names of today."""
        names = self.source.card.name, self.target.card.name
        return Edge(names[0], self.output, names[1], self.input)

    @property
    def plain(self) -> bool:
        """Whether it looks as many do, so that they can be drawn together."""
        apart = self.selected or self.marked or self.hovered
        return not apart and self.flow != "running"

    @property
    def ends(self) -> tuple[QPointF, QPointF]:
        """Where the wire begins and ends, in scene pixels."""
        x, y, far, low = self._at
        return (QPointF(x, y), QPointF(far, low))

    @property
    def lines(self) -> list[QLineF]:
        """The wire as it is drawn far out."""
        return straight(*self._at, self.way)

    @property
    def path(self) -> QPainterPath:
        if self._path is None:
            self._path = routed_at(*self._at, self.way)
        return self._path

    @property
    def dashes(self) -> list[QLineF]:
        """The wire cut into pieces, as it is drawn where it is out of date."""
        if self._dashes is None:
            self._dashes = dashes(self.path)
        return self._dashes

    @property
    def middle(self) -> QPointF:
        """Half way along the wire."""
        if self._middle is None:
            self._middle = self.path.pointAtPercent(0.5)
        return self._middle

    def find_ports(self) -> None:
        """Learn how far below its cards' tops its ports are now."""
        self._out = self.source.places("out")[self.output]
        self._in = self.target.places("in")[self.input]

    def follow(self) -> bool:
        """Go from port to port where the cards lie; whether that is new."""
        source, target = self.source, self.target
        x, y = source.x + WIDTH, source.y + self._out
        far, low = target.x, target.y + self._in
        x_before, y_before, far_before, low_before = self._at
        dx, dy = x - x_before, y - y_before
        carried = far - far_before == dx and low - low_before == dy
        if carried and not dx and not dy:
            return False
        self._at = (x, y, far, low)
        self._outline = self._middle = self._dashes = None
        if carried:  # as a whole, as with all steps: the same curve elsewhere
            left, top, right, bottom = self.bounds
            self.bounds = (left + dx, top + dy, right + dx, bottom + dy)
            if self.way is not None:
                first, last, level = self.way
                self.way = (first + dx, last + dx, level + dy)
            if self._path is not None:
                self._path = self._path.translated(dx, dy)
            return True
        self.way = None
        self._lie()
        return True

    def lead(self, near: CardsNear | None) -> bool:
        """Go around the cards it would pass behind; whether that is another way."""
        way = None
        if near is not None:
            outputs, inputs = self.source.places("out"), self.target.places("in")
            lane = [*outputs].index(self.output) + [*inputs].index(self.input)
            way = way_around(self._at, near, lane)
        if way == self.way:
            return False
        self.way = way
        self._outline = self._middle = self._dashes = None
        self._lie()
        return True

    def _lie(self) -> None:
        self._path = None
        left, top, right, bottom = span(*self._at, self.way)
        self.bounds = (left - ROOM, top - LABEL_ROOM, right + ROOM, bottom + ROOM)

    def set_flow(self, flow: Flow) -> None:
        if flow != self.flow:
            self.flow = flow
            self._board.redraw_edge(self)

    def set_label(self, label: str) -> None:
        """What stands at its middle, e.g. how many rows went through."""
        if label != self.label:
            self.label = label
            self._board.redraw_edge(self)

    def set_marked(self, marked: bool) -> None:
        """Show that a dragged component would go between."""
        if marked != self.marked:
            self.marked = marked
            self._board.redraw_edge(self)

    def set_hovered(self, hovered: bool) -> None:
        if hovered != self.hovered:
            self.hovered = hovered
            self._board.redraw_edge(self)

    def isSelected(self) -> bool:
        return self.selected

    def setSelected(self, selected: bool) -> None:
        if selected != self.selected:
            self.selected = selected
            self._board.redraw_edge(self)
            self._board.pick(self)

    def advance_dash(self, pixels: float) -> None:
        """Let the dashes of running data move on."""
        self.offset = (self.offset + pixels) % sum(DASH)
        self._board.redraw_edge(self)

    def boundingRect(self) -> QRectF:
        left, top, right, bottom = self.bounds
        return QRectF(left, top, right - left, bottom - top)

    def shape(self) -> QPainterPath:
        """What can be grabbed: 14 px along the wire."""
        if self._outline is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(GRAB)
            self._outline = stroker.createStroke(self.path)
        return self._outline


def dashes(path: QPainterPath) -> list[QLineF]:
    """Straight pieces along a path, with gaps between them."""
    found: list[QLineF] = []
    along, turn = 0.0, sum(DASH)
    for polygon in path.toSubpathPolygons():
        points = [(point.x(), point.y()) for point in polygon.toList()]
        for (x, y), (far, low) in pairwise(points):
            length = math.hypot(far - x, low - y)
            at = -(along % turn)
            while length and at < length:
                first, last = max(0.0, at) / length, min(length, at + DASH[0]) / length
                if last > first:
                    dx, dy = far - x, low - y
                    found.append(
                        QLineF(
                            x + dx * first, y + dy * first, x + dx * last, y + dy * last
                        )
                    )
                at += turn
            along += length
    return found


class LooseWire(QGraphicsItem):
    """The wire in the hand while a connection is made."""

    def __init__(self) -> None:
        super().__init__()
        self._path = QPainterPath()
        self._color = "accent"
        self.setZValue(3)

    def set_ends(self, start: QPointF, end: QPointF, color: str) -> None:
        """`color` is a token: the accent, or `err` over a port that refuses."""
        self.prepareGeometryChange()
        self._path, self._color = wire(start, end), color
        self.update()

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-4, -4, 4, 4)

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().color(self._color)), 2.0))
        painter.drawPath(self._path)
