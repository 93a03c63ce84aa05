"""Where an environment can be taken from: a file, a folder, an interpreter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from studio.environments.interpreters import Interpreter
from studio.gui.tasks import Tasks
from studio.gui.theme.icons import set_icon
from studio.gui.widgets.basics import give_menu
from studio.services.environments import starters
from studio.services.environments.drafts import (
    Draft,
    draft_of_interpreter,
    draft_of_starter,
    read_draft,
)

FILES = (
    "Environments (*.txt *.in *.yml *.yaml *.toml Dockerfile* MLmodel);;All files (*)"
)


class ImportMenu(QPushButton):
    """`read(Draft)` follows what was chosen, or `failed(error)`."""

    read = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QWidget, tasks: Tasks) -> None:
        super().__init__("Take from", parent)
        self._tasks = tasks
        self.setProperty("kind", "secondary")
        self.setAutoDefault(False)
        set_icon(self, "download-simple", "text2", 16)
        self._menu = QMenu(self)
        self._menu.addAction("A file…", self.ask_for_file)
        self._menu.addAction(
            "A project's folder, or an MLflow model…", self._ask_folder
        )
        ready = self._menu.addMenu("A starter")
        for name in starters.names():
            ready.addAction(name, partial(self._read, partial(draft_of_starter, name)))
        self._pythons = self._menu.addMenu("A Python of this computer")
        self._menu.addAction("Another interpreter…", self._ask_interpreter)
        give_menu(self, self._menu)

    def show_pythons(self, found: Sequence[Interpreter]) -> None:
        """Those whose packages can be taken."""
        self._pythons.clear()
        for each in found:
            words = f"Python {each.version}  {each.path}"
            self._pythons.addAction(words, partial(self.load_interpreter, each.path))

    def load(self, path: Path) -> None:
        """Take what a file or folder declares."""
        self._read(partial(read_draft, path))

    def load_interpreter(self, path: str) -> None:
        """Take what is installed for an interpreter."""
        self._read(partial(draft_of_interpreter, path))

    def ask_for_file(self) -> None:
        dialog = self._dialog("Take an environment from a file")
        dialog.setNameFilter(FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.open()

    def _ask_folder(self) -> None:
        dialog = self._dialog("Take an environment from a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.open()

    def _ask_interpreter(self) -> None:
        dialog = self._dialog("Take the packages of an interpreter")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.load_interpreter)
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        made = QFileDialog(self.window(), title)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return made

    def _read(self, work: Callable[[], Draft]) -> None:
        self._tasks.run(work, done=self.read.emit, failed=self.failed.emit, owner=self)
