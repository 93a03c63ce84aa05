"""A title that is edited where it stands."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import set_flag


class TitleEdit(QLineEdit):
    """Looks like a heading until it is clicked; `renamed` follows Enter or leaving."""

    renamed = Signal(str)
    left = Signal()
    """Enter or Escape: the keys belong to the canvas again."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.setAccessibleName(name)
        self.setToolTip(f"{name}: click to change (F2)")
        set_flag(self, "bare", True)
        self.setTextMargins(-2, 0, 0, 0)
        self.editingFinished.connect(self._finish)
        self.returnPressed.connect(self.left)
        theme().changed.connect(self._dress)
        self._dress()

    def show_title(self, text: str) -> None:
        """Show a title, unless it is being typed."""
        if text != self._shown:
            self._shown = text
            self.setText(text)
            self.setCursorPosition(0)

    def begin(self) -> None:
        self.setFocus()
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Cancel):
            self.setText(self._shown)
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _finish(self) -> None:
        text = self.text().strip()
        if text and text != self._shown:
            self._shown = text
            self.renamed.emit(text)
        else:
            self.setText(self._shown)

    def _dress(self) -> None:
        size = fonts.scaled(16)
        self.setStyleSheet(f"font-size: {size}px; font-weight: 600; min-height: 26px;")
