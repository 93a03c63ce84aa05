"""The large card at the top of the first page: the one thing to do now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.home.cards import IconTile
from studio.gui.widgets.basics import button, column, frame, label, row
from studio.gui.widgets.progress import ProgressRow


class Hero(QWidget):
    """An icon, a line, a sentence and the page's one primary button."""

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile = IconTile("bird")
        self._kind = label("", "section")
        self._title = label("", "panel-title", wrap=True)
        self._sentence = label("", "muted", wrap=True)
        self.button = button("", kind="primary", large=True, clicked=self.pressed.emit)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._progress: ProgressRow | None = None
        line = row(self._tile, gap=16, margins=(20, 20, 20, 20))
        line.addLayout(column(self._title, self._sentence, gap=4), 1)
        line.addSpacing(8)
        line.addWidget(self.button)
        self._layout.addWidget(self._kind)
        self._layout.addWidget(frame("card", line))
        self.hide()

    @property
    def heading(self) -> str:
        return self._title.text()

    def show_step(
        self, icon: str, kind: str, title: str, sentence: str, verb: str
    ) -> None:
        """Say what to do; the button's verb is its name for screen readers too."""
        self._tile.set_icon(icon)
        self._kind.setText(kind)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.button.setText(verb)
        self.button.setAccessibleName(f"{verb}: {title}")
        self.show()

    def set_busy(self, words: str) -> None:
        """Show that it is being done; "" when it has ended."""
        self.button.setEnabled(not words)
        if self._progress is not None:
            self._layout.removeWidget(self._progress)
            self._progress.deleteLater()
            self._progress = None
        if words:
            self._progress = ProgressRow(words)
            self._layout.addWidget(self._progress)
