"""The tag filter: committed terms as tokens, free text, completion, help in words.

bar = FilterBar()
bar.changed.connect(self.reload)              # str in the filter's own grammar
bar.set_suggestions([Suggestion("stage=prod", 12)])
bar.add_term("stage=prod")                    # e.g. a clicked tag
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from studio.domain.errors import StudioError
from studio.domain.tag_filter import parse_filter, write_term
from studio.gui.theme import fonts, icons
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import label, set_flag, tool_button
from studio.gui.widgets.suggestions import suggestion_list

IDLE_MS = 250


@dataclass(frozen=True)
class Suggestion:
    """A term that would match, and how many things it matches (None: unknown)."""

    term: str
    count: int | None = None


class Token(QFrame):
    """One committed term with a button that takes it away."""

    removed = Signal(str)

    def __init__(self, term: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.term = term
        self.setProperty("panel", "token")
        self.setAccessibleName(f"Filter {term}")
        text = label(term)
        text.setFont(fonts.mono(12))
        text.setMaximumWidth(280)
        away = tool_button("x", f"Remove {term}", size=12)
        away.clicked.connect(lambda: self.removed.emit(self.term))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 2, 0)
        layout.setSpacing(2)
        layout.addWidget(text)
        layout.addWidget(away)
        self.setFixedHeight(fonts.scaled(22))


class FilterBar(QWidget):
    """Emits `changed(text)` when the filter means something else than before."""

    changed = Signal(str)
    typed = Signal(str)

    def __init__(self, ghost: str = "Tag=Value", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tokens: list[Token] = []
        self._last = ""
        self._ghost = ghost
        self._box = QFrame()
        self._box.setProperty("panel", "tokens")
        self._box.setFixedHeight(fonts.scaled(32))
        self._row = QHBoxLayout(self._box)
        self._picture = QLabel()
        self.edit = QLineEdit(placeholderText=ghost)
        self._clear = tool_button("x", "Clear the filter", self.clear, size=14)
        self._note = label("", "error", wrap=True)
        self._model = QStandardItemModel(self)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._build()

    def text(self) -> str:
        """The whole filter: tokens, then what is typed and not yet committed."""
        words = [token.term for token in self._tokens]
        return " ".join([*words, self.edit.text().strip()]).strip()

    def set_text(self, text: str) -> None:
        """Replace the filter; what isn't understood stays as typed text."""
        self._drop_tokens()
        self.edit.setText(text)
        self.commit()

    def add_term(self, term: str) -> None:
        """Add a term unless it is there already."""
        if term not in (token.term for token in self._tokens):
            self._add_token(term)
            self._settle()

    def clear(self) -> None:
        self._drop_tokens()
        self.edit.clear()
        self.set_error("")
        self._settle()

    def set_suggestions(self, suggestions: Sequence[Suggestion]) -> None:
        """What completion offers, best first."""
        self._model.clear()
        for one in suggestions:
            shown = one.term if one.count is None else f"{one.term}    {one.count:,}"
            item = QStandardItem(shown)
            item.setData(one.term, Qt.ItemDataRole.UserRole)
            self._model.appendRow(item)

    def set_error(self, text: str) -> None:
        """Say under the bar what isn't understood; "" clears it."""
        self._say(text, "error")
        set_flag(self._box, "invalid", bool(text))

    @property
    def error(self) -> str:
        shown = self._note.property("role") == "error"
        return self._note.text() if shown else ""

    @property
    def terms(self) -> list[str]:
        return [token.term for token in self._tokens]

    def commit(self) -> None:
        """Turn what is typed into tokens, or say why that can't be."""
        typed = self.edit.text().strip()
        try:
            parsed = parse_filter(typed)
        except StudioError as error:
            self.set_error(f"{error.message}. {error.hint}.")
            return
        self.set_error("")
        if parsed.corrected:
            self._say(f"Understood as {parsed.corrected}", "help")
        self.edit.clear()
        for term in parsed.terms:
            written = write_term(term)
            if written not in self.terms:
                self._add_token(written)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            set_flag(self._box, "focused", event.type() == QEvent.Type.FocusIn)
        at_start = isinstance(event, QKeyEvent) and not self.edit.text()
        if at_start and event.type() == QEvent.Type.KeyPress and self._tokens:
            assert isinstance(event, QKeyEvent)
            if event.key() == Qt.Key.Key_Backspace:
                self._remove(self._tokens[-1].term)
                return True
        return False

    def _build(self) -> None:
        self._row.setContentsMargins(8, 0, 4, 0)
        self._row.setSpacing(6)
        self.edit.setProperty("bare", "true")
        self.edit.setMinimumWidth(140)
        self.edit.setAccessibleName("Filter")
        self.edit.setToolTip("Enter turns what is typed into a term that stays")
        self.edit.installEventFilter(self)
        self.edit.returnPressed.connect(self._entered)
        self.edit.textEdited.connect(self._edited)
        self._idle.timeout.connect(self._live)
        self._row.addWidget(self._picture)
        self._row.addWidget(self.edit, 1)
        self._row.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._box)
        layout.addWidget(self._note)
        self._note.hide()
        self._clear.hide()
        self._attach_completer()
        theme().changed.connect(self._draw)
        self._draw()

    def _attach_completer(self) -> None:
        completer = QCompleter(self._model, self)
        completer.setCompletionRole(Qt.ItemDataRole.UserRole)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._popup = suggestion_list(completer, "Suggested filters")
        self._popup.setMinimumSize(QSize(240, 0))
        completer.activated.connect(self._complete)
        self.edit.setCompleter(completer)

    def _entered(self) -> None:
        # Enter in the list of suggestions reaches the line first.
        popup = self._popup
        if not (popup.isVisible() and popup.currentIndex().isValid()):
            self.commit()

    def _complete(self, term: str) -> None:
        # The completer writes into the line after this signal.
        QTimer.singleShot(0, self, lambda: self._take(term))

    def _take(self, term: str) -> None:
        self.edit.clear()
        self.add_term(term)

    def _edited(self, text: str) -> None:
        self.set_error("")
        self._clear.setVisible(bool(text or self._tokens))
        self.typed.emit(text)
        self._idle.start()

    def _live(self) -> None:
        """What is typed filters by itself; what isn't understood is explained."""
        try:
            parse_filter(self.edit.text())
        except StudioError as error:
            self.set_error(f"{error.message}. {error.hint}.")
        else:
            self._settle()

    def _add_token(self, term: str) -> None:
        token = Token(term)
        token.removed.connect(self._remove)
        self._tokens.append(token)
        self._row.insertWidget(len(self._tokens), token)

    def _remove(self, term: str) -> None:
        for token in [token for token in self._tokens if token.term == term]:
            self._tokens.remove(token)
            token.hide()
            token.deleteLater()
        self._settle()
        self.edit.setFocus()

    def _drop_tokens(self) -> None:
        for token in self._tokens:
            token.hide()
            token.deleteLater()
        self._tokens.clear()

    def _settle(self) -> None:
        text = self.text()
        self._clear.setVisible(bool(text))
        self.edit.setPlaceholderText("" if self._tokens else self._ghost)
        if text != self._last:
            self._last = text
            self.changed.emit(text)

    def _say(self, text: str, role: str) -> None:
        self._note.setText(text)
        set_flag(self._note, "role", role)
        self._note.setVisible(bool(text))

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap("funnel-simple", "text3", 16, ratio=ratio))
