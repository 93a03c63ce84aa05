"""A real window over a real, empty workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
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
def studio(tmp_path: Path) -> Iterator[Studio]:
    from studio.bootstrap import create_workspace

    made = create_workspace(tmp_path / "fresh")
    yield made
    made.close()


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, studio: Studio, tmp_path: Path
) -> Iterator[MainWindow]:
    from studio.gui.main_window import MainWindow
    from studio.gui.settings import Settings
    from studio.gui.tasks import Tasks

    tasks = Tasks()
    made = MainWindow(tasks, Settings(tmp_path / "window.ini"), theme)
    failures: list[BaseException] = []
    tasks.on_failure = failures.append
    qtbot.addWidget(made, before_close_func=lambda shown: shown.leaving.close_now())
    made.resize(1440, 900)
    made.show()
    made.open(studio, "home")
    yield made
    tasks.close()
    assert not failures, failures
