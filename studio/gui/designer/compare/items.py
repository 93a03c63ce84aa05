"""What a difference adds to cards: frames, wires with a sign, all with a shape of
their own beside the colour."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.gui.designer.compare.overlay import LOOKS, Mark
from studio.gui.designer.geometry import RADIUS, around, routed
from studio.gui.theme import icons
from studio.gui.theme.theme import tokens

GROWN, SIGN = 5.0, 16.0
FAINT, GHOST = 0.45, 0.6


def pen_of(mark: Mark, width: float) -> QPen:
    """Whole lines for what is there, dashes for what is gone."""
    today = tokens()
    colour = today.wire if mark == "same" else today.color(LOOKS[mark].tone)
    pen = QPen(QColor(colour), width)
    if mark == "removed":
        pen.setStyle(Qt.PenStyle.DashLine)
    elif mark == "changed":
        pen.setStyle(Qt.PenStyle.DashDotLine)
    return pen


class MarkFrame(QGraphicsItem):
    """A frame around a card: whole, dashed or dash-dotted."""

    def __init__(self, box: QRectF, mark: Mark) -> None:
        super().__init__()
        self._box, self._mark = box.adjusted(-GROWN, -GROWN, GROWN, GROWN), mark
        self.setZValue(0.5)

    def boundingRect(self) -> QRectF:
        return self._box.adjusted(-3, -3, 3, 3)

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        self._paint_line(painter)

    def _paint_line(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen_of(self._mark, 2.0))
        painter.setBrush(self._ground())
        painter.drawRoundedRect(self._box, RADIUS + GROWN, RADIUS + GROWN)

    def _ground(self) -> QBrush:
        return QBrush(QColor(tokens().color(f"{LOOKS[self._mark].tone}_bg")))


class MarkSlab(MarkFrame):
    """A line around a frame or note, which stays readable, and a sign at its corner."""

    def __init__(self, box: QRectF, mark: Mark) -> None:
        super().__init__(box, mark)
        self.setZValue(-0.5)

    def boundingRect(self) -> QRectF:
        return super().boundingRect().adjusted(0, -SIGN, SIGN, 0)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        self._paint_line(painter)
        paint_sign(painter, self._mark, self._box.topRight())

    def _ground(self) -> QBrush:
        return QBrush(Qt.BrushStyle.NoBrush)


class MarkWire(QGraphicsItem):
    """A connection; one that came or went has a sign in its middle."""

    def __init__(self, start: QPointF, end: QPointF, mark: Mark) -> None:
        super().__init__()
        self._path, self._mark = routed(start, end), mark
        if mark == "same":
            self.setOpacity(FAINT)
        self.setZValue(0.2 if mark == "same" else 0.8)

    def boundingRect(self) -> QRectF:
        return self._path.boundingRect().adjusted(-SIGN, -SIGN, SIGN, SIGN)

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
        marked = self._mark != "same"
        painter.setPen(pen_of(self._mark, 2.5 if marked else tokens().wire_width))
        painter.drawPath(self._path)
        if marked:
            paint_sign(painter, self._mark, self._path.pointAtPercent(0.5))


def paint_sign(painter: QPainter, mark: Mark, middle: QPointF) -> None:
    """A mark's picture on a disc: colour alone says nothing to some."""
    today, look = tokens(), LOOKS[mark]
    painter.setPen(QPen(QColor(today.color(look.tone)), 1.5))
    painter.setBrush(QColor(today.surface))
    painter.drawEllipse(around(middle, SIGN + 4))
    picture = icons.pixmap(look.icon, look.tone, int(SIGN) - 4, ratio=2.0)
    painter.drawPixmap(around(middle, SIGN - 4), picture, QRectF(picture.rect()))
