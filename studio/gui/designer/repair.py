"""What stands where a wire was refused: why, and the step that would make it fit."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFrame, QWidget

from studio.gui.theme import fonts
from studio.gui.widgets.basics import button, column, label, row, tool_button

WIDTH = 320


class Repair(QFrame):
    """A small box over the canvas; any press on the canvas puts it away."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("panel", "dialog")
        self._why = label("", "muted", wrap=True)
        self.go = button("Insert", kind="primary", clicked=self._do)
        self._close = tool_button("x", "Leave it unconnected", self.hide, size=14)
        head = row(self._why, self._close, gap=4)
        self.setLayout(column(head, row(self.go, None), gap=8, margins=(12, 10, 8, 10)))
        self._act: Callable[[], object] = self.hide
        self.hide()

    def offer(
        self, reason: str, words: str, act: Callable[[], object], at: QPoint
    ) -> None:
        """Say why, and offer to mend it; `at` is a place of the canvas."""
        self._act = act
        self._why.setText(reason)
        self.go.setText(words)
        self.setFixedWidth(fonts.scaled(WIDTH))
        self.adjustSize()
        x = min(at.x() + 12, self._over.width() - self.width() - 8)
        y = min(at.y() + 12, self._over.height() - self.height() - 8)
        self.move(max(8, x), max(8, y))
        self.show()
        self.raise_()
        self.go.setFocus()

    def _do(self) -> None:
        self.hide()
        self._over.setFocus()
        self._act()
