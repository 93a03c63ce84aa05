"""A real window, drawn offscreen, over a real workspace, for tests of its pages."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from studio.gui import overrides

overrides.guard()  # before any class of the window is made

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.settings import Settings
    from studio.gui.tasks import Tasks
    from studio.gui.theme.theme import Theme


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """An application that is watched for stalls, where that is wanted."""
    from PySide6.QtWidgets import QApplication
    from stalls import MODE, WatchedApplication

    return WatchedApplication if MODE else QApplication


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    from stalls import STALLS

    STALLS.test = item.nodeid


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the stalls; with `strict`, none may be long."""
    from stalls import MODE, STALLS

    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if not MODE or reporter is None:
        return
    reporter.write_line("")
    reporter.write_line(f"Stalls: {STALLS.line()}")
    for stack in STALLS.stacks:
        reporter.write_line(stack)
    if MODE == "strict" and STALLS.long:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)


@pytest.fixture(autouse=True)
def garbage_stays_here() -> Iterator[None]:
    """As in the program: no thread of a test destroys widgets of another one."""
    gc.disable()
    yield
    gc.collect(1)  # what this test and the one before it left; all takes 0.1 s
    gc.enable()


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
    made.close(patience=10.0)


@pytest.fixture
def window_on(
    qtbot: QtBot, tasks: Tasks, settings: Settings, theme: Theme
) -> Callable[..., MainWindow]:
    """`window_on(studio, "runs")`: the page in a window; other pages only listen."""
    from pages_hand import PAGES

    from studio.gui.main_window import MainWindow

    def make(studio: Studio, page: str) -> MainWindow:
        window = MainWindow(tasks, settings, theme, PAGES)
        qtbot.addWidget(window, before_close_func=_let_go)
        window.resize(1440, 900)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)  # shortcuts work only then
        window.open(studio, page)
        return window

    return make


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go; set STUDIO_SCREENSHOTS to keep them."""
    folder = Path(os.environ.get("STUDIO_SCREENSHOTS", tmp_path / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def desktop(qapp: object) -> Iterator[list[Path]]:
    """Files and folders that the desktop was asked to open."""
    from PySide6.QtCore import QObject, QUrl, Slot
    from PySide6.QtGui import QDesktopServices

    opened: list[Path] = []

    class Desktop(QObject):
        @Slot(QUrl)
        def open(self, url: QUrl) -> None:
            opened.append(Path(url.toLocalFile()))

    made = Desktop()
    QDesktopServices.setUrlHandler("file", made, "open")
    yield opened
    QDesktopServices.unsetUrlHandler("file")


def _let_go(window: MainWindow) -> None:
    window.leaving.close_now()
