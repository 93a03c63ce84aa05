"""The text of an environment: problems marked at their place, names completed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from PySide6.QtCore import QEvent, QRect, QStringListModel, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QCompleter, QTextEdit, QToolTip

from studio.domain.text_problem import TextProblem
from studio.gui.theme.theme import tokens
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.suggestions import suggestion_list

_NAME = r"([A-Za-z0-9][A-Za-z0-9._-]*)$"
_AT_PIP = re.compile(rf"^\s*{_NAME}")
_AT_CONDA = re.compile(rf"^\s*-\s+{_NAME}")
LEAST_LETTERS = 2
_INKS = {"error": "err", "warning": "warn"}
_TAKING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Escape)


class PackageEdit(CodeEdit):
    """requirements.txt or environment.yml, by its language."""

    def __init__(self) -> None:
        self._problems: list[TextProblem] = []
        super().__init__("requirements")
        self._names = QStringListModel(self)
        self.completer = QCompleter(self._names, self)
        self.completer.setWidget(self)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.activated.connect(self._complete)
        self._popup = suggestion_list(self.completer, "Names of packages")

    def set_names(self, names: Sequence[str]) -> None:
        """What completion offers."""
        self._names.setStringList(list(names))

    def show_problems(self, problems: Sequence[TextProblem]) -> None:
        """Mark these instead of the ones before."""
        self._problems = list(problems)
        self._show_mark()

    @property
    def marked(self) -> list[tuple[int, str]]:
        """Line (from 1) and text of each mark, as they are drawn."""
        return [
            (each.cursor.blockNumber() + 1, each.cursor.selectedText())
            for each in self.extraSelections()
        ]

    def go_to(self, problem: TextProblem) -> None:
        """Put the cursor where a problem is."""
        self.go_to_line(problem.line)
        cursor = self.textCursor()
        last = cursor.block().length() - 1
        cursor.setPosition(cursor.block().position() + min(problem.column - 1, last))
        self.setTextCursor(cursor)
        self.setFocus()

    def replace_text(self, text: str) -> None:
        """Another text as one edit, which can be undone."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._popup.isVisible() and event.key() in _TAKING:
            event.ignore()  # the list takes it
            return
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        asked = bool(control) and event.key() == Qt.Key.Key_Space
        if not asked:
            super().keyPressEvent(event)
        typed = event.text().isprintable() and bool(event.text()) and not control
        backwards = event.key() == Qt.Key.Key_Backspace and self._popup.isVisible()
        if asked or typed or backwards:
            self._offer(0 if asked else LEAST_LETTERS)
        elif event.text():
            self._popup.hide()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            place = cast(QHelpEvent, event)
            line = self.cursorForPosition(place.pos()).blockNumber() + 1
            told = [_words(each) for each in self._problems if each.line == line]
            QToolTip.showText(place.globalPos(), "\n".join(told), self)
            return True
        return super().viewportEvent(event)

    def _prefix(self) -> str | None:
        """The name that is being written at the cursor; None where none may stand."""
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        if not before.strip(" -"):
            return ""
        pattern = _AT_CONDA if self._language == "yaml" else _AT_PIP
        found = pattern.match(before)
        return found[1] if found else None

    def _offer(self, least: int) -> None:
        prefix = self._prefix()
        if prefix is None or len(prefix) < least:
            self._popup.hide()
            return
        self.completer.setCompletionPrefix(prefix)
        only = self.completer.completionCount() == 1
        if only and self.completer.currentCompletion() == prefix:
            self._popup.hide()
            return
        self._popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        place = self.cursorRect()
        place.translate(self.viewportMargins().left(), 0)
        bar = self._popup.verticalScrollBar().sizeHint().width()
        wide = self._popup.sizeHintForColumn(0) + bar + 16
        self.completer.complete(
            QRect(place.topLeft(), place.size()).adjusted(0, 0, max(wide, 180), 0)
        )

    def _complete(self, name: str) -> None:
        cursor = self.textCursor()
        moved = QTextCursor.MoveOperation.Left
        kept = QTextCursor.MoveMode.KeepAnchor
        cursor.movePosition(moved, kept, len(self._prefix() or ""))
        cursor.insertText(name)
        self.setTextCursor(cursor)

    def _show_mark(self) -> None:
        """Waves under what is wrong, in the colour of how bad it is."""
        wrong = (each for each in self._problems if each.severity != "info")
        found = (self._mark_of(each) for each in wrong)
        self.setExtraSelections([each for each in found if each is not None])

    def _mark_of(self, problem: TextProblem) -> QTextEdit.ExtraSelection | None:
        block = self.document().findBlockByNumber(problem.line - 1)
        if not block.isValid():
            return None
        text = block.text()
        begin = min(max(problem.column - 1, 0), max(len(text) - 1, 0))
        begin += len(text[begin:]) - len(text[begin:].lstrip())
        end = begin + problem.length if problem.length else len(text.rstrip())
        made = QTextEdit.ExtraSelection()
        made.cursor = QTextCursor(block)
        made.cursor.setPosition(block.position() + min(begin, len(text)))
        made.cursor.setPosition(
            block.position() + min(max(end, begin), len(text)),
            QTextCursor.MoveMode.KeepAnchor,
        )
        wave = QTextCharFormat()
        wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        wave.setUnderlineColor(QColor(tokens().color(_INKS[problem.severity])))
        made.format = wave
        return made


def _words(problem: TextProblem) -> str:
    return f"{problem.message}. {problem.hint}" if problem.hint else problem.message
