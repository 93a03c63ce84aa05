"""The whole pipeline in a corner, shown while it doesn't fit into the view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

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
        view.scene().changed.connect(self.follow)
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
        painter.setPen(Qt.PenStyle.NoPen)
        for item in self._view.editor.scene.nodes.values():
            painter.setBrush(QColor(today.color(item.card.look.tone)))
            painter.drawRoundedRect(self._shrunk(item.box), 1.5, 1.5)
        painter.setPen(QPen(QColor(today.accent), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inside = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawRoundedRect(self._shrunk(self._view.seen()) & inside, 2, 2)
        painter.end()

    def _area(self) -> QRectF:
        content = self._view.editor.scene.content_rect()
        return content.adjusted(-24, -24, 24, 24)

    def _factor(self) -> float:
        area = self._area()
        across = (WIDTH - 2 * PAD) / max(1.0, area.width())
        return min(across, (HEIGHT - 2 * PAD) / max(1.0, area.height()))

    def _origin(self) -> QPointF:
        middle = QRectF(self.rect()).center()
        return middle - self._area().center() * self._factor()

    def _shrunk(self, area: QRectF) -> QRectF:
        factor, origin = self._factor(), self._origin()
        corner = area.topLeft() * factor + origin
        return QRectF(
            corner.x(), corner.y(), area.width() * factor, area.height() * factor
        )

    def _go(self, at: QPointF) -> None:
        self._view.centerOn((at - self._origin()) / self._factor())
        self._view.moved.emit()
