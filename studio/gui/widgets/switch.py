"""An on-off switch: `Switch("Stratify by target")`, then as any checkable button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens

TRACK_WIDTH, TRACK_HEIGHT, GAP = 32, 18, 8


class Switch(QAbstractButton):
    """Space or a click turns it; its state is told by place as well as colour."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text())
        gap = GAP if self.text() else 0
        return QSize(TRACK_WIDTH + 4 + gap + words, fonts.scaled(24))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - TRACK_HEIGHT) / 2
        track = QRectF(2, top, TRACK_WIDTH, TRACK_HEIGHT)
        self._paint_track(painter, track)
        room = self.rect().adjusted(TRACK_WIDTH + 4 + GAP, 0, 0, 0)
        color = "text" if self.isEnabled() else "disabled"
        painter.setPen(QColor(tokens().color(color)))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()

    def _paint_track(self, painter: QPainter, track: QRectF) -> None:
        today, on = tokens(), self.isChecked()
        radius = TRACK_HEIGHT / 2
        ground = today.accent if on else today.surface
        edge = today.accent if on else today.border_strong
        if not self.isEnabled():
            ground, edge = today.sunken, today.border
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(edge), 1))
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        size = TRACK_HEIGHT - 8
        left = track.right() - size - 4 if on else track.left() + 4
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(today.accent_text if on else today.text2))
        painter.drawEllipse(QRectF(left, track.top() + 4, size, size))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(today.focus), today.focus_width))
            painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), radius, radius)
