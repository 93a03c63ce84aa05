"""A ring around lists, tables and canvases that Tab has led to: they have no border of
their own that could show it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from studio.gui.theme.theme import tokens

RADIUS = 3.0


class FocusRing(QWidget):
    """Lies over its parent and goes when the focus does."""

    def __init__(self, around: QWidget) -> None:
        super().__init__(around)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around.installEventFilter(self)
        self.resize(around.size())
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
            self.deleteLater()
        elif event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.resize(watched.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        width = tokens().focus_width
        inner = QRectF(self.rect()).adjusted(
            width / 2, width / 2, -width / 2, -width / 2
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens().focus), width))
        painter.drawRoundedRect(inner, RADIUS, RADIUS)


def ring_around(widget: QWidget) -> None:
    """Show that keys go to this widget now, if it doesn't by itself."""
    if isinstance(widget, QAbstractScrollArea) and widget.hasFocus():
        FocusRing(widget)
