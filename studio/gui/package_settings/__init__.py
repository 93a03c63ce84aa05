"""Where packages come from, as a section of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.gui.package_settings.dialog import PackageSettingsDialog
    from studio.gui.tasks import Tasks


def open_package_settings(parent: QWidget, tasks: Tasks) -> PackageSettingsDialog:
    """Show the dialog; what it needs is imported now, not with the window."""
    from studio.gui.package_settings.dialog import PackageSettingsDialog
    from studio.services.environments.package_settings import PackageSettingsService

    made = PackageSettingsDialog(PackageSettingsService(), tasks, parent)
    made.open()
    return made
