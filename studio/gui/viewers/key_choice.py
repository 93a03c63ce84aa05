"""Which columns tell that two rows are the same one: a button with a menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from studio.domain.table_difference import ColumnPair, RowMatch, key_words
from studio.gui.widgets.basics import button, give_menu, in_menu, row

MOST_LISTED, MOST_NAMED = 300, 2


class StayingMenu(QMenu):
    """Stays open while columns are checked, so that several are chosen in one go."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not _toggle(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Space:
            super().keyPressEvent(event)
        elif not _toggle(action := self.activeAction()) and action is not None:
            self.close()
            action.trigger()


class KeyChoice(QWidget):
    """`chosen` carries the names of the key's columns; none means by number."""

    chosen = Signal(tuple)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._shown: tuple[str, ...] = ()
        self._key: tuple[str, ...] = ()
        self.press = button("", kind="text", icon="key")
        self.menu = StayingMenu(self.press)
        self.menu.setAccessibleName("Match rows by")
        self.menu.aboutToShow.connect(self._list)
        self.menu.aboutToHide.connect(self._leave)
        give_menu(self.press, self.menu)
        self.setLayout(row(self.press))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_match(None)

    def offer(self, pairs: Sequence[ColumnPair]) -> None:
        """The columns that both tables have."""
        self._names = [pair.name for pair in pairs if min(pair.left, pair.right) >= 0]
        self.setEnabled(bool(self._names))

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(self._names)

    def show_match(self, match: RowMatch | None) -> None:
        """What was compared is matched so."""
        self._shown = match.key if match else ()
        words = key_words(match)
        more = len(self._shown) - MOST_NAMED
        if len(self._shown) == len(self._names) > 1:
            self.press.setText("Rows by all columns")
        elif more > 0:
            named = ", ".join(self._shown[:MOST_NAMED])
            self.press.setText(f"Rows by {named} and {more} more")
        else:
            self.press.setText(in_menu(words))
        self.press.setAccessibleName(f"{words}: choose the columns of the key")
        self.press.setToolTip(
            f"{words}. Choose columns: rows with the same values in them are compared"
        )

    # -- inside ------------------------------------------------------------------------

    def _list(self) -> None:
        self._key = self._shown
        self.menu.clear()
        self._add("Row number", (), stays=False)
        self._add("All columns", tuple(self._names), stays=False)
        self.menu.addSeparator()
        first = [name for name in self._names if name in self._shown]
        rest = [name for name in self._names if name not in self._shown]
        listed = (first + rest)[:MOST_LISTED]
        for name in listed:
            self._add(in_menu(name), (name,), stays=True)
        if more := len(self._names) - len(listed):
            self.menu.addAction(
                f"{more:,} more: studio runs diff-output --key"
            ).setEnabled(False)
        self._mark()

    def _add(self, words: str, columns: tuple[str, ...], *, stays: bool) -> None:
        action = self.menu.addAction(words)
        action.setCheckable(True)
        action.setData((columns, stays))
        action.triggered.connect(partial(self._take, action))

    def _take(self, action: QAction) -> None:
        columns, one = action.data()
        checked = action.isChecked()
        if one:
            others = tuple(name for name in self._key if name not in columns)
            self._key = others + columns if checked else others
        else:
            self._key = columns
        self._mark()
        if not (one and self.menu.isVisible()):  # it closes before it tells
            self._leave()

    def _mark(self) -> None:
        for action in self.menu.actions():
            if action.data() is None:
                continue
            columns, one = action.data()
            inside = set(columns) <= set(self._key)
            whole = set(columns) == set(self._key)
            action.setChecked(inside if one else whole)

    def _leave(self) -> None:
        if self._key != self._shown:
            self._shown = self._key
            self.chosen.emit(self._key)


def _toggle(action: QAction | None) -> bool:
    """Whether it is one that may be checked beside others."""
    data = action.data() if action is not None else None
    if action is None or data is None or not data[1]:
        return False
    action.trigger()
    return True
