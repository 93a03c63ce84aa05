"""A step of a run opened again from the window, and its edited code put back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.gui.designer.page import DesignerPage
from studio.gui.designer.reopen import Reopen
from studio.gui.reopening.debug_dialog import DebugDialog
from studio.gui.widgets.toast import Toast
from studio.services.processes import is_alive

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 60_000


@pytest.fixture
def chained(
    ran: Callable[[int], Studio],
    open_window: Callable[[Studio], MainWindow],
    qtbot: QtBot,
) -> DesignerPage:
    """A chain of two steps that has run, its second step selected."""
    page = open_window(ran(2)).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: bool(page.editor.situation.steps), timeout=SECONDS)
    hand = Hand(page)
    hand.click(hand.middle("s1"))
    return page


def feature(page: DesignerPage) -> Reopen:
    return next(one for one in page.features if isinstance(one, Reopen))


def trigger(page: DesignerPage, verb: str) -> None:
    page.services.actions.refresh()
    action = page.services.actions.get(f"step.{verb}")
    assert action.isEnabled()
    action.trigger()


def toasts(page: DesignerPage) -> list[Toast]:
    return [one for one in page.window().findChildren(Toast) if one.isVisible()]


def say(page: DesignerPage, text: str) -> bool:
    return any(text in one.text for one in toasts(page))


def debugging(page: DesignerPage, qtbot: QtBot) -> DebugDialog:
    qtbot.waitUntil(lambda: bool(feature(page).opening.debugged), timeout=SECONDS)
    (dialog,) = feature(page).opening.debugged
    qtbot.waitUntil(lambda: bool(dialog.address.text()), timeout=SECONDS)
    return dialog


def test_that_only_a_step_that_ran_offers_to_be_opened_again(
    chained: DesignerPage,
) -> None:
    page = chained
    verbs = feature(page).canvas_verbs()
    assert set(verbs) <= {v for group in page.menus._groups() for v in group}
    page.services.actions.refresh()
    assert all(page.services.actions.get(verb).isEnabled() for verb in verbs)
    page.bench.scene.select([])
    page.services.actions.refresh()
    assert not any(page.services.actions.get(verb).isEnabled() for verb in verbs)


def test_that_the_inspector_lists_the_ways_to_open_a_step_again(
    chained: DesignerPage,
) -> None:
    panel = chained.bench.inspector.panel
    assert panel is not None
    found = panel.findChildren(QPushButton)
    again = next(one for one in found if one.text() == "Open again")
    assert again.isVisible()
    menu = again.menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [
        "Open in debugger",
        "Open as notebook",
        "Open folder of the step",
        "Put back into the pipeline…",
    ]


def test_that_a_notebook_and_the_folder_of_a_step_are_of_one_opening(
    chained: DesignerPage, desktop: list[Path], qtbot: QtBot
) -> None:
    trigger(chained, "notebook")
    qtbot.waitUntil(lambda: len(desktop) == 1, timeout=SECONDS)
    trigger(chained, "folder")
    qtbot.waitUntil(lambda: len(desktop) == 2, timeout=SECONDS)
    notebook, folder = desktop
    assert notebook.suffix == ".ipynb"
    assert notebook.is_file()
    assert notebook.parent == folder


def test_that_code_edited_in_the_folder_is_shown_put_back_and_undone(
    chained: DesignerPage, desktop: list[Path], qtbot: QtBot
) -> None:
    page, opening = chained, feature(chained).opening
    trigger(page, "folder")
    qtbot.waitUntil(lambda: bool(desktop), timeout=SECONDS)
    edited = desktop[0] / "code" / "script.py"
    then = edited.read_text()
    edited.write_text(then + "# better\n")
    own = page.studio.workspace.components / "copy" / "src" / "script.py"
    trigger(page, "put_back")
    qtbot.waitUntil(lambda: opening.dialog is not None, timeout=SECONDS)
    assert opening.dialog is not None
    assert "+# better" in opening.dialog.diff.text()
    assert own.read_text() == then
    QTest.mouseClick(opening.dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: say(page, "is changed"), timeout=SECONDS)
    assert own.read_text() == then + "# better\n"
    id_of = page.editor.pipeline.node("s1").id
    stale = page.bench.staleness
    qtbot.waitUntil(lambda: "code" in stale.reasons.get(id_of, ""), timeout=SECONDS)
    done = next(one for one in toasts(page) if "is changed" in one.text)
    QTest.mouseClick(done.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: say(page, "Restored"), timeout=SECONDS)
    assert own.read_text() == then
    qtbot.waitUntil(lambda: not stale.reasons, timeout=SECONDS)


def test_that_putting_back_what_was_never_opened_says_what_to_do(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    from studio.gui.errors import ErrorDialog

    trigger(chained, "put_back")
    window = chained.window()
    qtbot.waitUntil(lambda: bool(window.findChildren(ErrorDialog)), timeout=SECONDS)
    (told,) = window.findChildren(ErrorDialog)
    assert "wasn't opened yet" in told.title
    assert "Open it in a debugger" in told.hint


def test_that_a_debugged_step_tells_its_address_and_ends_with_its_dialog(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    trigger(chained, "debug")
    dialog = debugging(chained, qtbot)
    (started,) = dialog.running
    assert is_alive(started.process)
    assert dialog.address.text() == started.address
    copy = next(
        one
        for one in dialog.findChildren(QToolButton)
        if one.accessibleName() == "Copy address"
    )
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == started.address
    QTest.mouseClick(dialog.stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not is_alive(started.process), timeout=SECONDS)
    assert feature(chained).opening.debugged == []


def test_that_a_debugged_step_ends_with_the_window(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    from studio.gui.main_window import MainWindow

    trigger(chained, "debug")
    (started,) = debugging(chained, qtbot).running
    window = chained.window()
    assert isinstance(window, MainWindow)
    window.close_workspace()
    qtbot.waitUntil(lambda: not is_alive(started.process), timeout=SECONDS)
