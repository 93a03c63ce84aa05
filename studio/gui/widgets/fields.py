"""All kinds of fields, and which one a spec asks for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.gui.widgets.basics import button, row, wrap_in
from studio.gui.widgets.column_field import ColumnField
from studio.gui.widgets.field import (
    BooleanField,
    ChoiceField,
    Field,
    FieldSpec,
    MultilineField,
    NumberField,
    TextField,
)


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
