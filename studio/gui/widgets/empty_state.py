"""What a page says when it has nothing: what would be here, and the next step.

EmptyState("stack", "No models yet", "Train one with the sample, or import a file.",
           primary=("Open sample", open_sample), secondary=("Import", import_file))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from studio.gui.theme import icons
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import ButtonKind, button, label

Step: TypeAlias = tuple[str, Callable[[], object]]
WIDTH, PICTURE, GAP = 360, 48, 8


class EmptyState(QWidget):
    """Centred at 40 % of the height, never wider than 360 px."""

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        *,
        primary: Step | None = None,
        secondary: Step | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._title = label(title, "panel-title", wrap=True)
        self._sentence = label(sentence, "muted", wrap=True)
        self._steps = QHBoxLayout()
        self._build()
        self.set_steps(primary, secondary)
        theme().changed.connect(self._draw)
        self._draw()

    def set_text(self, title: str, sentence: str) -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._fit()

    def set_steps(self, primary: Step | None, secondary: Step | None = None) -> None:
        """Replace the buttons."""
        while (item := self._steps.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._steps.addStretch(1)
        self._add(primary, "primary")
        self._add(secondary, "secondary")
        self._steps.addStretch(1)

    def _add(self, step: Step | None, kind: ButtonKind) -> None:
        if step is not None:
            self._steps.addWidget(button(step[0], kind=kind, clicked=step[1]))

    def _build(self) -> None:
        centred = Qt.AlignmentFlag.AlignHCenter
        inner = QWidget()
        inner.setFixedWidth(WIDTH)
        stack = QVBoxLayout(inner)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(GAP)
        for made in (self._picture, self._title, self._sentence):
            made.setAlignment(centred)
            stack.addWidget(made)
        stack.insertSpacing(1, 8)
        stack.addSpacing(8)
        self._steps.setSpacing(8)
        stack.addLayout(self._steps)
        around = QVBoxLayout(self)
        around.addStretch(2)
        around.addWidget(inner, 0, centred)
        around.addStretch(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """The room that is wanted, also where the picture has given way."""
        wanted = super().sizeHint()
        hidden = self._picture.isHidden()
        return wanted + QSize(0, PICTURE + GAP) if hidden else wanted

    def _fit(self) -> None:
        """All lines of the words; the picture gives way where there is little room."""
        for made in (self._title, self._sentence):
            made.ensurePolished()
            made.setFixedHeight(made.heightForWidth(WIDTH) if made.text() else 0)
        self._picture.setVisible(self.height() >= self.sizeHint().height())

    def _draw(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(icons.pixmap(self._icon, "text3", PICTURE, ratio=ratio))
        self._picture.setFixedHeight(PICTURE)
        self._fit()
