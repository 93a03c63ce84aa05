"""A wire between two ports, and the loose one that follows the pointer."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsSceneHoverEvent,
    QStyleOptionGraphicsItem,
    QWidget,
)

from studio.domain.node import Edge
from studio.gui.designer.geometry import BLOCK_ZOOM, around, routed, wire
from studio.gui.theme import icons
from studio.gui.theme.theme import tokens

Flow: TypeAlias = Literal["idle", "running", "done", "failed"]
GRAB, MARK = 14.0, 14.0
DASH = (6.0, 4.0)


class EdgeItem(QGraphicsItem):
    """Drawn from two points and what flows; `edge` is what it stands for."""

    def __init__(self, edge: Edge) -> None:
        super().__init__()
        self.edge = edge
        self.flow: Flow = "idle"
        self._hovered = self._marked = False
        self._offset = 0.0
        self._path = QPainterPath()
        self._outline = QPainterPath()
        self._box = QRectF()
        self.ends = (QPointF(), QPointF())
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptHoverEvents(True)
        self.setZValue(0)

    def set_ends(self, start: QPointF, end: QPointF) -> None:
        """Where the wire begins and ends, in scene pixels."""
        path = routed(start, end)
        if path == self._path:
            return
        self.ends = (start, end)
        self.prepareGeometryChange()
        stroker = QPainterPathStroker()
        stroker.setWidth(GRAB)
        self._path, self._outline = path, stroker.createStroke(path)
        self._box = self._outline.boundingRect().adjusted(-2, -2, 2, 2)

    def set_flow(self, flow: Flow) -> None:
        if flow != self.flow:
            self.flow = flow
            self.update()

    def set_marked(self, marked: bool) -> None:
        """Show that a dragged component would go between."""
        if marked != self._marked:
            self._marked = marked
            self.update()

    def set_tip(self, text: str) -> None:
        self.setToolTip(text)

    def advance_dash(self, pixels: float) -> None:
        """Let the dashes of running data move on."""
        self._offset = (self._offset + pixels) % sum(DASH)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def shape(self) -> QPainterPath:
        return self._outline

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        # Smooth edges and no brush are the view's own settings: many wires, one frame.
        small = painter.worldTransform().m11() < BLOCK_ZOOM
        painter.setPen(self._pen(small))
        painter.drawPath(self._path)
        if self.flow == "failed" and not small:
            self._paint_failure(painter)

    def hoverEnterEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = True
        self.update()

    def hoverLeaveEvent(self, event: QGraphicsSceneHoverEvent) -> None:
        self._hovered = False
        self.update()

    def _pen(self, small: bool) -> QPen:
        if self.isSelected():
            return _pen("accent", 2.0)
        if self._marked:
            return _pen("accent", 3.0)
        if self.flow == "running":
            return self._dashes(QPen(_pen("run", 2.0)))
        if self.flow == "failed":
            return _pen("err", 2.0)
        if self._hovered:
            return _pen("text2", 2.0)
        return _thin_pen() if small else _pen("wire", 0.0)

    def _dashes(self, pen: QPen) -> QPen:
        # Patterns are counted in pen widths.
        pen.setDashPattern([part / pen.widthF() for part in DASH])
        pen.setDashOffset(-self._offset / pen.widthF())
        return pen

    def _paint_failure(self, painter: QPainter) -> None:
        middle = self._path.pointAtPercent(0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().canvas))
        painter.drawEllipse(around(middle, MARK + 2))
        ratio = 2.0
        picture = icons.pixmap("x-circle", "err", int(MARK), ratio=ratio)
        painter.drawPixmap(around(middle, MARK), picture, QRectF(picture.rect()))


def _pen(color: str, width: float) -> QPen:
    """A pen of a token; width 0 stands for a wire's own."""
    today = tokens()
    return _made_pen(today.color(color), width or today.wire_width)


def _thin_pen() -> QPen:
    """A wire that is drawn so small that its own width could not be seen."""
    return _made_pen(tokens().wire, 1.0, True)


@lru_cache(maxsize=64)
def _made_pen(color: str, width: float, cosmetic: bool = False) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCosmetic(cosmetic)
    return pen


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
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens().color(self._color)), 2.0))
        painter.drawPath(self._path)
