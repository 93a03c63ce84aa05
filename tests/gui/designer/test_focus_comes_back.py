"""After a verb that asked for words, the keys belong to the canvas again."""

from __future__ import annotations

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
    assert hand.node("halves").title == "Halves"
    assert QApplication.focusWidget() is page.view
