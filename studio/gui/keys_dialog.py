"""All verbs with their keys: searched, changed, and given back."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QKeySequenceEdit, QWidget

from studio.gui.actions import Action, Actions
from studio.gui.keys import ChosenKeys
from studio.gui.widgets.basics import button, column, label, row, search_edit
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True)
class Line:
    """A verb as the table shows it."""

    action: Action
    keys: str
    page: str
    changed: bool

    @property
    def where(self) -> str:
        return self.page.capitalize() if self.page else "Everywhere"


class KeysDialog(QDialog):
    """What is changed here counts at once."""

    def __init__(self, actions: Actions, chosen: ChosenKeys, parent: QWidget) -> None:
        super().__init__(parent)
        self._actions, self._chosen = actions, chosen
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(640, 600)
        self.search = search_edit("Search commands and keys")
        model: RowsModel[Line] = RowsModel(_columns(), key=lambda li: li.action.id)
        self.table = DataTable(model, parent=self)
        self.table.setAccessibleName("Commands and keys")
        self.table.set_empty_text("No command has these words or keys")
        self.edit = QKeySequenceEdit()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New keys")
        self.notice = label("", "muted", wrap=True)
        self.use = button("Use these keys", kind="primary", clicked=self._use)
        self.clear = button("No keys", clicked=self._clear)
        self.reset = button("Reset", clicked=self._reset)
        self.reset_all = button("Reset all", clicked=self._reset_all)
        self._arrange()
        self._connect()
        self._show()

    # -- inside ----------------------------------------------------------------------

    def _arrange(self) -> None:
        hint = "Select a command, go to the field below and press its new keys."
        close = button("Close", clicked=self.accept)
        self.setLayout(
            column(
                label("Keyboard shortcuts", "panel-title"),
                label(hint, "muted"),
                self.search,
                self.table,
                row(label("New keys", "label"), self.edit, self.use, self.clear),
                self.notice,
                row(self.reset, self.reset_all, None, close),
                gap=12,
                margins=(24, 24, 24, 16),
            )
        )

    def _connect(self) -> None:
        self.search.textChanged.connect(self._show)
        self.table.current_changed.connect(lambda _: self._picked())
        self.table.activated_row.connect(lambda _: self.edit.setFocus())
        self.edit.keySequenceChanged.connect(lambda _: self._tell())

    def _show(self) -> None:
        words = self.search.text().casefold().split()
        lines = [self._line(record, page) for record, page in self._actions.listed()]
        shown = [line for line in lines if all(w in _text_of(line) for w in words)]
        self.table.rows_model.set_rows(sorted(shown, key=_place))
        self._picked()

    def _line(self, record: Action, page: str) -> Line:
        keys = self._actions.get(record.id).shortcut().toString(NATIVE)
        return Line(record, keys, page, self._chosen.is_chosen(record.id))

    def _picked(self) -> None:
        line = self.table.current()
        self.edit.clear()
        self.edit.setEnabled(line is not None)
        self.clear.setEnabled(line is not None and bool(line.keys))
        self.reset.setEnabled(line is not None and line.changed)
        self.reset_all.setEnabled(any(li.changed for li in self.table.rows_model.rows))
        self._tell()

    def _tell(self) -> None:
        """Who has these keys already, before they are taken."""
        line, keys = self.table.current(), self.edit.keySequence()
        self.use.setEnabled(line is not None and not keys.isEmpty())
        told = keys.toString(NATIVE)
        others = [one.text for one in self._holders(keys, line)] if line else []
        has = " and ".join(f"“{text}”" for text in others)
        verb = "has" if len(others) == 1 else "have"
        loses = f"{has} {verb} {told} now and would be left without keys."
        self.notice.setText(loses if others else "")

    def _holders(self, keys: QKeySequence, line: Line) -> list[Action]:
        if keys.isEmpty():
            return []
        return self._actions.holders(keys, line.action.id)

    def _use(self) -> None:
        line, keys = self.table.current(), self.edit.keySequence()
        if line is None or keys.isEmpty():
            return
        for other in self._holders(keys, line):
            self._give(other.id, QKeySequence())
        self._give(line.action.id, keys)
        self._show()

    def _clear(self) -> None:
        if (line := self.table.current()) is not None:
            self._give(line.action.id, QKeySequence())
            self._show()

    def _reset(self) -> None:
        if (line := self.table.current()) is not None:
            self._chosen.reset(line.action.id)
            self._actions.renew_keys(line.action.id)
            self._show()

    def _reset_all(self) -> None:
        for record, _ in self._actions.listed():
            self._chosen.reset(record.id)
            self._actions.renew_keys(record.id)
        self._show()

    def _give(self, action_id: str, keys: QKeySequence) -> None:
        self._chosen.choose(action_id, keys)
        self._actions.renew_keys(action_id)


def _columns() -> list[Column[Line]]:
    return [
        Column("Command", lambda line: line.action.text, width=260),
        Column("Keys", lambda line: line.keys, kind="mono", width=130),
        Column("Where", lambda line: line.where, kind="muted", width=100),
        Column("", lambda line: "Changed" if line.changed else "", kind="muted"),
    ]


def _text_of(line: Line) -> str:
    return f"{line.action.text} {line.keys} {line.action.category}".casefold()


def _place(line: Line) -> tuple[bool, str, str]:
    return (bool(line.page), line.page, line.action.text)
