"""Indentation in an editor of code: kept by Enter, changed by Tab and Shift+Tab."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCursor

WIDTH = 4


def break_line(cursor: QTextCursor, language: str) -> None:
    """A new line as far in as this one; further after the colon of Python."""
    before = cursor.block().text()[: cursor.positionInBlock()]
    if cursor.hasSelection():
        start = QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        before = start.block().text()[: start.positionInBlock()]
    depth = before[: len(before) - len(before.lstrip(" \t"))]
    if language == "python" and before.rstrip().endswith(":"):
        depth += " " * WIDTH
    cursor.insertText(f"\n{depth}")


def indent(cursor: QTextCursor, way: int) -> None:
    """The selected lines, or this one, further in (1) or out (-1). Without a
    selection, in means spaces up to the next stop."""
    if way > 0 and not cursor.hasSelection():
        cursor.insertText(" " * (WIDTH - cursor.positionInBlock() % WIDTH))
        return
    cursor.beginEditBlock()
    for block in _lines(cursor):
        at = QTextCursor(block)
        if way > 0 and block.text():
            at.insertText(" " * WIDTH)
        elif way < 0:
            for _ in range(_removable(block.text())):
                at.deleteChar()
    cursor.endEditBlock()


def _lines(cursor: QTextCursor) -> list[QTextBlock]:
    document = cursor.document()
    block = document.findBlock(cursor.selectionStart())
    last = document.findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1))
    found = [block]
    while block != last:
        block = block.next()
        found.append(block)
    return found


def _removable(text: str) -> int:
    """How many characters one step out takes from the start of a line."""
    if text.startswith("\t"):
        return 1
    return min(WIDTH, len(text) - len(text.lstrip(" ")))
