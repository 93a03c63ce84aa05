"""Steps inside of steps in the plan, in the search, and from inside."""

from __future__ import annotations

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.gui.designer.find_bar import FindBar
from studio.gui.designer.page import DesignerPage
from studio.gui.dialogs import NameQuestion

SECONDS = 30_000
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def gathered(page: DesignerPage, hand: Hand, qtbot: QtBot) -> DesignerPage:
    """Cleaning and splitting are a pipeline of their own."""
    gather(page, hand, qtbot)
    return page


def gather(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    hand.click(hand.middle("clean_missing") - QPointF(60, 20))
    hand.click(hand.middle("split") - QPointF(60, 20), SHIFT)
    hand.key(Qt.Key.Key_G, CTRL)
    question = page.window().findChild(NameQuestion)
    assert question is not None
    QTest.keyClick(question.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "part" in page.editor.pipeline.by_name, timeout=SECONDS)
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    document = page.document
    assert document is not None
    page.save()
    qtbot.waitUntil(lambda: not document.dirty, timeout=SECONDS)


def titles(page: DesignerPage) -> list[str]:
    return [line.title for line in page.plan.tab.lines]


def look_inside(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    page.view.centerOn(hand.middle("part"))
    hand.double_click(hand.middle("part") - QPointF(60, 20))
    qtbot.waitUntil(lambda: page.heading == "Part", timeout=SECONDS)


def test_that_the_plan_says_titles_of_steps_inside_and_goes_to_them(
    gathered: DesignerPage, qtbot: QtBot
) -> None:
    page, plan = gathered, gathered.plan
    plan.show_tab()
    split = "Part › Split 75 / 25"
    qtbot.waitUntil(lambda: split in titles(page), timeout=SECONDS)
    assert not any("__" in title for title in titles(page))
    reasons = " ".join(line.step.reason for line in plan.tab.lines)
    assert "“Part › " in reasons
    assert "part__" not in reasons
    part = page.editor.pipeline.node("part").id
    assert plan.marks.actions[part] == "run"
    line = next(line for line in plan.tab.lines if line.title == split)
    plan.tab.table.activated_row.emit(line)
    qtbot.waitUntil(lambda: page.heading == "Part", timeout=SECONDS)
    qtbot.waitUntil(
        lambda: [n.name for n in page.editor.selected()] == ["split"], timeout=SECONDS
    )


def test_that_from_inside_the_plan_is_that_of_the_pipeline_around(
    gathered: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page, plan = gathered, gathered.plan
    plan.show_tab()
    look_inside(page, hand, qtbot)
    here = page.editor.pipeline
    own = {node.title for node in here.nodes}
    qtbot.waitUntil(lambda: set(titles(page)) == own, timeout=SECONDS)
    assert set(plan.marks.actions) == set(here.by_id)
    page.bench.scene.select([here.node("clean_missing").id])
    page.running.run_to_here()
    qtbot.waitUntil(lambda: page.bench.follower.run is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: not page.bench.follower.active, timeout=SECONDS)
    run = page.bench.follower.run
    assert run is not None
    assert run.pipeline == "penguins"
    states = {step.name: step.state.value for step in run.steps}
    assert states["part__clean_missing"] == "SUCCEEDED"
    assert states["part__split"] == "SKIPPED"


def test_that_a_step_inside_is_found_and_enter_goes_there(
    gathered: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page = gathered
    hand.key(Qt.Key.Key_F, CTRL)
    bar = page.findChild(FindBar)
    assert bar is not None
    QTest.keyClicks(bar.search, "split 75")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1", timeout=SECONDS)
    assert bar.where.text() == "Part › Split 75 / 25: Enter looks inside"
    assert [node.name for node in page.editor.selected()] == ["part"]
    QTest.keyClick(bar.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.heading == "Part", timeout=SECONDS)
    qtbot.waitUntil(
        lambda: [n.name for n in page.editor.selected()] == ["split"], timeout=SECONDS
    )
    assert not bar.isVisible()
    hand.key(Qt.Key.Key_Return, SHIFT)
    qtbot.waitUntil(lambda: "part" in page.editor.pipeline.by_name, timeout=SECONDS)


def test_that_steps_gathered_after_a_run_show_from_inside_what_it_made_of_them(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.push("Run")
    qtbot.waitUntil(lambda: page.bench.follower.run is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: not page.bench.follower.active, timeout=SECONDS)
    gather(page, hand, qtbot)
    part = page.editor.pipeline.node("part").id
    qtbot.waitUntil(
        lambda: page.bench.scene.nodes[part].card.state == "SUCCEEDED", timeout=SECONDS
    )
    look_inside(page, hand, qtbot)
    split = page.editor.pipeline.node("split").id
    qtbot.waitUntil(
        lambda: page.bench.scene.nodes[split].card.state == "SUCCEEDED",
        timeout=SECONDS,
    )
