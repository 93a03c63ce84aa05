"""A column of fields: the common ones first, the advanced ones folded away.

form = Form([FieldSpec("target", "Target column", kind="column", required=True),
             FieldSpec("rate", "Learning rate", kind="number", default=0.05)])
form.set_values({"target": "species"})
form.changed.connect(lambda name, value: ...)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.gui.widgets.banner import BannerTone, Fix
from studio.gui.widgets.basics import column, wrap_in
from studio.gui.widgets.column_field import ColumnField
from studio.gui.widgets.field import ChoiceField, Field, FieldSpec
from studio.gui.widgets.fields import make_field
from studio.gui.widgets.panel import Section

GAP = 12


class Form(QWidget):
    """`changed(name, value)` follows every accepted edit."""

    changed = Signal(str, object)

    def __init__(
        self, specs: Sequence[FieldSpec] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GAP)
        common = [spec for spec in specs if not spec.advanced]
        advanced = [spec for spec in specs if spec.advanced]
        for spec in common:
            self._layout.addWidget(self._add(spec))
        if advanced:
            inner = wrap_in(column(*(self._add(spec) for spec in advanced), gap=GAP))
            self._layout.addWidget(Section("Advanced", inner, open=False))
        self._layout.addStretch(1)

    def field(self, name: str) -> Field:
        """One field. Raises KeyError."""
        return self._fields[name]

    def values(self) -> dict[str, Any]:
        """What is entered, by name; None where nothing is."""
        return {name: field.value() for name, field in self._fields.items()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show these values; names that are not given keep theirs."""
        for name, value in values.items():
            if name in self._fields and self._fields[name].value() != value:
                self._fields[name].set_value(value)

    def set_choices(self, name: str, choices: Sequence[str]) -> None:
        """What a choice field offers."""
        field = self._fields[name]
        if isinstance(field, ChoiceField):
            field.set_choices(choices)

    def set_columns(self, name: str, columns: Mapping[str, str]) -> None:
        """The columns a column field offers, and what each holds."""
        field = self._fields[name]
        if isinstance(field, ColumnField):
            field.set_choices(tuple(columns), columns)

    def set_error(
        self,
        name: str,
        text: str,
        fixes: Sequence[Fix] = (),
        tone: BannerTone = "err",
    ) -> None:
        """Show an error or a warning at a field; "" clears it."""
        if name in self._fields:
            self._fields[name].set_error(text, fixes, tone)

    def clear_errors(self) -> None:
        for field in self._fields.values():
            field.set_error("")

    def check(self) -> bool:
        """Show what is wrong at each field; True if nothing is."""
        wrong = [field for field in self._fields.values() if field.problem()]
        for field in wrong:
            field.set_error(field.problem())
        if wrong:
            wrong[0].input.setFocus()
        return not wrong

    def flush(self) -> None:
        """Tell edits that still wait for a pause in typing."""
        for field in self._fields.values():
            field.flush()

    def _add(self, spec: FieldSpec) -> Field:
        field = make_field(spec)
        field.changed.connect(lambda: self.changed.emit(spec.name, field.value()))
        self._fields[spec.name] = field
        return field
