"""Environments carried as files to computers without a network, and back."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from studio.gui.actions import Action
from studio.gui.files import ask_for_file, ask_where_to_write, show_folder
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
            ask_where_to_write(
                self._page.window(),
                "Export environment",
                f"{version.name}-{version.version}.zip",
                partial(self.export, version.reference),
                FILES,
            )

    def export(self, reference: str, file: Path) -> None:
        """Write a version as one file; it is locked if needed."""
        self._page.works.start_once(
            f"Export {reference}",
            reference,
            partial(self._bundles.export, reference, file),
            self._exported,
        )

    def ask_to_import(self) -> None:
        """Ask for a file that was exported elsewhere."""
        window = self._page.window()
        ask_for_file(window, "Import environment", FILES, self.import_from)

    def import_from(self, file: Path) -> None:
        """Read an environment from a file; its packages are kept for building it."""
        self._page.works.start_once(
            f"Import {file.name}",
            "",
            partial(self._bundles.import_from, file),
            self._imported,
        )

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
