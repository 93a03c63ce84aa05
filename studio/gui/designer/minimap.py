"""The whole pipeline in a corner, shown while it doesn't fit into the view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.gui.designer.meanings import ink_of
from studio.gui.designer.view import CanvasView
from studio.gui.theme.theme import theme, tokens

WIDTH, HEIGHT, PAD, EDGE = 184, 108, 8.0, 12
LEAST_VIEW = (560, 400)
"""In a smaller view it would hide more than it shows."""


class Minimap(QWidget):
    """Cards as blocks in the colours of their states; a click or drag goes there."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.setFixedSize(WIDTH, HEIGHT)
        self.setAccessibleName("Map of the pipeline")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.wanted = True
        view.moved.connect(self.follow)
        view.editor.scene.shown.connect(self.follow)
        view.installEventFilter(self)
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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            size = self._view.size()
            self.move(size.width() - WIDTH - EDGE, size.height() - HEIGHT - EDGE)
        return False

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
        self._paint_cards(painter, _Shrink(self._view, self.rect()))
        painter.end()

    def _paint_cards(self, painter: QPainter, shrink: _Shrink) -> None:
        today = tokens()
        for slab in self._view.editor.scene.slabs.items.values():
            painter.setPen(QPen(ink_of(slab.thing.colour, 0.7), 1))
            painter.setBrush(ink_of(slab.thing.colour, 0.2))
            painter.drawRoundedRect(shrink.rect(slab.box), 1.5, 1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        for item in self._view.editor.scene.nodes.values():
            painter.setBrush(QColor(today.color(item.card.look.tone)))
            painter.drawRoundedRect(shrink.rect(item.box), 1.5, 1.5)
        painter.setPen(QPen(QColor(today.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(shrink.rect(self._view.seen()) & inside, 2, 2)

    def _go(self, at: QPointF) -> None:
        self._view.centerOn(_Shrink(self._view, self.rect()).scene(at))
        self._view.moved.emit()


class _Shrink:
    """From the scene to the map, as both are now."""

    def __init__(self, view: CanvasView, room: QRect) -> None:
        area = view.editor.scene.content_rect().adjusted(-24, -24, 24, 24)
        across = (WIDTH - 2 * PAD) / max(1.0, area.width())
        self._factor = min(across, (HEIGHT - 2 * PAD) / max(1.0, area.height()))
        self._origin = QRectF(room).center() - area.center() * self._factor

    def rect(self, area: QRectF) -> QRectF:
        corner = area.topLeft() * self._factor + self._origin
        return QRectF(corner, area.size() * self._factor)

    def scene(self, at: QPointF) -> QPointF:
        return (at - self._origin) / self._factor
