"""F1: every verb with its keys, and the facts to send with a report."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from PySide6 import __version__ as qt_version
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QDialog, QWidget

from studio import __version__
from studio.gui.actions import Actions
from studio.gui.widgets.basics import button, column, label, row
from studio.gui.widgets.rows_model import Column, RowsModel
from studio.gui.widgets.table import DataTable

Line = tuple[str, str, str]


class HelpDialog(QDialog):
    """The keys of everything that can be done on this page."""

    def __init__(
        self,
        actions: Actions,
        page: str,
        parent: QWidget,
        more: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard")
        self.resize(560, 560)
        model: RowsModel[Line] = RowsModel(
            [
                Column("Command", lambda line: line[0], width=280),
                Column("Keys", lambda line: line[1], kind="mono", width=130),
                Column("Menu", lambda line: line[2], kind="muted"),
            ]
        )
        model.set_rows([*_lines(actions), *((*one, page) for one in more)])
        table = DataTable(model, parent=self)
        table.setAccessibleName("Commands and keys")
        table.setCurrentIndex(model.index(0, 0))
        palette = actions.get("view.palette").shortcut()
        keys = palette.toString(QKeySequence.SequenceFormat.NativeText)
        hint = f"{keys or 'The command palette'} finds any of these by a few letters."
        copy = button("Copy diagnostics", icon="copy", clicked=copy_diagnostics)
        close = button("Close", kind="primary", clicked=self.accept)
        self.setLayout(
            column(
                label(f"What you can do in {page}", "panel-title"),
                label(hint, "muted"),
                table,
                row(copy, None, close),
                gap=12,
                margins=(24, 24, 24, 16),
            )
        )


def diagnostics() -> str:
    """Versions and screens; no names, no paths, no data."""
    screens = ", ".join(
        f"{s.size().width()}x{s.size().height()}@{s.devicePixelRatio():g}"
        for s in QGuiApplication.screens()
    )
    return "\n".join(
        (
            f"MLOps Studio {__version__}",
            f"Python {platform.python_version()}, Qt {qt_version}",
            f"{platform.system()} {platform.release()} {platform.machine()}",
            f"Window system {QGuiApplication.platformName()}; screens {screens}",
        )
    )


def copy_diagnostics() -> None:
    """Put them on the clipboard."""
    QGuiApplication.clipboard().setText(diagnostics())


def _lines(actions: Actions) -> list[Line]:
    native = QKeySequence.SequenceFormat.NativeText
    lines = [
        (
            record.text,
            actions.get(record.id).shortcut().toString(native),
            record.category,
        )
        for record in actions.records()
    ]
    return sorted(lines, key=lambda line: (not line[1], line[2], line[0]))
