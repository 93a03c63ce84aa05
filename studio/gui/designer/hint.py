"""A few words at the pointer, over the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from studio.gui.widgets.basics import frame, label, row, set_flag


class Hint(QWidget):
    """A few words at the pointer while a wire is pulled."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._over = viewport
        self._pointer = QPointF()
        self._text: QLabel = label()
        self._box = frame("toast", row(self._text, margins=(8, 4, 8, 4)))
        self.setLayout(row(self._box))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text() if self.isVisible() else ""

    def say(self, text: str, tone: str) -> None:
        """Show words, or nothing for ""."""
        self._text.setText(text)
        set_flag(self._text, "ink", tone)
        self.setVisible(bool(text))
        self.adjustSize()
        self.place(self._pointer)
        self.raise_()

    def place(self, pointer: QPointF) -> None:
        """Stand at the lower right of the pointer, within the view."""
        self._pointer = pointer
        room: QSize = self._over.size() - self.sizeHint()
        x = min(int(pointer.x()) + 16, max(0, room.width() - 4))
        y = min(int(pointer.y()) + 20, max(0, room.height() - 4))
        self.move(x, y)
