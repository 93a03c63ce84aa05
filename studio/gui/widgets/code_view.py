"""Code in the mono font, with the little colour that helps reading.

edit = CodeEdit("python"); edit.set_text(source); edit.mark_line(12)
view = JsonView(); view.set_value({"data": [[1, 2]]})
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from studio.gui.theme import fonts
from studio.gui.theme.theme import theme, tokens
from studio.gui.widgets.indenting import break_line, indent

Language: TypeAlias = Literal[
    "python", "yaml", "json", "sql", "diff", "requirements", "dockerfile", "text"
]
_STRING = r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\''
_NUMBER = r"\b-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\b"
_PYTHON = (
    r"\b(?:and|as|assert|async|await|break|class|continue|def|del|elif|else|except|"
    r"False|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|"
    r"raise|return|True|try|while|with|yield)\b"
)
_SQL = (
    r"(?i)\b(?:select|from|where|group|by|order|having|join|left|right|inner|outer|on|"
    r"as|and|or|not|null|is|in|case|when|then|else|end|distinct|union|all|limit|with|"
    r"count|sum|avg|min|max|cast|between|like|asc|desc)\b"
)
_RULES: dict[str, tuple[tuple[str, str], ...]] = {
    "python": (
        (_NUMBER, "port_artifact"),
        (_PYTHON, "port_model"),
        (r"@\w[\w.]*", "port_env"),
        (_STRING, "port_metric"),
        (r"#[^\n]*", "text3"),
    ),
    "yaml": (
        (_NUMBER, "port_artifact"),
        (r"\b(?:true|false|null)\b", "port_model"),
        (_STRING, "port_metric"),
        (r"\$(?:\{\{|\[\[).*?(?:\}\}|\]\])", "port_env"),
        (r"^\s*(?:-\s+)?[\w./$-]+(?=\s*:(?:\s|$))", "port_table"),
        (r"(?:^|\s)#[^\n]*", "text3"),
    ),
    "json": (
        (_NUMBER, "port_artifact"),
        (r"\b(?:true|false|null)\b", "port_model"),
        (_STRING, "port_metric"),
        (r'"(?:[^"\\]|\\.)*"(?=\s*:)', "port_table"),
    ),
    "sql": (
        (_NUMBER, "port_artifact"),
        (_SQL, "port_model"),
        (_STRING, "port_metric"),
        (r"--[^\n]*", "text3"),
    ),
    "diff": (
        (r"^\+.*", "ok"),
        (r"^-.*", "err"),
        (r"^@@.*", "link"),
    ),
    "requirements": (
        (r"^\s*[A-Za-z0-9][\w.-]*", "port_table"),
        (r"\[[^\]]*\]", "port_env"),
        (r"(?:===?|~=|!=|>=?|<=?)\s*[\w.*+!-]+", "port_artifact"),
        (r"(?:;|\s@\s).*", "port_metric"),
        (r"^\s*-{1,2}[A-Za-z][\w-]*", "port_model"),
        (r"(?:^|\s)#[^\n]*", "text3"),
    ),
    "dockerfile": (
        (r"^\s*[A-Z]{2,}(?=\s)", "port_model"),
        (r"\s--[a-z][\w-]*", "port_env"),
        (_STRING, "port_metric"),
        (r"\$\{?\w+\}?", "port_artifact"),
        (r"^\s*#[^\n]*", "text3"),
    ),
    "text": (),
}
LONGEST_LINE = 5_000


class _Highlighter(QSyntaxHighlighter):
    def __init__(self, document: QTextDocument, language: Language) -> None:
        super().__init__(document)
        self.set_language(language)

    def set_language(self, language: Language) -> None:
        rules = _RULES[language]
        self._rules = [(re.compile(pattern), _ink(token)) for pattern, token in rules]
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if len(text) > LONGEST_LINE:
            return
        for pattern, ink in self._rules:
            for match in pattern.finditer(text):
                self.setFormat(match.start(), match.end() - match.start(), ink)


_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_CONTROL = Qt.KeyboardModifier.ControlModifier
LEAVING = "Tab indents. To go on, press Escape and then Tab."


class CodeEdit(QPlainTextEdit):
    """An editor of plain text with line numbers.

    Tab writes four spaces, and goes on after Escape: no one is held in here.
    """

    def __init__(
        self,
        language: Language = "text",
        *,
        read_only: bool = False,
        numbers: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("panel", "code")
        self.setReadOnly(read_only)
        self.setTabChangesFocus(True)
        self._leaves = False
        if not read_only:
            self.setAccessibleDescription(LEAVING)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._language: Language = language
        self._highlighter = _Highlighter(self.document(), language)
        self._numbers = _Numbers(self) if numbers else None
        self._marked = 0
        self._mark: QTextCursor | None = None
        self.document().contentsChange.connect(self._edited)
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        theme().changed.connect(self._dress)
        self._dress()

    def text(self) -> str:
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Show a text; the place is kept if it is the same text."""
        if text != self.toPlainText():
            self.mark_line(0)
            self.setPlainText(text)

    def set_language(self, language: Language) -> None:
        self._language = language
        self._highlighter.set_language(language)

    def mark_line(self, number: int, *, go: bool = True) -> None:
        """Tint a line, 1 the first, and `go` there; 0 clears the mark."""
        self._marked = number
        block = self.document().findBlockByNumber(number - 1)
        self._mark = QTextCursor(block) if number and block.isValid() else None
        if go:
            self.go_to_line(number)
        self._show_mark()

    def go_to_line(self, number: int) -> None:
        """Put the cursor at the beginning of a line; nothing if there is none."""
        block = self.document().findBlockByNumber(number - 1)
        if number and block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()

    def number_width(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 16

    def keyPressEvent(self, event: QKeyEvent) -> None:
        leaves, self._leaves = self._leaves, event.key() == Qt.Key.Key_Escape
        if self.isReadOnly():
            super().keyPressEvent(event)
        elif event.key() in _RETURNS and event.modifiers() & _CONTROL:
            event.ignore()  # whoever shows the text may have a use for it
        elif event.key() in _RETURNS:
            break_line(self.textCursor(), self._language)
            self.ensureCursorVisible()
        elif event.key() == Qt.Key.Key_Backtab and not leaves:
            indent(self.textCursor(), -1)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        if not forward or self._leaves or self.isReadOnly():
            return super().focusNextPrevChild(forward)
        indent(self.textCursor(), 1)
        return True

    def _edited(self, position: int, _removed: int, added: int) -> None:
        """The mark goes with its line, and goes away when that is changed."""
        if self._mark is None:
            return
        block = self._mark.block()
        last = block.position() + block.length() - 1
        if position <= last and position + added >= block.position():
            self._marked, self._mark = 0, None
        else:
            self._marked = block.blockNumber() + 1
        self._show_mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _dress(self) -> None:
        self.setFont(fonts.mono())
        self._highlighter.set_language(self._language)
        self._make_room()
        self._show_mark()

    def _make_room(self) -> None:
        if self._numbers is None:
            return
        width = self.number_width()
        self.setViewportMargins(width, 0, 0, 0)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), width, area.height()))

    def _scroll_numbers(self, rect: QRect, dy: int) -> None:
        if self._numbers is not None:
            self._numbers.update()

    def _show_mark(self) -> None:
        block = self.document().findBlockByNumber(self._marked - 1)
        selections = []
        if self._marked and block.isValid():
            line = QTextEdit.ExtraSelection()
            line.cursor = QTextCursor(block)
            line.format = _ground("err_bg")
            selections.append(line)
        self.setExtraSelections(selections)

    def paint_numbers(self, painter: QPainter, width: int, area: QRect) -> None:
        """Draw the line numbers of the blocks within `area`."""
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        offset = self.contentOffset()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(offset).toRect()
            if box.top() > area.bottom():
                break
            number = block.blockNumber() + 1
            ink = "err" if number == self._marked else "text3"
            painter.setPen(QColor(tokens().color(ink)))
            room = QRect(0, box.top(), width - 8, self.fontMetrics().height())
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, str(number))
            block = block.next()


class _Numbers(QWidget):
    def __init__(self, edit: CodeEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:
        return QSize(self._edit.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(tokens().surface2))
        self._edit.paint_numbers(painter, self.width(), event.rect())
        painter.end()


class JsonView(CodeEdit):
    """A value as indented JSON, to read and copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("json", read_only=True, numbers=False, parent=parent)

    def set_value(self, value: Any) -> None:
        """Show a value, or text that is JSON already (left as it is if it isn't)."""
        if isinstance(value, str | bytes):
            text = value.decode(errors="replace") if isinstance(value, bytes) else value
            try:
                value = json.loads(text)
            except ValueError:
                self.set_text(text)
                return
        self.set_text(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def _ink(token: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(tokens().color(token)))
    return made


def _ground(token: str) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setBackground(QColor(tokens().color(token)))
    made.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
    return made
