"""Tags or aliases as small tokens with a line to add another one.

words = WordEditor("Add Tag=Value", "tag")
words.set_words(["stage=prod"])
words.added.connect(...); words.removed.connect(...)      # str
words.set_error("'a b' can't be the name of a tag")
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from studio.gui.theme import fonts
from studio.gui.widgets.basics import label, set_flag, tool_button
from studio.gui.widgets.flow import FlowLayout
from studio.gui.widgets.suggestions import suggestion_list

WIDEST = 250


class WordToken(QFrame):
    """One word with a button that takes it away."""

    def __init__(self, word: str, noun: str) -> None:
        super().__init__()
        self.word = word
        self.setProperty("panel", "token")
        self.setAccessibleName(f"{noun.capitalize()} {word}")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        text = label()
        text.setFont(fonts.mono(12))
        metrics = text.fontMetrics()
        text.setText(metrics.elidedText(word, Qt.TextElideMode.ElideRight, WIDEST))
        text.setToolTip(word)
        self.away = tool_button("x", f"Remove {noun} {word}", size=12)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 2, 0)
        layout.setSpacing(2)
        layout.addWidget(text)
        layout.addWidget(self.away)
        self.setFixedHeight(fonts.scaled(22))


class WordEditor(QWidget):
    """Says what a person wants; shows what `set_words` is given."""

    added = Signal(str)
    removed = Signal(str)

    def __init__(self, ghost: str, noun: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._noun = noun
        self._flow = FlowLayout()
        self._names = QStringListModel(self)
        self.edit = QLineEdit(placeholderText=ghost)
        self.edit.setAccessibleName(ghost)
        self.edit.returnPressed.connect(self._add)
        self.edit.textEdited.connect(lambda: self.set_error(""))
        self._note = label("", "error", wrap=True)
        self._note.hide()
        self._flow_box = QWidget()
        self._flow_box.setLayout(self._flow)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for part in (self._flow_box, self.edit, self._note):
            layout.addWidget(part)
        self._attach_completer()

    @property
    def words(self) -> list[str]:
        return [token.word for token in self.tokens]

    @property
    def tokens(self) -> list[WordToken]:
        items = (self._flow.itemAt(number) for number in range(self._flow.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, WordToken)]

    def set_words(self, words: Sequence[str]) -> None:
        """Show these words."""
        if list(words) == self.words:
            return
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for word in words:
            token = WordToken(word, self._noun)
            token.away.clicked.connect(lambda _=False, w=word: self.removed.emit(w))
            self._flow.addWidget(token)
        self._flow_box.setVisible(bool(words))
        self._flow_box.updateGeometry()

    def set_suggestions(self, words: Sequence[str]) -> None:
        """What completion offers."""
        self._names.setStringList(list(words))

    def set_error(self, text: str) -> None:
        """Say under the line what is wrong; "" clears it."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        set_flag(self.edit, "invalid", bool(text))

    @property
    def error(self) -> str:
        return self._note.text()

    def clear_line(self) -> None:
        """Forget what is typed."""
        self.edit.clear()
        self.set_error("")

    def _add(self) -> None:
        if word := self.edit.text().strip():
            self.added.emit(word)

    def _attach_completer(self) -> None:
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        suggestion_list(completer, "Suggested words")
        self.edit.setCompleter(completer)
