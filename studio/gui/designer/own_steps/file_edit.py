"""One file in the editor: its text, what the disk said last, and what is unsaved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from studio.gui.widgets.code_view import CodeEdit, Language

_LANGUAGES: dict[str, Language] = {
    ".py": "python",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".sql": "sql",
    ".json": "json",
}


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
