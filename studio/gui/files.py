"""Files outside the window: the system's file manager, and tables written as CSV."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QFileDialog

from studio.domain.errors import StudioError
from studio.gui.page import WindowServices
from studio.gui.widgets.table import DataTable


def show_folder(path: Path) -> None:
    """Open a folder, or the one a file is in, with the system's file manager."""
    folder = path if path.is_dir() else path.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def dropped_path(event: QDropEvent) -> Path | None:
    """What is dropped, if it is one file or folder of this computer."""
    files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return Path(files[0]) if len(files) == 1 else None


def ask_and_export(
    table: DataTable[Any], services: WindowServices, title: str, name: str
) -> None:
    """Ask where, then write the rows that are loaded; says what became of it."""

    def write(chosen: str) -> None:
        try:
            table.export_csv(Path(chosen))
        except StudioError as error:
            again = partial(ask_and_export, table, services, title, name)
            services.show_error(error, again)
        else:
            services.toast(f"Exported {Path(chosen).name}", tone="ok")

    dialog = QFileDialog(table.window(), title, name)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(write)
    dialog.open()
