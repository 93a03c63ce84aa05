"""A parameter that names a column which isn't there, before anything has run."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.domain.validation import Problem
from studio.gui.designer.page import DesignerPage

SECONDS = 30_000


def _misspelt(page: DesignerPage, qtbot: QtBot) -> Problem:
    """Split spreads a column that isn't there evenly."""
    pipeline = page.editor.pipeline.bind("split", "stratify", Value("speces"))
    page.editor.edit(pipeline, "Misspell")
    qtbot.waitUntil(lambda: bool(page.bench.columns.problems), timeout=SECONDS)
    (problem,) = page.bench.columns.problems
    return problem


def test_that_a_missing_column_is_marked_on_the_card_and_listed(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    problem = _misspelt(page, qtbot)
    assert problem.message == "There is no column 'speces' in the table of 'data'"
    card = page.bench.scene.nodes[hand.node("split").id].card
    qtbot.waitUntil(lambda: page.bench.bottom.problems.count == 1)
    card = page.bench.scene.nodes[hand.node("split").id].card
    assert (card.state, card.subtitle) == ("WARNING", problem.message)
    assert page.running.can_run


def test_that_one_click_in_the_list_mends_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    _misspelt(page, qtbot)
    tab = page.bench.bottom.problems
    page.bench.show_problems_tab()
    qtbot.waitUntil(lambda: tab.count == 1)
    table = tab.table
    index = table.model().index(0, 4)
    assert index.data() == "Use species"
    table.scrollTo(index)
    at: QPoint = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert hand.node("split").inputs["stratify"] == Value("species")
    qtbot.waitUntil(lambda: not page.bench.columns.problems, timeout=SECONDS)
    page.undo()
    assert hand.node("split").inputs["stratify"] == Value("speces")


def test_that_the_inspector_has_a_button_that_mends_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    _misspelt(page, qtbot)
    hand.click(hand.middle("split"))
    panel = page.bench.inspector.panel
    assert panel is not None
    buttons = [
        one for one in panel.findChildren(QPushButton) if one.text() == "Use species"
    ]
    assert len(buttons) == 1
    buttons[0].click()
    assert hand.node("split").inputs["stratify"] == Value("species")


def test_that_a_field_offers_columns_that_no_run_has_made_yet(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    node = hand.node("split")
    qtbot.waitUntil(
        lambda: page.bench.columns.into(node, "data") is not None, timeout=SECONDS
    )
    schema = page.bench.columns.into(node, "data")
    assert schema is not None
    assert schema.columns["species"] == "text"
    assert schema.columns["body_mass_g"] == "number"
