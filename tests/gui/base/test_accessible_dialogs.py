"""Every dialog and every part that comes up has names, is reached by Tab, and shows
where the focus is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from accessible import (
    controls,
    name_of,
    namesakes,
    sample_that_ran,
    tab_order,
    takes_tab,
    unlit,
    unnamed,
    window_at_home,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.errors import RefusedError
from studio.gui.main_window import MainWindow
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.designer.page import DesignerPage

SECONDS = 30_000
Open = Callable[["Stage"], QWidget | None]


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The sample, run to a model, and a clone of it."""
    studio = sample_that_ran(tmp_path_factory.mktemp("dialogs") / "birds")
    studio.pipelines.clone("penguins", "other")
    yield studio
    studio.close()


@dataclass
class Stage:
    """The window, and what is needed to make something come up in it."""

    window: MainWindow
    studio: Studio
    qtbot: QtBot
    folder: Path

    @property
    def designer(self) -> DesignerPage:
        return self.window.page  # type: ignore[return-value]

    def do(self, verb: str) -> None:
        """As by its key, once it can be done."""
        action = self.window.registry.get(verb)

        def ready() -> bool:
            self.window.registry.refresh()
            return action.isEnabled()

        self.qtbot.waitUntil(ready, timeout=SECONDS)
        action.trigger()

    def to_designer(self, step: str = "") -> None:
        self.window.open_page("pipelines", name="penguins", step=step)
        page = self.designer
        self.qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
        if step:
            self.qtbot.waitUntil(lambda: bool(page.editor.selected()), timeout=SECONDS)

    def dialog(self) -> QWidget:
        """The one that has come up."""
        seen = QApplication.activeModalWidget
        self.qtbot.waitUntil(lambda: seen() is not None, timeout=SECONDS)
        found = seen()
        assert found is not None
        found.activateWindow()
        self.qtbot.waitUntil(found.isActiveWindow)
        return found


@pytest.fixture
def stage(
    qtbot: QtBot, theme: Theme, tasks: Tasks, birds: Studio, tmp_path: Path
) -> Stage:
    made = window_at_home(qtbot, theme, tasks, birds, tmp_path)
    return Stage(made, birds, qtbot, tmp_path)


# -- what comes up -----------------------------------------------------------------


def by_verb(verb: str, page: str = "", step: str = "") -> Open:
    def open_it(stage: Stage) -> QWidget:
        if page == "pipelines":
            stage.to_designer(step)
        elif page:
            stage.window.open_page(page)
        stage.do(verb)
        return stage.dialog()

    return open_it


def error(stage: Stage) -> QWidget:
    refused = RefusedError("The model is served", "See: studio endpoints list")
    stage.window.services.show_error(refused, retry=lambda: None)
    return stage.dialog()


def bug(stage: Stage) -> QWidget:
    stage.window.services.show_error(ValueError("no such thing"))
    return stage.dialog()


def quit_question(stage: Stage) -> QWidget:
    from studio.gui.quit_dialog import QuitDialog
    from studio.gui.status import LiveWork

    QuitDialog(LiveWork(("run",), ("species",), ("penguins",)), stage.window).open()
    return stage.dialog()


def of_a_model(stage: Stage, verb: str) -> QWidget:
    from studio.gui.widgets.table import DataTable

    stage.window.open_page("models")
    page = stage.window.page
    assert page is not None
    table = next(t for t in page.findChildren(DataTable) if t.isVisible())
    stage.qtbot.waitUntil(lambda: table.model().rowCount() > 0, timeout=SECONDS)
    table.setCurrentIndex(table.model().index(0, 0))
    stage.do(verb)
    return stage.dialog()


def packaging(stage: Stage) -> QWidget:
    """A package that is being made, told by its works."""
    from studio.gui.models.package_progress import PackageProgress
    from studio.gui.works import Work, Works

    stage.window.open_page("models")
    works, work = Works(stage.window.tasks, stage.window), Work(1, "Package it", "it:1")
    PackageProgress(works, work, None, stage.window).open()
    return stage.dialog()


def palette(stage: Stage) -> QWidget:
    stage.do("view.palette")
    return stage.window.palette_box


def comparison(stage: Stage) -> QWidget:
    from studio.gui.designer.compare.feature import Compare

    stage.to_designer()
    compare = _feature(stage, Compare)
    compare.with_pipeline("other", "Other")
    ready = lambda: compare.is_shown and bool(compare.panel.compared)  # noqa: E731
    stage.qtbot.waitUntil(ready, timeout=SECONDS)
    return stage.window


def quick_add(stage: Stage) -> QWidget:
    stage.to_designer("split")
    stage.designer.view.setFocus()
    stage.do("edit.quick_add")
    box = stage.designer.bench.quick_add
    stage.qtbot.waitUntil(box.isVisible)
    return box


def finding(stage: Stage) -> QWidget:
    stage.to_designer()
    stage.do("find.steps")
    return stage.window


def all_pipelines(stage: Stage) -> QWidget:
    stage.to_designer()
    stage.designer.show_all()
    start = stage.designer.start
    stage.qtbot.waitUntil(start.table.isVisible, timeout=SECONDS)
    clone = stage.window.registry.get("pipeline.clone")
    stage.qtbot.waitUntil(lambda: not clone.isEnabled())
    return stage.window


def toast_with_undo(stage: Stage) -> QWidget:
    stage.to_designer()
    stage.window.toasts.show("Deleted “Split”", undo=lambda: None)
    return stage.window


def _feature(stage: Stage, kind: type) -> object:
    return next(each for each in stage.designer.features if isinstance(each, kind))


COMES_UP: dict[str, Open] = {
    "new workspace": by_verb("workspace.new"),
    "keys and help": by_verb("help.keys"),
    "shortcuts": by_verb("help.change_keys"),
    "command palette": palette,
    "error": error,
    "bug": bug,
    "quit": quit_question,
    "register": by_verb("models.register", "models"),
    "deploy": partial(of_a_model, verb="models.deploy"),
    "package": partial(of_a_model, verb="models.package"),
    "packaging": packaging,
    "environment editor": by_verb("environments.new", "environments"),
    "delete a pipeline": by_verb("pipeline.delete", "pipelines"),
    "name of a part": by_verb("compose.group", "pipelines", "split"),
    "sweep": by_verb("run.sweep", "pipelines"),
    "comparison": comparison,
    "quick add": quick_add,
    "search in the canvas": finding,
    "all pipelines": all_pipelines,
    "toast": toast_with_undo,
}


@pytest.mark.parametrize("name", COMES_UP)
def test_that_what_comes_up_can_be_used_by_keys_and_is_told(
    name: str, stage: Stage
) -> None:
    shown = COMES_UP[name](stage)
    assert shown is not None
    assert controls(shown)
    assert unnamed(shown) == []
    assert namesakes(shown) == []
    wanted = {name_of(each) for each in controls(shown) if takes_tab(each)}
    begun = {name_of(each) for each in [QApplication.focusWidget()] if each}
    assert wanted <= {name_of(each) for each in tab_order(shown)} | begun
    assert unlit(shown) == []
    if shown is not stage.window:
        QTest.keyClick(shown, Qt.Key.Key_Escape)


@pytest.mark.parametrize("step", ["", "split"])
def test_that_every_panel_and_tab_of_the_designer_shows_where_the_focus_is(
    step: str, stage: Stage
) -> None:
    stage.to_designer(step)
    for tabs in stage.designer.findChildren(QTabWidget):
        for number in range(tabs.count() if tabs.isVisible() else 0):
            tabs.setCurrentIndex(number)
            QApplication.processEvents()
            assert unnamed(stage.window) == [], tabs.tabText(number)
            assert namesakes(stage.window) == [], tabs.tabText(number)
            assert unlit(stage.window) == [], tabs.tabText(number)
