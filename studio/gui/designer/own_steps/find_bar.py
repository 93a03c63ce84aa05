"""Words looked for in the text that is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.gui.widgets.basics import label, row, search_edit, tool_button

BACKWARD = QTextDocument.FindFlag.FindBackward


class FindBar(QWidget):
    """Enter finds the next place, Shift+Enter the one before, Escape closes."""

    def __init__(
        self, shown: Callable[[], QPlainTextEdit | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shown = shown
        self.field = search_edit("Find in this file")
        self.count = label("", "caption")
        self.field.textChanged.connect(self._from_here)
        self.field.installEventFilter(self)
        self.setLayout(
            row(
                self.field,
                self.count,
                tool_button("arrow-up", "Find before", self.back, size=16),
                tool_button("arrow-down", "Find next", self.next, size=16),
                tool_button("x", "Close find", self.leave, size=16),
                gap=4,
                margins=(8, 4, 8, 4),
            )
        )
        self.hide()

    def begin(self) -> None:
        """Show it; what is selected is looked for."""
        edit = self._shown()
        chosen = edit.textCursor().selectedText() if edit else ""
        self.show()
        if chosen and "\u2029" not in chosen:
            self.field.setText(chosen)
        self.field.setFocus()
        self.field.selectAll()

    def leave(self) -> None:
        self.hide()
        if (edit := self._shown()) is not None:
            edit.setFocus()

    def next(self) -> None:
        self._find(QTextDocument.FindFlag(0), QTextCursor.MoveOperation.Start)

    def back(self) -> None:
        self._find(BACKWARD, QTextCursor.MoveOperation.End)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                    (self.back if back else self.next)()
                    return True
                case Qt.Key.Key_Escape:
                    self.leave()
                    return True
        return super().eventFilter(watched, event)

    def _from_here(self, words: str) -> None:
        edit = self._shown()
        if edit is None:
            return
        cursor = edit.textCursor()
        cursor.setPosition(cursor.selectionStart())
        edit.setTextCursor(cursor)
        found = edit.toPlainText().casefold().count(words.casefold()) if words else 0
        self.count.setText(f"{found} found" if words else "")
        if found:
            self.next()

    def _find(
        self, flags: QTextDocument.FindFlag, start: QTextCursor.MoveOperation
    ) -> None:
        """The next place; after the last one, from the other end."""
        edit, words = self._shown(), self.field.text()
        if edit is None or not words or edit.find(words, flags):
            return
        cursor = edit.textCursor()
        cursor.movePosition(start)
        edit.setTextCursor(cursor)
        edit.find(words, flags)
