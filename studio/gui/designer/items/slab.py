"""What lies under wires and cards: frames around steps, and notes."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.domain.annotations import Annotation, Box, Frame, Note, laid
from studio.gui.designer.geometry import PLAIN_ZOOM, RADIUS
from studio.gui.designer.items.note_text import note_text
from studio.gui.designer.items.shapes import soft_shadow
from studio.gui.designer.meanings import ink_of
from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens

TITLE, LARGEST = 26.0, 2.5
"""A frame's title above it; small zooms enlarge it up to so much."""
GRIP, HANDLE, PAD = 6.0, 10.0, 12.0
FRAME_HEIGHT, NOTE_HEIGHT = -2.0, -1.0
LEAST = (96.0, 56.0)
UNTITLED, UNWRITTEN = "Untitled frame", "Double-click to write"


@dataclass(frozen=True)
class Grip:
    """Where a hand takes hold: the sides it pulls (-1, 0, 1), or none to move it."""

    across: int = 0
    down: int = 0

    @property
    def moves(self) -> bool:
        return not (self.across or self.down)


class Slab(QGraphicsItem):
    """Drawn from a frame or note; `place` lets it lie elsewhere for the time being."""

    def __init__(self, thing: Annotation) -> None:
        super().__init__()
        self.thing = thing
        self.selected = self.lit = False
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    @property
    def box(self) -> QRectF:
        left, top, right, bottom = self.thing.box
        return QRectF(left, top, right - left, bottom - top)

    def show_thing(self, thing: Annotation) -> None:
        """Draw another value."""
        if thing != self.thing:
            self.prepareGeometryChange()
            self.thing = thing
            self.update()

    def place(self, box: Box) -> None:
        """Lie somewhere else while a hand moves it."""
        self.show_thing(laid(self.thing, box))

    def set_selected(self, selected: bool) -> bool:
        """Whether that is new."""
        changed = selected != self.selected
        self.selected = selected
        if changed:
            self.update()
        return changed

    def set_lit(self, lit: bool) -> None:
        """What is in the hand would go into it."""
        if lit != self.lit:
            self.lit = lit
            self.update()

    def grip_at(self, point: QPointF, zoom: float) -> Grip | None:
        """What a press there would take hold of; None if it isn't on it."""
        reach = GRIP / min(zoom, 1.0)
        box = self.box
        if not box.adjusted(-reach, -reach, reach, reach).contains(point):
            return None
        across = _side(point.x(), box.left(), box.right(), reach)
        down = _side(point.y(), box.top(), box.bottom(), reach)
        if across or down:
            return Grip(across, down)
        return self._grip_inside()

    def boundingRect(self) -> QRectF:
        room = HANDLE * LARGEST
        return self.box.adjusted(-room, -TITLE * LARGEST, room, room)

    def _grip_inside(self) -> Grip | None:
        return Grip()

    def _paint_ring(self, painter: QPainter) -> None:
        """The ring of what is selected, and a handle to pull."""
        today = tokens()
        pen = QPen(QColor(today.focus), today.focus_width)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.box, RADIUS, RADIUS)
        size = HANDLE / max(1 / LARGEST, min(1.0, painter.worldTransform().m11()))
        corner = self.box.bottomRight()
        painter.setBrush(QColor(today.surface))
        handle = QRectF(corner.x() - size / 2, corner.y() - size / 2, size, size)
        painter.drawRect(handle)


class FrameItem(Slab):
    """A tinted rectangle with its title above; its inside belongs to the canvas."""

    thing: Frame

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.setZValue(FRAME_HEIGHT)

    def title_box(self, zoom: float) -> QRectF:
        """Where the title stands, larger where all else is small."""
        high = TITLE * _enlarged(zoom)
        box = self.box
        return QRectF(box.left(), box.top() - high, box.width(), high)

    def grip_at(self, point: QPointF, zoom: float) -> Grip | None:
        if self.title_box(zoom).contains(point):
            return Grip()
        return super().grip_at(point, zoom)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom = painter.worldTransform().m11()
        strength = 0.16 if tokens().dark else 0.09
        pen = QPen(ink_of(self.thing.colour, 0.7), 2 if self.lit else 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(ink_of(self.thing.colour, strength * (2 if self.lit else 1)))
        painter.drawRoundedRect(self.box, RADIUS, RADIUS)
        if self.selected:
            self._paint_ring(painter)
        self._paint_title(painter, self.title_box(zoom), _enlarged(zoom))

    def _grip_inside(self) -> Grip | None:
        return None

    def _paint_title(self, painter: QPainter, room: QRectF, times: float) -> None:
        dot = QRectF(room.left() + 2 * times, 0, 8 * times, 8 * times)
        dot.moveCenter(QPointF(dot.center().x(), room.center().y()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink_of(self.thing.colour))
        painter.drawEllipse(dot)
        painter.setFont(fonts.font(13 * times, fonts.SEMIBOLD))
        painter.setPen(QColor(tokens().text if self.thing.title else tokens().text3))
        room = room.adjusted(16 * times, 0, 0, 0)
        text = QFontMetricsF(painter.font()).elidedText(
            self.thing.title or UNTITLED, Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, int(_LEFT), text)


class NoteItem(Slab):
    """A card with rendered Markdown."""

    thing: Note

    def __init__(self, note: Note) -> None:
        super().__init__(note)
        self.setZValue(NOTE_HEIGHT)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, colour = self.box, self.thing.colour
        soft_shadow(painter, box, RADIUS)
        painter.setPen(QPen(ink_of(colour, 0.6), 1))
        painter.setBrush(QColor(tokens().surface))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        painter.setBrush(ink_of(colour, 0.10 if colour else 0.0))
        painter.drawRoundedRect(box, RADIUS, RADIUS)
        if self.selected:
            self._paint_ring(painter)
        if painter.worldTransform().m11() >= PLAIN_ZOOM:
            self._paint_text(painter, box.adjusted(PAD, PAD, -PAD, -PAD))

    def _paint_text(self, painter: QPainter, room: QRectF) -> None:
        if not self.thing.text.strip():
            painter.setFont(fonts.font(13))
            painter.setPen(QColor(tokens().text3))
            painter.drawText(room, int(_LEFT), UNWRITTEN)
            return
        text = note_text(self.thing.text, room.width())
        painter.save()
        painter.translate(room.topLeft())
        text.drawContents(painter, QRectF(0, 0, room.width(), room.height()))
        painter.restore()
        if text.size().height() > room.height() + 2:
            painter.setPen(QColor(tokens().text3))
            painter.setFont(fonts.font(12))
            more = QRectF(room.left(), room.bottom(), room.width(), PAD)
            painter.drawText(more, int(Qt.AlignmentFlag.AlignRight), "…")


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def slab_of(thing: Annotation) -> Slab:
    return FrameItem(thing) if isinstance(thing, Frame) else NoteItem(thing)


def _enlarged(zoom: float) -> float:
    return min(LARGEST, 1 / zoom) if zoom < 1 else 1.0


def _side(at: float, first: float, last: float, reach: float) -> int:
    if abs(at - last) <= reach:
        return 1
    return -1 if abs(at - first) <= reach else 0
