"""The designer's page in a real window over a real workspace with the sample."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from workspaces import chain, run_to_end, write_copy_components

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from designer_hand import Hand
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.designer.page import DesignerPage
    from studio.gui.main_window import MainWindow
    from studio.gui.settings import Settings
    from studio.gui.tasks import Tasks
    from studio.gui.theme.theme import Theme

SECONDS = 60_000


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
    """A workspace with the sample in it."""
    from studio.bootstrap import create_workspace
    from studio.services.samples import get_sample

    made = create_workspace(tmp_path / "birds", get_sample("penguins"))
    _in_one_row(made)
    yield made
    made.close()


@pytest.fixture
def empty_studio(tmp_path: Path) -> Iterator[Studio]:
    from studio.bootstrap import create_workspace

    made = create_workspace(tmp_path / "empty")
    yield made
    made.close()


@pytest.fixture(scope="session")
def chain_that_ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The folder of a workspace whose chain of so many steps has run, made once."""
    from studio.bootstrap import create_workspace

    made: dict[int, Path] = {}

    def make(length: int) -> Path:
        if length not in made:
            root = made[length] = tmp_path_factory.mktemp("chain") / "chain"
            studio = create_workspace(root)
            write_copy_components(root)
            pipeline = chain(length)
            places = {n.name: (288.0 * i, 144.0) for i, n in enumerate(pipeline.nodes)}
            studio.pipelines.save(pipeline.move(places))
            run_to_end(studio, "chain")
            studio.close()
        return made[length]

    return make


@pytest.fixture
def ran(
    tmp_path: Path, chain_that_ran: Callable[[int], Path]
) -> Iterator[Callable[[int], Studio]]:
    """`ran(3)`: a workspace of its own for the test, whose chain has run."""
    from studio.bootstrap import open_workspace

    opened: list[Studio] = []

    def make(length: int) -> Studio:
        shutil.copytree(chain_that_ran(length), tmp_path / "chain", symlinks=True)
        opened.append(open_workspace(tmp_path / "chain"))
        return opened[-1]

    yield make
    for studio in opened:
        studio.close()


@pytest.fixture
def open_window(
    qtbot: QtBot, tasks: Tasks, settings: Settings, theme: Theme
) -> Callable[[Studio], MainWindow]:
    from studio.gui.main_window import MainWindow

    def make(opened: Studio) -> MainWindow:
        window = MainWindow(tasks, settings, theme)
        qtbot.addWidget(window, before_close_func=_let_go)
        window.resize(1440, 860)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)  # shortcuts work only then
        window.open(opened, "pipelines")
        return window

    return make


@pytest.fixture
def page(
    qtbot: QtBot, open_window: Callable[[Studio], MainWindow], studio: Studio
) -> DesignerPage:
    """The sample, open in the designer."""
    from studio.gui.designer.page import DesignerPage

    shown = open_window(studio).page
    assert isinstance(shown, DesignerPage)
    qtbot.waitUntil(lambda: shown.document is not None, timeout=SECONDS)
    return shown


@pytest.fixture
def hand(page: DesignerPage) -> Hand:
    from designer_hand import Hand

    return Hand(page)


def _let_go(window: MainWindow) -> None:
    window.leaving.close_now()


def _in_one_row(studio: Studio) -> None:
    """Cards where the tests know them to be, wider than the view."""
    pipeline = studio.pipelines.get("penguins")
    order = [node.name for node in pipeline.order()]
    places = {name: (288.0 * n, 144.0) for n, name in enumerate(order)}
    studio.pipelines.save_layout(pipeline.move(places))
    studio.pipelines.keep(pipeline.name)
