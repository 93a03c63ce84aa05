"""Questions about what can't be undone, with verbs on their buttons.

ask(self, "Delete penguins:3?", "Its files go too. This can't be undone.",
    verb="Delete model", done=self.delete)
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QWidget

from studio.gui.theme import icons
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import ButtonKind, button, column, label, row

WIDTH = 440


class Question(QDialog):
    """The safe answer is the default one, and what Escape gives."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        *,
        verb: str,
        keep: str = "Cancel",
        kind: ButtonKind = "danger",
        icon: str = "warning",
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self.title, self.text = title, text
        self._icon = icon
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        self.keep = button(keep, clicked=self.reject)
        self.go = button(verb, kind=kind, clicked=self.accept)
        safe = self.go if kind == "primary" else self.keep
        safe.setAutoDefault(True)
        safe.setDefault(True)
        words = column(
            label(title, "panel-title", wrap=True),
            label(text, "muted", wrap=True),
            None,
            gap=8,
        )
        head = row(self._picture, gap=12)
        head.addLayout(words, 1)
        answers = row(None, self.keep, self.go)
        layout = column(head, answers, gap=20, margins=(24, 24, 24, 16))
        self.setLayout(layout)
        self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        theme().changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap(self._icon, "text2", 24, ratio=ratio))


class NameQuestion(QDialog):
    """Asks for one name; the verb waits for it to be more than spaces."""

    def __init__(
        self, parent: QWidget, title: str, text: str, *, verb: str, proposal: str
    ) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(WIDTH)
        self.name = QLineEdit(proposal)
        self.name.setAccessibleName("Name")
        self.name.selectAll()
        self.go = button(verb, kind="primary", clicked=self.accept)
        self.go.setDefault(True)
        self.name.textChanged.connect(
            lambda text: self.go.setEnabled(bool(text.strip()))
        )
        answers = row(None, button("Cancel", clicked=self.reject), self.go)
        words = (label(title, "panel-title"), label(text, "muted", wrap=True))
        margins = (24, 24, 24, 16)
        layout = column(*words, self.name, answers, gap=12, margins=margins)
        self.setLayout(layout)
        self.name.setFocus()


def ask_for_name(
    parent: QWidget,
    title: str,
    text: str,
    *,
    verb: str,
    proposal: str,
    done: Callable[[str], object],
) -> NameQuestion:
    """Open a question for a name; `done` gets it if the verb is chosen."""
    question = NameQuestion(parent, title, text, verb=verb, proposal=proposal)
    question.accepted.connect(lambda: done(question.name.text().strip()))
    question.open()
    return question


def ask(
    parent: QWidget,
    title: str,
    text: str,
    *,
    verb: str,
    done: Callable[[], object],
    keep: str = "Cancel",
    kind: ButtonKind = "danger",
) -> Question:
    """Open a question; `done` is called if the verb is chosen."""
    question = Question(parent, title, text, verb=verb, keep=keep, kind=kind)
    question.accepted.connect(lambda: done())
    question.open()
    return question
