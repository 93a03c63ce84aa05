"""The whole pipeline in a corner, shown while it doesn't fit into the view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QWidget

from studio.gui.designer.geometry import HEIGHT as CARD_HEIGHT
from studio.gui.designer.items.card_pass import boxes_by_tone
from studio.gui.designer.meanings import ink_of
from studio.gui.designer.view import CanvasView
from studio.gui.theme.theme import theme, tokens

WIDTH, HEIGHT, PAD, EDGE = 184, 108, 8.0, 12
ROUND = 1.5
LEAST_VIEW = (560, 400)
"""In a smaller view it would hide more than it shows."""


class Minimap(QWidget):
    """Cards as blocks in the colours of their states; a click or drag goes there."""

    def __init__(self, view: CanvasView) -> None:
        # Not of the view itself: Qt can't move what is drawn under a sibling, so
        # panning would draw everything anew.
        super().__init__(view.viewport())
        self._view = view
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAccessibleName("Map of the pipeline")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.wanted = True
        self._cards: QPixmap | None = None
        self._cards_for: tuple[object, ...] = ()
        view.moved.connect(self.follow)
        view.editor.scene.shown.connect(self._changed)
        view.scrolled.connect(self._stay)
        view.viewport().installEventFilter(self)
        theme().changed.connect(self.update)
        self.hide()

    def follow(self) -> None:
        """Show what is in view now, or hide if that is everything."""
        content = self._view.editor.scene.content_rect()
        needed = not content.isNull() and not self._view.seen().contains(content)
        size = self._view.size()
        roomy = size.width() >= LEAST_VIEW[0] and size.height() >= LEAST_VIEW[1]
        self.setVisible(self.wanted and needed and roomy)
        self.update()

    def _changed(self) -> None:
        self._cards = None
        self.follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._stay()
        return False

    def _stay(self) -> None:
        """In its corner."""
        size = self._view.viewport().size()
        self.move(size.width() - WIDTH - EDGE, size.height() - HEIGHT - EDGE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def paintEvent(self, event: QPaintEvent) -> None:
        today = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(today.border), 1))
        painter.setBrush(QColor(today.surface))
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8
        )
        shrink = _Shrink(self._view, self.rect())
        for slab in self._view.editor.scene.slabs.items.values():
            painter.setPen(QPen(ink_of(slab.thing.colour, 0.7), 1))
            painter.setBrush(ink_of(slab.thing.colour, 0.2))
            painter.drawRoundedRect(shrink.rect(slab.box), ROUND, ROUND)
        painter.drawPixmap(0, 0, self._picture_of_cards(shrink))
        painter.setPen(QPen(QColor(today.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(shrink.rect(self._view.seen()) & inside, 2, 2)
        painter.end()

    def _picture_of_cards(self, shrink: _Shrink) -> QPixmap:
        """Painted once for many frames: thousands of cards take a while."""
        ratio = self.devicePixelRatioF()
        wanted = (shrink.place, ratio, tokens())
        if self._cards is None or self._cards_for != wanted:
            made = QPixmap(self.size() * ratio)
            made.setDevicePixelRatio(ratio)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_cards(painter, shrink)
            painter.end()
            self._cards, self._cards_for = made, wanted
        return self._cards

    def _paint_cards(self, painter: QPainter, shrink: _Shrink) -> None:
        """Cards lower than their round corners are drawn all at once, as boxes."""
        scene, today = self._view.editor.scene, tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        tiny = CARD_HEIGHT * shrink.factor < 2 * ROUND
        painter.setTransform(shrink.transform, True)
        round_by = ROUND / shrink.factor
        for tone, boxes in boxes_by_tone(scene.cards).items():
            painter.setBrush(QColor(today.color(tone)))
            if tiny:
                painter.drawRects(boxes)
                continue
            for box in boxes:
                painter.drawRoundedRect(box, round_by, round_by)

    def _go(self, at: QPointF) -> None:
        self._view.centerOn(_Shrink(self._view, self.rect()).scene(at))
        self._view.moved.emit()


class _Shrink:
    """From the scene to the map, as both are now."""

    def __init__(self, view: CanvasView, room: QRect) -> None:
        area = view.editor.scene.content_rect().adjusted(-24, -24, 24, 24)
        across = (WIDTH - 2 * PAD) / max(1.0, area.width())
        self.factor = min(across, (HEIGHT - 2 * PAD) / max(1.0, area.height()))
        self._origin = QRectF(room).center() - area.center() * self.factor

    @property
    def place(self) -> tuple[float, float, float]:
        return (self.factor, self._origin.x(), self._origin.y())

    @property
    def transform(self) -> QTransform:
        x, y = self._origin.x(), self._origin.y()
        return QTransform(self.factor, 0, 0, self.factor, x, y)

    def rect(self, area: QRectF) -> QRectF:
        return self.transform.mapRect(area)

    def scene(self, at: QPointF) -> QPointF:
        return (at - self._origin) / self.factor
