"""An environment written to a file and read back from the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.environments.page import EnvironmentsPage

SECONDS = 60_000


def test_that_an_environment_is_exported_and_imported(
    page: EnvironmentsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "letters.zip"
    page.open_target(reference="letters:1")
    qtbot.waitUntil(lambda: page.details.reference == "letters:1", timeout=SECONDS)
    page.services.actions.refresh()
    page.services.actions.get("environments.export_bundle").trigger()
    dialogs = page.window().findChildren(QFileDialog)
    assert [each.windowTitle() for each in dialogs] == ["Export environment"]
    dialogs[0].fileSelected.emit(str(file))
    dialogs[0].reject()
    qtbot.waitUntil(file.is_file, timeout=SECONDS)
    qtbot.waitUntil(lambda: page.works.running("Export letters:1") is None)
    page.studio.environments.delete("letters:1")
    page.bundle_commands.import_from(file)
    qtbot.waitUntil(lambda: page.details.reference == "letters:3", timeout=SECONDS)
    (lock,) = page.studio.environments.get("letters:3").locks
    assert lock.version_of("gamma") == "1.0"


def test_that_an_image_alone_has_no_packages_to_export(
    page: EnvironmentsPage, qtbot: QtBot
) -> None:
    page.open_target(reference="base:1")
    qtbot.waitUntil(lambda: page.details.reference == "base:1", timeout=SECONDS)
    page.services.actions.refresh()
    assert not page.services.actions.get("environments.export_bundle").isEnabled()
