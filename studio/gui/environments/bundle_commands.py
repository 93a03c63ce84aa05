"""Environments carried as files to computers without a network, and back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from studio.gui.actions import Action
from studio.gui.files import show_folder
from studio.gui.widgets.formats import format_bytes
from studio.services.environments.bundles import ReadBundle, WrittenBundle

if TYPE_CHECKING:
    from studio.gui.environments.page import EnvironmentsPage

FILES = "Environments (*.zip);;All files (*)"


class BundleCommands:
    """What is declared, its lock and all its packages, in one file."""

    def __init__(self, page: EnvironmentsPage) -> None:
        self._page = page
        self._bundles, self._services = page.studio.bundles, page.services

    def verbs(self) -> list[Action]:
        return [
            Action(
                "environments.export_bundle",
                "Export with all packages…",
                icon="export",
                category="File",
                callback=self.ask_to_export,
                enabled=self._has_packages,
            ),
            Action(
                "environments.import_bundle",
                "Import environment from a file…",
                icon="download-simple",
                category="File",
                callback=self.ask_to_import,
            ),
        ]

    def ask_to_export(self) -> None:
        """Ask where, then write the shown version as one file."""
        if version := self._page.version:
            proposed = f"{version.name}-{version.version}.zip"
            dialog = QFileDialog(
                self._page.window(), "Export environment", proposed, FILES
            )
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            reference = version.reference
            dialog.fileSelected.connect(lambda file: self.export(reference, Path(file)))
            dialog.open()

    def export(self, reference: str, file: Path) -> None:
        """Write a version as one file; it is locked if needed."""
        self._start(
            f"Export {reference}",
            reference,
            partial(self._bundles.export, reference, file),
            self._exported,
        )

    def ask_to_import(self) -> None:
        """Ask for a file that was exported elsewhere."""
        dialog = QFileDialog(self._page.window(), "Import environment")
        dialog.setNameFilter(FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.import_from(Path(name)))
        dialog.open()

    def import_from(self, file: Path) -> None:
        """Read an environment from a file; its packages are kept for building it."""
        self._start(
            f"Import {file.name}",
            "",
            partial(self._bundles.import_from, file),
            self._imported,
        )

    def _start(self, title: str, reference: str, work: Any, done: Any) -> None:
        if self._page.works.running(title) is None:
            self._page.works.start(title, reference, work, done)

    def _exported(self, written: WrittenBundle) -> None:
        packages = f"{written.packages} packages, {format_bytes(written.size_bytes)}"
        self._services.toast(
            f"Exported {written.environment}: {packages}",
            tone="ok",
            action=("Open folder", partial(show_folder, written.file)),
        )

    def _imported(self, read: ReadBundle) -> None:
        more = f". {read.note}" if read.note else ""
        self._services.toast(
            f"Imported {read.environment.reference} with {read.packages} packages"
            + more,
            tone="warn" if read.note else "ok",
        )
        self._page.open_target(reference=read.environment.reference)

    def _has_packages(self) -> bool:
        version = self._page.version
        return version is not None and version.declaration.is_locked
