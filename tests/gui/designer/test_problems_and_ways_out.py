"""Problems say what is wrong first, and each has a way that leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

from designer_hand import Hand
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from studio.domain.node import Node, Value
from studio.domain.pipeline import new_id
from studio.domain.validation import Problem
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.told_problems import message_first, with_columns

SECONDS = 30_000
FIX = 4


def click_fix(page: DesignerPage) -> None:
    table = page.bench.bottom.problems.table
    index = table.model().index(0, FIX)
    table.scrollTo(index)
    at: QPoint = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def shown_fix(page: DesignerPage) -> object:
    return page.bench.bottom.problems.table.model().index(0, FIX).data()


def test_that_a_missing_column_is_chosen_among_those_known(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page.editor.edit(page.editor.pipeline.bind("train", "target", None), "Clear")
    page.bench.show_problems_tab()
    qtbot.waitUntil(lambda: shown_fix(page) == "Choose a column…", timeout=SECONDS)
    (problem,) = page.bench.problems
    assert problem.hint.startswith("Fill it in: ")
    if folder := os.environ.get("STUDIO_SCREENSHOTS"):
        page.window().grab().save(str(Path(folder) / "problems.png"))
    click_fix(page)
    menu = page.bench.bottom.problems.findChild(QMenu)
    assert menu is not None
    offered = [action.text() for action in menu.actions()]
    assert "Use species" in offered
    menu.actions()[offered.index("Use species")].trigger()
    menu.close()
    assert hand.node("train").inputs["target"] == Value("species")
    qtbot.waitUntil(lambda: not page.bench.problems, timeout=SECONDS)


def test_that_a_column_like_none_has_all_offered(
    page: DesignerPage, qtbot: QtBot
) -> None:
    after = page.editor.pipeline.bind("split", "stratify", Value("zzz"))
    page.editor.edit(after, "Misspell")
    page.bench.show_problems_tab()
    qtbot.waitUntil(lambda: shown_fix(page) == "Choose a column…", timeout=SECONDS)


def test_that_a_link_leads_to_the_field_that_lacks_a_value(
    page: DesignerPage, qtbot: QtBot
) -> None:
    train = page.editor.pipeline.node("train")
    lonely = Node(new_id(), "alone", train.component, position=(900.0, 900.0))
    page.editor.edit(page.editor.pipeline.add(lonely), "Add")
    page.bench.show_problems_tab()
    tab = page.bench.bottom.problems
    qtbot.waitUntil(lambda: tab.count >= 2, timeout=SECONDS)
    lines = tab.table.rows_model.rows
    row = next(n for n, line in enumerate(lines) if line.problem.field == "target")
    index = tab.table.model().index(row, FIX)
    assert index.data() == "Fill it in"
    tab.table.scrollTo(index)
    at = tab.table.visualRect(index).center()
    QTest.mouseClick(tab.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    assert page.window().focusWidget() is panel.form.field("target").input


def test_that_a_broken_own_step_says_what_is_wrong_first(
    page: DesignerPage, qtbot: QtBot
) -> None:
    file = page.studio.workspace.components / "shorten.py"
    file.write_text("from studio.step import step\n\n\n@step\ndef shorten(:\n")
    broken = Node(new_id(), "shorten", "azureml:shorten@latest", position=(9.0, 900.0))
    page.editor.edit(page.editor.pipeline.add(broken), "Add")
    qtbot.waitUntil(lambda: bool(page.bench.problems), timeout=SECONDS)
    (problem,) = page.bench.problems
    assert problem.message == "Invalid syntax (shorten.py, line 5)"
    assert problem.place == str(file)
    qtbot.waitUntil(
        lambda: page.bench.scene.nodes[broken.id].card.subtitle == problem.message
    )
    page.bench.show_problems_tab()
    index = page.bench.bottom.problems.table.model().index(0, 2)
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert str(file) in tip


def test_what_is_told_first() -> None:
    inside = "inside, step 'a': /w/my steps/s.py, line 6: invalid syntax"
    told = message_first(Problem(inside))
    assert told.message == "inside, step 'a': invalid syntax (s.py, line 6)"
    plain = Problem("'data' isn't connected")
    assert message_first(plain) == plain
    found = with_columns(Problem("p"), "Speces", ["year", "island", "species"])
    assert found.fixes[0].value == "species"
    assert {fix.value for fix in found.fixes} == {"year", "island", "species"}
