"""Markdown of notes, laid out for drawing."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument

from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens

_GITHUB = QTextDocument.MarkdownFeature.MarkdownDialectGitHub
_NO_HTML = QTextDocument.MarkdownFeature.MarkdownNoHTML


class NoteText(QTextDocument):
    """A note may come from anybody: it shows no HTML and reads no files."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return None


def note_text(text: str, width: float) -> QTextDocument:
    """A text so wide, in today's font and colours."""
    return _made(text, width, tokens().name, fonts.scaled(1000))


@lru_cache(maxsize=200)
def _made(text: str, width: float, theme: str, letters: int) -> QTextDocument:
    made = NoteText()
    made.setDocumentMargin(0)
    made.setIndentWidth(20)
    made.setDefaultFont(fonts.font(13))
    made.setMarkdown(text, _GITHUB | _NO_HTML)
    ink = QTextCharFormat()
    ink.setForeground(QColor(tokens().text))
    cursor = QTextCursor(made)
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.mergeCharFormat(ink)
    made.setTextWidth(width)
    return made


def height_of(text: str, width: float) -> float:
    """How high a text is when it is so wide."""
    return note_text(text, width).size().height()
