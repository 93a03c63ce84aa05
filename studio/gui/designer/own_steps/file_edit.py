"""One file in the editor: its text, what the disk said last, and what is unsaved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from studio.gui.widgets.code_view import CodeEdit, Language

_LANGUAGES: dict[str, Language] = {
    ".py": "python",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".sql": "sql",
    ".json": "json",
}
_SPACES = "    "


class FileEdit(CodeEdit):
    """`marked(bool)` tells when it becomes unsaved, or saved again."""

    marked = Signal(bool)

    def __init__(self, file: Path, text: str, parent: QWidget | None = None) -> None:
        language = _LANGUAGES.get(file.suffix.lower(), "text")
        super().__init__(language, parent=parent)
        self.file = file
        self.on_disk = text
        self.setPlainText(text)
        self.setAccessibleName(f"Text of {file.name}")
        self.document().setModified(False)
        self.document().modificationChanged.connect(self.marked)

    @property
    def dirty(self) -> bool:
        return self.document().isModified()

    def saved(self, text: str) -> None:
        """The file holds that text now; what was typed since is still unsaved."""
        self.on_disk = text
        self.document().setModified(self.text() != text)

    def take(self, text: str) -> None:
        """Another text, as one edit that can be undone; it is what the file holds."""
        cursor = QTextCursor(self.document())
        place = self.textCursor().position()
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.endEditBlock()
        cursor.setPosition(min(place, len(text)))
        self.setTextCursor(cursor)
        self.saved(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() == "\r" and not event.modifiers():
            self._break_line()
        else:
            super().keyPressEvent(event)

    def _break_line(self) -> None:
        """A new line as far in as this one, further after a colon."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        inset = before[: len(before) - len(before.lstrip())]
        if before.rstrip().endswith(":") and self.file.suffix == ".py":
            inset += _SPACES
        cursor.insertText(f"\n{inset}")
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
