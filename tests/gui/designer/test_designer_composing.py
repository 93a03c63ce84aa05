"""Pipelines inside pipelines, muted and bypassed steps, by mouse and keyboard."""

from __future__ import annotations

import os
from pathlib import Path

from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.run import RunState, StepState
from studio.gui.designer.composing import Composing
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.plan.breakpoints import Breakpoints
from studio.gui.dialogs import NameQuestion

SECONDS = 90_000
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def names(page: DesignerPage) -> set[str]:
    return set(page.editor.pipeline.by_name)


def card_state(page: DesignerPage, step: str) -> str:
    node = page.editor.pipeline.node(step)
    return page.bench.scene.nodes[node.id].card.state


def choose(hand: Hand, *steps: str) -> None:
    for number, step in enumerate(steps):
        keys = SHIFT if number else Qt.KeyboardModifier.NoModifier
        hand.page.view.centerOn(hand.middle(step))
        hand.click(hand.middle(step) - QPointF(60, 20), keys)


def make_pipeline(hand: Hand, qtbot: QtBot, title: str, *steps: str) -> None:
    choose(hand, *steps)
    hand.key(Qt.Key.Key_G, CTRL)
    question = hand.page.window().findChild(NameQuestion)
    assert question is not None
    QTest.keyClicks(question.name, title)
    QTest.keyClick(question.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not names(hand.page) & set(steps), timeout=SECONDS)
    hand.page.window().activateWindow()
    qtbot.waitUntil(hand.page.window().isActiveWindow)


def settled(page: DesignerPage, name: str) -> bool:
    return page.document is not None and page.document.name == name


def picture(page: DesignerPage, name: str) -> None:
    if folder := os.environ.get("STUDIO_PICTURES"):
        QApplication.processEvents()
        page.window().grab().save(str(Path(folder) / f"{name}.png"))


def test_that_steps_become_a_pipeline_that_runs_and_is_looked_into(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    make_pipeline(hand, qtbot, "Prepare", "clean_missing", "split")
    assert "prepare" in names(page)
    card = page.bench.scene.nodes[page.editor.pipeline.node("prepare").id].card
    assert card.whole
    assert {port.name for port in card.outputs} == {"train", "test"}
    hand.push("Run")
    qtbot.waitUntil(
        lambda: bool(page.bench.follower.run) and page.bench.follower.run.state.ended,  # type: ignore[union-attr]
        timeout=SECONDS,
    )
    run = page.bench.follower.run
    assert run is not None
    assert run.state is RunState.SUCCEEDED, run.message
    assert {"prepare__clean_missing", "prepare__split"} <= {s.name for s in run.steps}
    assert card_state(page, "prepare") == "SUCCEEDED"
    picture(page, "outside")
    _look_inside(page, hand, qtbot)


def _look_inside(page: DesignerPage, hand: Hand, qtbot: QtBot) -> None:
    page.view.centerOn(hand.middle("prepare"))
    hand.double_click(hand.middle("prepare") - QPointF(60, 20))
    qtbot.waitUntil(lambda: settled(page, "Prepare"), timeout=SECONDS)
    assert names(page) == {"clean_missing", "split"}
    qtbot.waitUntil(lambda: card_state(page, "split") == "SUCCEEDED", timeout=SECONDS)
    assert page.bench.editor.situation.problems == ()
    picture(page, "inside")
    (feature,) = (f for f in page.features if isinstance(f, Composing))
    back = feature.trail.findChild(QPushButton)
    assert back is not None
    assert feature.trail.isVisible()
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: settled(page, "penguins"), timeout=SECONDS)
    assert not feature.trail.isVisible()


def test_that_a_breakpoint_set_inside_pauses_the_outer_run_there(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    make_pipeline(hand, qtbot, "Prepare", "clean_missing", "split")
    page.view.centerOn(hand.middle("prepare"))
    hand.double_click(hand.middle("prepare") - QPointF(60, 20))
    qtbot.waitUntil(lambda: settled(page, "Prepare"), timeout=SECONDS)
    choose(hand, "split")
    hand.key(Qt.Key.Key_F9)
    assert page.editor.pipeline.node("split").breakpoint
    hand.push("Run")
    qtbot.waitUntil(lambda: paused_at(page) == ["prepare__split"], timeout=SECONDS)
    breakpoints = next(f for f in page.features if isinstance(f, Breakpoints))
    qtbot.waitUntil(breakpoints.banner.isVisible, timeout=SECONDS)
    assert breakpoints.banner.text == "Paused before Split 75 / 25"
    qtbot.waitUntil(lambda: card_state(page, "split") == "PAUSED", timeout=SECONDS)
    (feature,) = (f for f in page.features if isinstance(f, Composing))
    back = feature.trail.findChild(QPushButton)
    assert back is not None
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: settled(page, "penguins"), timeout=SECONDS)
    qtbot.waitUntil(lambda: card_state(page, "prepare") == "PAUSED", timeout=SECONDS)
    qtbot.waitUntil(breakpoints.banner.isVisible, timeout=SECONDS)
    assert breakpoints.banner.text == "Paused before Prepare › split"
    hand.key(Qt.Key.Key_F8)
    run = page.bench.follower.run
    assert run is not None
    qtbot.waitUntil(lambda: page.studio.runs.get(run.id).state.ended, timeout=SECONDS)
    ended = page.studio.runs.get(run.id)
    assert ended.state is RunState.SUCCEEDED, ended.message
    split = ended.step("prepare__split")
    assert split is not None
    assert split.parameters["test_fraction"] == "0.25"


def paused_at(page: DesignerPage) -> list[str]:
    run = page.bench.follower.run
    return [s.name for s in run.steps if s.state is StepState.PAUSED] if run else []


def test_that_gathering_and_unpacking_are_one_edit_each(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    before = page.editor.pipeline
    make_pipeline(hand, qtbot, "Prepare", "clean_missing", "split")
    choose(hand, "prepare")
    qtbot.waitUntil(page.services.actions.get("compose.unpack").isEnabled)
    hand.key(Qt.Key.Key_U, CTRL | SHIFT)
    assert {"clean_missing", "split"} <= names(page)
    assert {n.name: n.inputs for n in page.editor.pipeline.nodes} == {
        n.name: n.inputs for n in before.nodes
    }
    hand.key(Qt.Key.Key_Z, CTRL)
    assert "prepare" in names(page)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert page.editor.pipeline == before


def test_that_a_step_left_out_in_the_middle_is_told(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    told: list[str] = []
    page.services.show_error = lambda error: told.append(str(error))  # type: ignore[method-assign]
    choose(hand, "clean_missing", "train")
    hand.key(Qt.Key.Key_G, CTRL)
    question = page.window().findChild(NameQuestion)
    assert question is not None
    QTest.keyClick(question.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(told), timeout=SECONDS)
    assert "lies between the selected steps" in told[0]


def test_that_a_muted_step_says_so_and_takes_along_what_needs_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    choose(hand, "evaluate")
    hand.key(Qt.Key.Key_M)
    assert card_state(page, "evaluate") == "MUTED"
    assert page.editor.pipeline.node("evaluate").muted
    picture(page, "muted")
    hand.key(Qt.Key.Key_M)
    assert not page.editor.pipeline.node("evaluate").muted


def test_that_a_bypassed_step_is_left_out_of_the_way(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    choose(hand, "clean_missing")
    hand.key(Qt.Key.Key_B)
    assert page.editor.pipeline.node("clean_missing").bypass == {"table": "data"}
    assert card_state(page, "clean_missing") == "BYPASSED"
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    choice = panel.bypass.field("table").input
    assert isinstance(choice, QComboBox)
    assert choice.currentText() == "data"
    QTest.keyClick(choice, Qt.Key.Key_Up)
    qtbot.waitUntil(
        lambda: page.editor.pipeline.node("clean_missing").bypass == {}, timeout=SECONDS
    )
    hand.push("Undo")
    hand.push("Undo")
    assert page.editor.pipeline.node("clean_missing").bypass is None


def test_that_a_step_that_could_hand_on_nothing_is_not_bypassed(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    told: list[str] = []
    page.bench.refused.connect(told.append)
    choose(hand, "import_data")
    hand.key(Qt.Key.Key_B)
    assert page.editor.pipeline.node("import_data").bypass is None
    assert "Mute it instead" in told[0]


def test_that_steps_left_out_of_the_last_run_look_as_the_pipeline_is_now(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    steps = sorted(names(page))
    node = page.editor.pipeline.node
    choose(hand, "import_data")
    hand.key(Qt.Key.Key_M)
    assert card_state(page, "import_data") == "MUTED"
    assert {card_state(page, s) for s in steps} == {"MUTED", "SKIPPED"}
    told: list[str] = []
    page.services.toast = lambda text, **_: told.append(text)  # type: ignore[method-assign]
    hand.push("Run")
    qtbot.waitUntil(lambda: bool(told), timeout=SECONDS)
    assert "Nothing ran" in told[0]
    run = page.bench.follower.run
    assert run is not None
    assert run.state is RunState.SUCCEEDED
    assert run.shown_state == "NOTHING_RAN"
    hand.key(Qt.Key.Key_Z, CTRL)
    cards = [page.bench.scene.nodes[node(s).id].card for s in steps]
    assert {card.state for card in cards} == {"STALE"}
    assert {card.subtitle for card in cards} == {"last run: skipped"}
    assert not any(card.dimmed for card in cards)
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    assert panel.facts.texts["Why"] == "Skipped: it was muted"
