"""A field for columns: typed and completed, or chosen from the list of those known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from studio.gui.theme import fonts
from studio.gui.theme.theme import tokens
from studio.gui.widgets.basics import row, tool_button, wrap_in
from studio.gui.widgets.field import TextField
from studio.gui.widgets.suggestions import suggestion_list

KIND = Qt.ItemDataRole.UserRole
"""The role of a column's kind."""
_ROOM = 12
_Index = QModelIndex | QPersistentModelIndex


class ColumnField(TextField):
    """A column's name, or several with commas between.

    Down, Alt+Down and the arrow list all that are known, with their kinds.
    """

    _shown: list[tuple[str, str]]
    _names: QStandardItemModel

    def set_choices(
        self, choices: Sequence[str], kinds: Mapping[str, str] | None = None
    ) -> None:
        """The columns that exist, and what they hold."""
        kinds = kinds or {}
        shown = [(name, kinds.get(name, "")) for name in choices]
        if shown == self._shown:
            return  # a list that is open stays as it is
        self._shown = shown
        self._names.clear()
        for name, kind in shown:
            item = QStandardItem(name)
            item.setData(kind, KIND)
            item.setAccessibleText(f"{name}, {kind}" if kind else name)
            self._names.appendRow(item)
        self._mark_arrow()

    def value(self) -> Any:
        if self.spec.kind == "column":
            return super().value()
        names = (name.strip() for name in self.input.text().split(","))
        return ", ".join(name for name in names if name) or None

    def list_columns(self) -> None:
        """Open the list of all columns, the entered one chosen."""
        if not self._shown:
            return
        self.input.setFocus()
        self._completer.setCompletionPrefix("")
        self._completer.complete()
        names = [name for name, _ in self._shown]
        entered = self._last()
        at = names.index(entered) if entered in names else 0
        rows = self._completer.completionModel()
        self._popup.setCurrentIndex(rows.index(at, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            alt = Qt.KeyboardModifier.AltModifier
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, alt)
            if event.key() == Qt.Key.Key_Down and plain and self._popup.isHidden():
                self.list_columns()
                return True
        return super().eventFilter(watched, event)

    def _make_input(self) -> QLineEdit:
        made = super()._make_input()
        self._shown = []
        self._names = QStandardItemModel(self)
        self._completer = QCompleter(self._names, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._popup = suggestion_list(self._completer, f"Columns for {self.spec.title}")
        self._popup.setItemDelegate(_Kinds(self._popup))  # setPopup brings its own
        self._completer.setWidget(made)
        self._completer.activated.connect(self._take)
        made.textEdited.connect(self._offer)
        return made

    def _beside(self) -> QWidget:
        self.arrow = tool_button("caret-down", "", self.list_columns, size=14)
        self.arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Down does it by keys
        self.input.installEventFilter(self)
        self.set_choices(self.spec.choices)
        self._mark_arrow()
        return wrap_in(row(self.input, self.arrow, gap=2))

    def _mark_arrow(self) -> None:
        self.arrow.setEnabled(bool(self._shown))
        name = f"Columns for {self.spec.title}"
        self.arrow.setAccessibleName(name)
        why = "" if self._shown else " aren't known yet"
        self.arrow.setToolTip(f"{name} (Down)" if self._shown else f"{name}{why}")

    def _waits(self) -> bool:
        return self._popup.isVisible()

    def _last(self) -> str:
        text = self.input.text()
        several = self.spec.kind == "columns"
        return (text.rpartition(",")[2] if several else text).strip()

    def _offer(self, text: str) -> None:
        last = self._last()
        self._completer.setCompletionPrefix(last)
        if last and self._completer.completionCount():
            self._completer.complete()
        else:
            self._popup.hide()

    def _take(self, name: str) -> None:
        before = ""
        if self.spec.kind == "columns":
            before = self.input.text().rpartition(",")[0].strip()
        self.input.setText(f"{before}, {name}" if before else name)
        self.flush()


class _Kinds(QStyledItemDelegate):
    """A column's name, and at the right what it holds."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        hint = super().sizeHint(option, index)
        kind = str(index.data(KIND) or "")
        return hint + QSize(option.fontMetrics.horizontalAdvance(kind) + 2 * _ROOM, 0)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        option.showDecorationSelected = True
        super().paint(painter, option, index)
        painter.save()
        painter.setFont(fonts.font(12))
        painter.setPen(QColor(tokens().text2))
        at = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        room = option.rect.adjusted(0, 0, -_ROOM, 0)
        painter.drawText(room, int(at), str(index.data(KIND) or ""))
        painter.restore()
