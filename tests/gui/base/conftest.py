"""The window's tests draw offscreen, with settings of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.settings import Settings
    from studio.gui.tasks import Tasks
    from studio.gui.theme.theme import Theme


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture
def theme(qapp: object) -> Theme:
    from PySide6.QtWidgets import QApplication

    from studio.gui.theme.theme import Theme

    assert isinstance(qapp, QApplication)
    return Theme.install(qapp, "light", contrast=False, text_ratio=1.0)


@pytest.fixture
def settings(theme: Theme, tmp_path: Path) -> Settings:
    from studio.gui.settings import Settings

    return Settings(tmp_path / "window.ini")


@pytest.fixture
def tasks(theme: Theme) -> Iterator[Tasks]:
    from studio.gui.tasks import Tasks

    made = Tasks()
    yield made
    made.close()


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    from studio.bootstrap import create_workspace

    made = create_workspace(tmp_path / "penguins")
    yield made
    made.close()


@pytest.fixture
def open_window(
    qtbot: QtBot, tasks: Tasks, settings: Settings, theme: Theme, studio: Studio
) -> Callable[[], MainWindow]:
    from base_gallery import PAGES

    from studio.gui.main_window import MainWindow

    def make() -> MainWindow:
        window = MainWindow(tasks, settings, theme, PAGES)
        qtbot.addWidget(window, before_close_func=_let_go)
        window.resize(1440, 860)
        window.show()
        window.open(studio)
        qtbot.waitUntil(lambda: "worker" in window.status.fact("worker"))
        return window

    return make


def _let_go(window: MainWindow) -> None:
    window.leaving.close_now()
