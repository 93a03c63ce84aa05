"""All kinds of fields, and which one a spec asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QCompleter, QFileDialog, QLineEdit, QListView, QWidget

from studio.gui.widgets.basics import button, row, wrap_in
from studio.gui.widgets.field import (
    BooleanField,
    ChoiceField,
    Field,
    FieldSpec,
    MultilineField,
    NumberField,
    TextField,
)


class ColumnField(TextField):
    """A column's name, or several with commas between, completed from what is known."""

    def set_choices(self, choices: Sequence[str]) -> None:
        """The columns that exist."""
        self._names.setStringList(list(choices))

    def value(self) -> Any:
        if self.spec.kind == "column":
            return super().value()
        names = (name.strip() for name in self.input.text().split(","))
        return ", ".join(name for name in names if name) or None

    def _make_input(self) -> QLineEdit:
        made = super()._make_input()
        self._names = QStringListModel(list(self.spec.choices), self)
        self._completer = QCompleter(self._names, self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._popup = QListView()
        self._popup.setProperty("popup", "true")
        self._completer.setPopup(self._popup)
        if self.spec.kind == "column":
            made.setCompleter(self._completer)
        else:
            self._completer.setWidget(made)
            self._completer.activated.connect(self._take)
            made.textEdited.connect(self._offer)
        return made

    def _offer(self, text: str) -> None:
        last = text.rpartition(",")[2].strip()
        self._completer.setCompletionPrefix(last)
        if last and self._completer.completionCount():
            self._completer.complete()
        else:
            self._popup.hide()

    def _take(self, name: str) -> None:
        before = self.input.text().rpartition(",")[0].strip()
        self.input.setText(f"{before}, {name}" if before else name)


class PathField(TextField):
    """A file or folder, typed, dropped or browsed for with the system's dialog."""

    def _beside(self) -> QWidget:
        return wrap_in(row(self.input, button("Browse…", clicked=self._browse), gap=8))

    def _browse(self) -> None:
        dialog = QFileDialog(self.window(), self.spec.title, self.input.text())
        if self.spec.kind == "folder":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        else:
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilter(self.spec.file_filter or "All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.input.setText)
        dialog.open()


_FIELDS: dict[str, Callable[[FieldSpec], Field]] = {
    "text": TextField,
    "multiline": MultilineField,
    "code": MultilineField,
    "number": NumberField,
    "integer": NumberField,
    "boolean": BooleanField,
    "choice": ChoiceField,
    "column": ColumnField,
    "columns": ColumnField,
    "file": PathField,
    "folder": PathField,
}


def make_field(spec: FieldSpec) -> Field:
    """The field for a spec."""
    return _FIELDS[spec.kind](spec)
