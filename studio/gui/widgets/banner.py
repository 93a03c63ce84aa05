"""A message within a page, with the buttons that mend what it says.

banner = Banner("warn", "Column “plan_type” has 3 unseen categories.",
                hint="Add Encode before this step.",
                fixes=[("Insert Encode", insert), ("Ignore", ignore)])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.gui.theme import icons
from studio.gui.theme.theme import theme
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    label,
    row,
    selectable,
    set_flag,
    tool_button,
    wrap_in,
)
from studio.gui.widgets.hints import in_window

BannerTone: TypeAlias = Literal["info", "ok", "warn", "err"]
Fix: TypeAlias = tuple[str, Callable[[], object]]
_ICONS = {"info": "info", "ok": "check-circle", "warn": "warning", "err": "x-circle"}


class Banner(QWidget):
    """A coloured box; its fixes stand under it, as in the inspector."""

    dismissed = Signal()

    def __init__(
        self,
        tone: BannerTone = "info",
        text: str = "",
        *,
        hint: str = "",
        fixes: Sequence[Fix] = (),
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._tone: BannerTone = tone
        self._picture = QLabel()
        self._text = selectable(label(wrap=True))
        self._hint = selectable(label(wrap=True))
        self._close = tool_button("x", "Dismiss", self._dismiss, size=14)
        if not closable:
            self._close.hide()
        self._fixes = row(gap=4)
        self._box = QFrame()
        self._build()
        self.show_message(tone, text, hint=hint, fixes=fixes)
        theme().changed.connect(self._draw)

    def show_message(
        self,
        tone: BannerTone,
        text: str,
        *,
        hint: str = "",
        fixes: Sequence[Fix] = (),
    ) -> None:
        """Say something else, with other fixes."""
        self._tone = tone
        self._text.setText(text)
        hint = in_window(hint)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        clear(self._fixes)
        for words, act in fixes:
            self._fixes.addWidget(button(words, clicked=act))
        self._fixes.addStretch(1)
        self._fix_row.setVisible(bool(fixes))
        self.setAccessibleName(f"{text} {hint}".strip())
        self._draw()

    @property
    def text(self) -> str:
        return self._text.text()

    def _build(self) -> None:
        words = column(self._text, self._hint, gap=2)
        inner = row(self._picture, gap=8, margins=(12, 8, 8, 8))
        inner.addLayout(words, 1)
        inner.addWidget(self._close)
        self._box.setLayout(inner)
        self._fix_row = wrap_in(self._fixes)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self._box)
        outer.addWidget(self._fix_row)

    def _draw(self) -> None:
        set_flag(self._box, "tone", self._tone)
        ink = "run" if self._tone == "info" else self._tone
        for text in (self._text, self._hint):
            set_flag(text, "ink", ink)
        picture = icons.pixmap(
            _ICONS[self._tone], ink, 16, ratio=self.devicePixelRatioF()
        )
        self._picture.setPixmap(picture)

    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()
