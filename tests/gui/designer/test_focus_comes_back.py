"""After a verb that asked for words, the keys belong to the canvas again."""

from __future__ import annotations

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.designer.page import DesignerPage

CTRL = Qt.KeyboardModifier.ControlModifier
SECONDS = 60_000


def test_that_a_new_pipeline_has_the_focus_on_its_canvas_and_f2_names_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    before = page.editor.pipeline.name
    window = page.window()
    buttons = window.findChildren(QPushButton)
    button = next(b for b in buttons if b.text() == "Pipelines" and b.isVisible())
    button.setFocus()
    QTest.keyClick(window, Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: page.editor.pipeline.name != before, timeout=SECONDS)
    assert QApplication.focusWidget() is page.view
    hand.key(Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert field is page.bench.inspector.panel.title  # type: ignore[union-attr]
    QTest.keyClicks(field, "Churn")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page.heading == "Churn"
    assert QApplication.focusWidget() is page.view


def test_that_enter_after_renaming_a_step_gives_the_focus_back(
    page: DesignerPage, hand: Hand
) -> None:
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_F2)
    field = QApplication.focusWidget()
    assert field is not None
    QTest.keyClicks(field, "Halves")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert hand.node("split").title == "Halves"
    assert QApplication.focusWidget() is page.view


def test_that_the_command_palette_gives_the_focus_back(
    page: DesignerPage, hand: Hand
) -> None:
    window = page.window()
    hand.click(hand.middle("split"))
    assert QApplication.focusWidget() is page.view
    _open_palette(page)
    QTest.keyClick(window.palette_box.edit, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is page.view
    _open_palette(page)
    _open_palette(page)
    QTest.keyClicks(window.palette_box.edit, "Select all")
    QTest.keyClick(window.palette_box.edit, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.view
    assert len(page.editor.selected()) == len(page.editor.pipeline.nodes)


def test_that_a_click_elsewhere_takes_the_focus_from_the_command_palette(
    page: DesignerPage, hand: Hand
) -> None:
    hand.click(hand.middle("split"))
    _open_palette(page)
    search = page.bench.palette_panel.search
    search.setFocus()
    assert not page.window().palette_box.isVisible()
    assert QApplication.focusWidget() is search


@pytest.mark.parametrize(
    "verb",
    [
        "compose.group",
        "run.sweep",
        "help.keys",
        "help.change_keys",
        "find.steps",
        "edit.quick_add",
        "edit.rename",
        "wires.to",
    ],
)
def test_that_what_is_opened_from_the_canvas_gives_the_focus_back(
    page: DesignerPage, hand: Hand, qtbot: QtBot, verb: str
) -> None:
    hand.click(hand.middle("split"))
    _open_palette(page)
    box = page.window().palette_box
    wanted = next(one for one in box.entries() if one.action.id == verb)
    box.run(wanted)
    asked = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    asked = asked or QApplication.focusWidget()
    assert asked is not None
    assert asked is not page.view
    QTest.keyClick(asked, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is page.view, timeout=SECONDS)


def _open_palette(page: DesignerPage) -> None:
    palette = page.services.actions.get("view.palette")
    palette.trigger()
    assert QApplication.focusWidget() is page.window().palette_box.edit
