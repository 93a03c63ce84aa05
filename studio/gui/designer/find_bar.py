"""A bar over the canvas: what to find, and how many of how many are found."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from studio.gui.widgets.basics import label, row, search_edit, tool_button
from studio.gui.widgets.elided import ElidedLabel

SEARCH_WIDTH, COUNT_WIDTH = 280, 88


class FindBar(QFrame):
    """Enter goes on (into a step, if what was found is there), Shift+Enter back,
    Escape closes."""

    typed = Signal(str)
    entered = Signal()
    next_wanted = Signal()
    previous_wanted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("panel", "header")
        self.setAccessibleName("Find steps")
        self.search = search_edit("Find a step, component or setting")
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.search.textChanged.connect(self.typed)
        self.count = label("", "caption")
        self.count.setMinimumWidth(COUNT_WIDTH)
        self.where = ElidedLabel("caption")
        self._ways = (
            tool_button("caret-up", "Previous step found", self.previous_wanted.emit),
            tool_button("caret-down", "Next step found", self.next_wanted.emit),
        )
        close = tool_button("x", "Close the search", self.closed.emit)
        self.setLayout(
            row(
                *(self.search, self.count, *self._ways, self.where, None, close),
                margins=(12, 6, 8, 6),
            )
        )
        self.show_count(0, 0)

    def show_count(self, number: int, count: int) -> None:
        """`number` counts from 1."""
        for way in self._ways:
            way.setEnabled(count > 0)
        if count:
            self.count.setText(f"{number} of {count}")
        else:
            self.count.setText("No step found" if self.search.text().strip() else "")

    def show_inside(self, where: str) -> None:
        """The titles on the way to a step inside of another one; "" for none."""
        self.where.setText(f"{where}: Enter looks inside" if where else "")

    def begin(self) -> None:
        """Show it, ready to type anew."""
        self.show()
        self.search.setFocus()
        self.search.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            (self.previous_wanted if back else self.entered).emit()
        else:
            super().keyPressEvent(event)
