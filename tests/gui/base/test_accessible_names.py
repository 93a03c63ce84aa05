"""Every control of every page has a name, and Tab goes as one reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from accessible import (
    controls,
    jumps,
    name_of,
    namesakes,
    sample_that_ran,
    tab_order,
    takes_tab,
    unnamed,
    window_at_home,
)
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from studio.gui.main_window import MainWindow
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme
from studio.gui.widgets.code_view import CodeEdit

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.designer.page import DesignerPage

PAGES = (
    "home",
    "pipelines",
    "runs",
    "models",
    "environments",
    "endpoints",
    "activity",
)
SECONDS = 30_000


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The sample, run to a model that is deployed."""
    from studio.domain.endpoint import DeploymentSpec

    studio = sample_that_ran(tmp_path_factory.mktemp("names") / "birds")
    studio.environments.create_starter("tabular")
    studio.endpoints.deploy(DeploymentSpec("penguins", "blue", model="penguins:1"))
    yield studio
    studio.endpoints.stop_all()
    studio.close()


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, tasks: Tasks, birds: Studio, tmp_path: Path
) -> MainWindow:
    return window_at_home(qtbot, theme, tasks, birds, tmp_path)


def views(window: MainWindow, page: str, qtbot: QtBot) -> Iterator[str]:
    """Each state of a page that has other controls: steps and tabs."""
    window.open_page(page)
    found = window.page
    assert found is not None
    qtbot.waitUntil(lambda: len(controls(found)) > 2, timeout=SECONDS)
    qtbot.wait(300)  # lists that are read in threads arrive one after the other
    yield page
    if page == "pipelines":
        yield from _steps(found, qtbot)  # type: ignore[arg-type]
    for tabs in found.findChildren(QTabWidget):
        for number in range(tabs.count() if tabs.isVisible() else 0):
            tabs.setCurrentIndex(number)
            qtbot.wait(100)
            yield f"{page}, {tabs.tabText(number)}"


def _steps(page: DesignerPage, qtbot: QtBot) -> Iterator[str]:
    for node in page.editor.pipeline.nodes:
        page.bench.go_to_step(node.name)
        qtbot.wait(100)
        yield f"pipelines, step {node.name}"


@pytest.mark.parametrize("page", PAGES)
def test_that_controls_have_names_of_their_own_and_tab_visits_them_as_one_reads(
    page: str, window: MainWindow, qtbot: QtBot
) -> None:
    for view in views(window, page, qtbot):
        assert len(controls(window)) > 10, view
        assert unnamed(window) == [], view
        assert namesakes(window) == [], view
        wanted = {name_of(each) for each in controls(window) if takes_tab(each)}
        visited = {name_of(each) for each in tab_order(window)}
        assert wanted <= visited, view
        assert list(jumps(window)) == [], view


def test_that_the_editor_of_components_has_names_and_an_order_too(
    window: MainWindow, birds: Studio, qtbot: QtBot
) -> None:
    from studio.gui.designer.own_steps.feature import OwnSteps

    next(views(window, "pipelines", qtbot))
    features = window.page.features  # type: ignore[union-attr]
    own = next(each for each in features if isinstance(each, OwnSteps))
    own.editing.open(birds.own_components.new_folder("Tidy up"))
    editor = own.editing.editor
    qtbot.waitUntil(lambda: bool(editor.preview.components), timeout=SECONDS)
    edit = editor.current
    assert edit is not None
    edit.insertPlainText("# mine\n")
    editor.find_bar.begin()
    assert unnamed(window) == []
    assert namesakes(window) == []
    assert list(jumps(window)) == []


def test_that_f6_leads_out_of_the_canvas_and_round_the_parts(
    window: MainWindow, qtbot: QtBot
) -> None:
    next(views(window, "pipelines", qtbot))
    page = window.page
    bench = page.bench  # type: ignore[union-attr]
    qtbot.waitUntil(bench.view.isVisible, timeout=SECONDS)
    bench.view.setFocus()
    met = []
    for _ in range(8):
        found = QApplication.focusWidget()
        parts = (bench.left, bench.view, bench.inspector, bench.bottom)
        met += [part for part in parts if found and _within(part, found)]
        assert found is not None
        QTest.keyClick(found, Qt.Key.Key_F6)
    assert {type(part).__name__ for part in met} == {
        "QTabWidget",
        "CanvasView",
        "Inspector",
        "BottomPanel",
    }


def test_that_fields_of_a_sweep_have_names_of_their_own(
    window: MainWindow, qtbot: QtBot
) -> None:
    from studio.gui.designer.sweeping.dialog import SweepDialog

    next(views(window, "pipelines", qtbot))
    page = window.page
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)  # type: ignore[union-attr]
    page.services.actions.get("run.sweep").trigger()  # type: ignore[union-attr]
    (dialog,) = window.findChildren(SweepDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert len(controls(dialog)) > 10
    assert unnamed(dialog) == []
    assert namesakes(dialog) == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_that_an_editor_of_code_lets_a_person_go(qtbot: QtBot, theme: Theme) -> None:
    from PySide6.QtWidgets import QLineEdit

    from studio.gui.widgets.basics import column

    outer, edit, after = QWidget(), CodeEdit("python"), QLineEdit()
    outer.setLayout(column(edit, after))
    qtbot.addWidget(outer)
    outer.show()
    outer.activateWindow()
    qtbot.waitUntil(outer.isActiveWindow)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.text() == "    "
    assert edit.hasFocus()
    QTest.keyClick(edit, Qt.Key.Key_Escape)
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert after.hasFocus()
    QTest.keyClick(after, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert edit.hasFocus()
    assert edit.text() == "    "


def _within(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)
