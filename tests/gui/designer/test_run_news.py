"""What pressing Run does to the focus, and what is said in passing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer_hand import Hand
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.gui.designer.page import DesignerPage

if TYPE_CHECKING:
    from studio.gui.widgets.toast import Toasts

SECONDS = 60_000


def toasts(page: DesignerPage) -> Toasts:
    window: Any = page.window()
    found: Toasts = window.toasts
    return found


def break_train(page: DesignerPage, target: str) -> None:
    editor = page.editor
    assert editor.document is not None
    after = editor.pipeline.bind("split", "test_fraction", Value(target))
    editor.document.edit(after, "Set test fraction")


def test_that_run_leaves_the_focus_on_the_canvas_and_space_on_the_page(
    page: DesignerPage, qtbot: QtBot
) -> None:
    window = page.window()
    run = next(
        each
        for each in window.findChildren(QWidget)
        if each.accessibleName() == "Run" and each.isVisible()
    )
    run.setFocus()
    QTest.keyClick(run, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not run.isEnabled())
    assert QApplication.focusWidget() is page.view
    QTest.keyClick(page.view, Qt.Key.Key_Space)
    assert page.isVisible()
    qtbot.waitUntil(lambda: page.bench.follower.run is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: not page.bench.follower.active, timeout=SECONDS)
    assert QApplication.focusWidget() is page.view


def test_that_a_refusal_goes_when_its_problem_is_mended(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    break_train(page, "7")
    hand.push("Run")
    qtbot.waitUntil(lambda: bool(toasts(page).shown), timeout=SECONDS)
    (shown,) = toasts(page).shown
    assert shown.text == "Nothing was started: 1 problem"
    view = QRect(page.view.mapToGlobal(page.view.rect().topLeft()), page.view.size())
    corner = shown.mapToGlobal(shown.rect().topLeft())
    assert view.contains(QRect(corner, shown.size()))
    break_train(page, "0.3")
    qtbot.waitUntil(lambda: not toasts(page).shown, timeout=SECONDS)


def test_that_a_run_to_a_step_isnt_stopped_by_what_comes_after_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    editor = page.editor
    assert editor.document is not None
    after = editor.pipeline.bind("train", "target", None)
    editor.document.edit(after, "Clear the target")
    hand.push("Run")
    qtbot.waitUntil(lambda: bool(toasts(page).shown), timeout=SECONDS)
    assert page.bench.follower.run is None
    page.bench.scene.select([editor.pipeline.node("split").id])
    page.running.run_to_here()
    qtbot.waitUntil(lambda: page.bench.follower.run is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: not page.bench.follower.active, timeout=SECONDS)
    run = page.bench.follower.run
    assert run is not None
    states = {step.name: step.state.value for step in run.steps}
    assert (states["split"], states["train"]) == ("SUCCEEDED", "SKIPPED")


def test_that_a_run_of_what_is_saved_says_no_other_time(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    document = page.document
    assert document is not None
    document.saved_at = 1.0
    document.mark_saved(document.saved, document.version, document.sha256)
    assert document.saved_at == 1.0
    after = document.pipeline.bind("split", "test_fraction", Value(0.4))
    document.mark_saved(after, 2, "other")
    assert document.saved_at > 1.0
