"""Cut, copy, paste and the like go to what has the focus: a text, a table, the canvas.

A window's shortcut reaches the page before tables get the key; this gives it back.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from studio.gui.designer.editor import Editor


class EditVerbs:
    """`aside` are panels whose tables keep these keys for themselves."""

    def __init__(
        self, editor: Editor, aside: QWidget, seen: Callable[[], QRectF]
    ) -> None:
        self._editor, self._aside, self._seen = editor, aside, seen
        self.takers: list[Callable[[str], bool]] = []
        """Asked first about text to be pasted: whether it is theirs."""

    def cut(self) -> None:
        self._do("cut", self._editor.cut)

    def copy(self) -> None:
        self._do("copy", self._editor.copy)

    def paste(self) -> None:
        self._do("paste", self._paste)

    def paste_linked(self) -> None:
        """Paste, joined to the same steps outside as the copied ones were."""
        self._do("paste", lambda: self._editor.paste(linked=True, seen=self._seen()))

    def select_all(self) -> None:
        self._do("selectAll", self._editor.select_all)

    def delete(self) -> None:
        self._do("", self._editor.delete)

    def duplicate(self) -> None:
        self._editor.duplicate()

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if not any(takes(text) for takes in self.takers):
            self._editor.paste(seen=self._seen())

    def _do(self, name: str, act: Callable[[], object]) -> None:
        focus = self._focused_table()
        if focus is None:
            act()
        elif (own := getattr(focus, name, None)) is not None:
            own()

    def _focused_table(self) -> QWidget | None:
        """The table under the canvas that has the focus."""
        focus = QApplication.focusWidget()
        inside = focus is not None and self._aside.isAncestorOf(focus)
        return focus if inside and isinstance(focus, QAbstractItemView) else None
