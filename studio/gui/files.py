"""Files outside the window: asked for, dropped, shown, and tables written as CSV."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

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


class PathDrop(QObject):
    """Gives the one file or folder that is dropped on a widget to `take`."""

    def __init__(self, widget: QWidget, take: Callable[[Path], object]) -> None:
        super().__init__(widget)
        self._take = take
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kinds = (QEvent.Type.DragEnter, QEvent.Type.Drop)
        if not isinstance(event, QDropEvent) or event.type() not in kinds:
            return False
        path = dropped_path(event)
        if path is None:
            event.ignore()
        else:
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self._take(path)
        return True


def ask_for_file(
    parent: QWidget, title: str, kinds: str, take: Callable[[Path], object]
) -> None:
    """Let a person choose a file of these kinds: `Images (*.tar);;All files (*)`."""
    dialog = QFileDialog(parent, title)
    dialog.setNameFilter(kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    _ask(dialog, take)


def ask_for_folder(
    parent: QWidget, title: str, take: Callable[[Path], object], at: str = ""
) -> None:
    """Let a person choose a folder, beginning `at` one."""
    dialog = QFileDialog(parent, title, at)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    _ask(dialog, take)


def ask_where_to_write(
    parent: QWidget,
    title: str,
    proposed: str,
    take: Callable[[Path], object],
    kinds: str = "",
) -> None:
    """Let a person choose the name and place of a new file."""
    dialog = QFileDialog(parent, title, proposed, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    _ask(dialog, take)


def _ask(dialog: QFileDialog, take: Callable[[Path], object]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda name: take(Path(name)))
    dialog.open()


def ask_and_export(
    table: DataTable[Any], services: WindowServices, title: str, name: str
) -> None:
    """Ask where, then write the rows that are loaded; says what became of it."""

    def write(chosen: Path) -> None:
        try:
            table.export_csv(chosen)
        except StudioError as error:
            again = partial(ask_and_export, table, services, title, name)
            services.show_error(error, again)
        else:
            services.toast(f"Exported {chosen.name}", tone="ok")

    ask_where_to_write(table.window(), title, name, write)
