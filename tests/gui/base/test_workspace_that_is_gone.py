"""The window says that its workspace was moved, and goes on when it is back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QPushButton

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 20_000


def test_that_a_moved_workspace_is_told_and_found_again(
    open_window: Callable[[], MainWindow],
    studio: Studio,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    window, root = open_window(), studio.workspace.root
    root.rename(tmp_path / "elsewhere")
    qtbot.waitUntil(window.notice.isVisible, timeout=SECONDS)
    assert window.notice.text == "This workspace has been moved or removed"
    qtbot.waitUntil(lambda: window.status.fact("database") == "Workspace not there")
    window.refresh_status()
    assert window.leaving.save_all()
    assert not root.exists()
    buttons = window.notice.findChildren(QPushButton)
    offered = {one.text(): one for one in buttons if one.text()}
    assert list(offered) == ["Open folder…", "Try again"]
    offered["Open folder…"].click()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    (tmp_path / "elsewhere").rename(root)
    qtbot.waitUntil(lambda: not window.notice.isVisible(), timeout=SECONDS)
    qtbot.waitUntil(lambda: window.status.fact("database").startswith("Database "))
