"""A question before something that can't be undone; the safe answer is the default."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from studio.gui.widgets.basics import button, column, label, row

WIDTH = 420


class ConfirmDialog(QDialog):
    """`confirmed` when the verb is pressed; Esc and Cancel do nothing."""

    confirmed = Signal()

    def __init__(self, title: str, text: str, verb: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(verb)
        self.setMinimumWidth(WIDTH)
        cancel = button("Cancel", clicked=self.reject)
        cancel.setDefault(True)
        self.verb = button(verb, kind="danger", clicked=self._confirm)
        self.setLayout(
            column(
                label(title, "panel-title", wrap=True),
                label(text, "muted", wrap=True),
                row(None, cancel, self.verb),
                gap=12,
                margins=(24, 24, 24, 16),
            )
        )
        cancel.setFocus()

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit()
