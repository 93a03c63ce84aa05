"""Every verb by name: Ctrl+Shift+P, some letters, Enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import shiboken6
from PySide6.QtCore import (
    QEvent,
    QObject,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QHideEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.gui.actions import Action, Actions
from studio.gui.settings import Settings
from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.basics import column, label
from studio.gui.widgets.chip import paint_icon
from studio.gui.widgets.pick_list import ENTRY, Index, PickList

WIDTH, ROW, MOST_ROWS, RECENT = 560, 34, 10, 8


@dataclass(frozen=True)
class Entry:
    """A match: the action, its keys, and which letters were found."""

    action: Action
    keys: str
    enabled: bool
    hits: tuple[int, ...] = ()
    score: float = 0.0


def fuzzy(wanted: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """A score and the places of the wanted letters in order; None if they aren't there.

    Starts of words and runs of letters count more.
    """
    low, score, at = text.casefold(), 0.0, 0
    places: list[int] = []
    for letter in wanted.casefold().replace(" ", ""):
        found = _best_place(low, letter, at)
        if found < 0:
            return None
        starts_word = found == 0 or not low[found - 1].isalnum()
        follows = bool(places) and places[-1] == found - 1
        score += 3.0 * starts_word + 2.0 * follows + 1.0
        places.append(found)
        at = found + 1
    return (score - 0.01 * len(text) if places else 0.0), tuple(places)


def _best_place(text: str, letter: str, at: int) -> int:
    """The next place of a letter; the start of a word if it has one soon."""
    first = text.find(letter, at)
    if first < 0 or first == at:
        return first
    word = text.find(" " + letter, at)
    return word + 1 if 0 <= word < first + 12 else first


class _EntryDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH, fonts.scaled(ROW))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        entry, rect, today = index.data(ENTRY), QRect(option.rect), tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(today.selected))
            painter.drawRoundedRect(rect.adjusted(4, 1, -4, -1), 6, 6)
        ink = today.text if entry.enabled else today.disabled
        icon = entry.action.icon or "command"
        icon_ink = "text2" if entry.enabled else "disabled"
        middle = rect.center().y()
        paint_icon(painter, icon, icon_ink, rect.left() + 16, middle, 16)
        right = self._paint_keys(painter, rect, entry)
        left = self._paint_name(painter, rect.adjusted(44, 0, 0, 0), entry, ink)
        painter.setFont(fonts.font(12))
        painter.setPen(QColor(today.text3))
        room = QRect(left + 8, rect.top(), right - left - 16, rect.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, entry.action.category)
        painter.restore()

    def _paint_keys(self, painter: QPainter, rect: QRect, entry: Entry) -> int:
        if not entry.keys:
            return rect.right() - 16
        painter.setFont(fonts.font(11))
        width = painter.fontMetrics().horizontalAdvance(entry.keys) + 12
        box = QRect(rect.right() - 16 - width, rect.center().y() - 10, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().sunken))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(tokens().text2))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, entry.keys)
        return box.left()

    def _paint_name(
        self, painter: QPainter, rect: QRect, entry: Entry, ink: str
    ) -> int:
        painter.setPen(QColor(ink))
        left, text = rect.left(), entry.action.text
        for hit, run in groupby(range(len(text)), key=entry.hits.__contains__):
            part = "".join(text[place] for place in run)
            weight = QFont.Weight.Bold if hit else fonts.REGULAR
            painter.setFont(fonts.font(weight=weight))
            width = painter.fontMetrics().horizontalAdvance(part)
            room = QRect(left, rect.top(), width + 8, rect.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, part)
            left += width
        return left


def _name(entry: Entry) -> str:
    return entry.action.text


class CommandPalette(QFrame):
    """A box at the top of the window; Escape or a click elsewhere closes it."""

    ran = Signal(str)

    def __init__(self, window: QWidget, actions: Actions, settings: Settings) -> None:
        super().__init__(window)
        self.setProperty("panel", "dialog")
        self._actions, self._settings = actions, settings
        self.edit = QLineEdit(placeholderText="Type a command")
        self.edit.setAccessibleName("Command")
        self.list: PickList[Entry] = PickList(_name, _EntryDelegate())
        self.list.setAccessibleName("Commands")
        self._none = label("No command matches", "muted")
        self._none.setContentsMargins(16, 8, 16, 8)
        self._before: QWidget | None = None
        self._build()
        self.hide()

    def open(self) -> None:
        """Show the palette with the recent commands first."""
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self._actions.refresh()
        self.edit.clear()
        self._search("")
        self.show()
        self.raise_()
        self.edit.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """The keys belong again to what had them, unless a click gave them away."""
        super().hideEvent(event)
        before, self._before = self._before, None
        now = self.window().focusWidget()
        if now is not None and now is not self.edit and not self.isAncestorOf(now):
            return
        if before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()
        else:
            self._actions.focus_freed.emit()

    def entries(self) -> list[Entry]:
        """What is listed now."""
        return self.list.values

    def run(self, entry: Entry) -> None:
        """Close and do what was chosen."""
        if not entry.enabled:
            return
        self.hide()
        self._remember(entry.action.id)
        self._actions.get(entry.action.id).trigger()
        self.ran.emit(entry.action.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and watched is self.edit:
            self.hide()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        return False

    def _key(self, key: int) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(key))
        if step is not None:
            self.list.step(step)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (entry := self.list.current()) is not None:
                self.run(entry)
            return True
        if key == Qt.Key.Key_Escape:
            self.hide()
            return True
        return False

    def _build(self) -> None:
        self.list.picked.connect(self.run)
        self.edit.textChanged.connect(self._search)
        self.edit.installEventFilter(self)
        top = column(self.edit, margins=(8, 8, 8, 4))
        self.setLayout(column(top, self._none, self.list, gap=0, margins=(0, 0, 0, 6)))
        self.setFixedWidth(WIDTH)

    def _search(self, text: str) -> None:
        found = self._found(text)
        self.list.show_values(found)
        self.list.fit(fonts.scaled(ROW), MOST_ROWS)
        self._none.setVisible(not found)
        self.list.setVisible(bool(found))
        self.adjustSize()
        above = self.parentWidget()
        self.move((above.width() - self.width()) // 2 if above else 0, 52)

    def _found(self, text: str) -> list[Entry]:
        recent = self._settings.texts("palette/recent")
        entries = [
            self._entry(record, text, recent) for record in self._actions.records()
        ]
        matching = [entry for entry in entries if entry is not None]
        return sorted(matching, key=lambda entry: -entry.score)

    def _entry(self, record: Action, text: str, recent: Sequence[str]) -> Entry | None:
        made = self._actions.get(record.id)
        keys = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        known = recent.index(record.id) if record.id in recent else RECENT
        bonus = (RECENT - known) * 0.2
        match = fuzzy(text, record.text)
        if match is not None:
            return Entry(record, keys, made.isEnabled(), match[1], match[0] + bonus)
        behind = fuzzy(text, f"{record.category} {record.text}")
        if behind is None:
            return None
        return Entry(record, keys, made.isEnabled(), (), behind[0] / 2 + bonus)

    def _remember(self, action_id: str) -> None:
        old = [
            one for one in self._settings.texts("palette/recent") if one != action_id
        ]
        self._settings.set("palette/recent", [action_id, *old][:RECENT])
