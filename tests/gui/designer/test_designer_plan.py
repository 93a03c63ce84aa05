"""The plan in the window: causes, totals, marks on the canvas, ways to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.node import FromStep, Value
from studio.domain.run import StepState
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.plan.breakpoints import Breakpoints
from studio.gui.designer.plan.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 60_000


@pytest.fixture
def chained(
    ran: Callable[[int], Studio],
    open_window: Callable[[Studio], MainWindow],
    qtbot: QtBot,
) -> Iterator[DesignerPage]:
    """A chain of three small steps that has run, open with its plan shown."""
    page = open_window(ran(3)).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    page.plan.show_tab()
    qtbot.waitUntil(lambda: len(page.plan.tab.lines) == 3, timeout=SECONDS)
    yield page


def edit(page: DesignerPage, step: str, text: str) -> None:
    pipeline = page.editor.pipeline.bind(step, "text", Value(text))
    assert page.document is not None
    page.document.edit(pipeline, "Set text")


def actions(page: DesignerPage) -> dict[str, str]:
    return {line.step.name: line.step.action for line in page.plan.tab.lines}


def marked(page: DesignerPage) -> dict[str, str]:
    by_id = page.editor.pipeline.by_id
    return {by_id[i].name: action for i, action in page.plan.marks.actions.items()}


def link(page: DesignerPage, name: str) -> QPushButton:
    found = page.plan.tab.causes.findChildren(QPushButton)
    return next(one for one in found if one.accessibleName() == name)


def test_that_an_edit_is_planned_with_its_difference_and_reverted_in_one_step(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page, tab = chained, chained.plan.tab
    before = page.editor.pipeline
    assert tab.summary.text() == "Nothing has to run: all results are there"
    edit(page, "s1", "new")
    want = {"s0": "reuse", "s1": "run", "s2": "run"}
    qtbot.waitUntil(lambda: actions(page) == want, timeout=SECONDS)
    assert marked(page) == {"s1": "run", "s2": "run"}
    assert tab.summary.text().startswith("2 of 3 steps run · about ")
    tab.table.select_key(page.editor.pipeline.node("s2").id)
    assert tab.causes.texts == ["“S1” runs before it"]
    tab.table.select_key(page.editor.pipeline.node("s1").id)
    assert tab.causes.texts == ["text changed: -1 → new"]
    QTest.mouseClick(link(page, "Revert the change of text"), Qt.MouseButton.LeftButton)
    assert page.editor.pipeline == before
    qtbot.waitUntil(lambda: set(actions(page).values()) == {"reuse"}, timeout=SECONDS)
    page.undo()
    assert page.editor.pipeline.node("s1").inputs["text"] == Value("new")
    assert page.studio.runs.active() == 0
    assert len(page.studio.runs.list()) == 1


def test_that_changed_code_is_shown_as_a_diff(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page, tab = chained, chained.plan.tab
    script = page.studio.workspace.components / "first" / "src" / "script.py"
    script.write_text(script.read_text() + "# the end\n")
    page.plan.look_again()
    qtbot.waitUntil(lambda: actions(page).get("s0") == "run", timeout=SECONDS)
    tab.table.select_key(page.editor.pipeline.node("s0").id)
    assert tab.causes.texts == ["code changed: script.py +1 -0"]
    QTest.mouseClick(
        link(page, "Show the changes in the code"), Qt.MouseButton.LeftButton
    )
    code = tab.causes.code
    qtbot.waitUntil(lambda: "+# the end" in code.text(), timeout=SECONDS)
    assert code.isVisible()


def test_that_pointing_at_a_way_to_run_shows_its_steps_on_the_canvas(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page = chained
    page.bench.bottom.setCurrentWidget(page.bench.bottom.problems)
    page.bench.go_to_step("s1")
    page.plan.hover(Scope.ONLY)
    assert marked(page) == {"s0": "skip", "s1": "run", "s2": "skip"}
    # The plan knows that nothing has changed: s1 wouldn't run.
    qtbot.waitUntil(lambda: marked(page) == {"s2": "skip"}, timeout=SECONDS)
    page.plan.hover(Scope.ANEW)
    qtbot.waitUntil(
        lambda: marked(page) == dict.fromkeys(("s0", "s1", "s2"), "run"),
        timeout=SECONDS,
    )
    page.plan.hover(None)
    assert marked(page) == {}


def test_that_only_the_selected_step_runs_by_its_key(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page = chained
    edit(page, "s1", "other")
    edit(page, "s2", "new")
    hand, first = Hand(page), page.bench.follower.run
    assert first is not None
    hand.click(hand.middle("s2"))
    hand.key(Qt.Key.Key_F7)
    follower = page.bench.follower
    qtbot.waitUntil(
        lambda: follower.run is not None and follower.run.id != first.id,
        timeout=SECONDS,
    )
    qtbot.waitUntil(lambda: not follower.active, timeout=SECONDS)
    assert follower.run is not None
    found = {step.name: step for step in follower.run.steps}
    assert not found["s2"].reused
    assert found["s1"].reused
    assert "taken as it is" in found["s1"].reason


def test_that_a_step_that_cannot_run_alone_is_refused_in_words(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page, tab = chained, chained.plan.tab
    page.bench.go_to_step("s2")
    page.editor.duplicate()
    page.editor.duplicate()
    (copy,) = page.editor.selected()
    # Another text than that of s2: else its result would be taken.
    after = page.editor.pipeline.bind("s2_2", "text", Value("never made"))
    after = after.bind(copy.name, "data", FromStep("s2_2", "out"))
    assert page.document is not None
    page.document.edit(after, "Connect")
    tab.set_scope(Scope.ONLY)
    tab.scope_changed.emit()
    qtbot.waitUntil(lambda: "can't run alone" in tab.message, timeout=SECONDS)
    assert "'s2_2'" in tab.message


def test_that_a_scope_without_a_selection_asks_for_one(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page, tab = chained, chained.plan.tab
    page.bench.scene.select([])
    tab.set_scope(Scope.TO)
    tab.scope_changed.emit()
    assert tab.message == "Select a step on the canvas"
    assert not tab.start.isEnabled()
    page.bench.go_to_step("s0")
    want = {"s0": "reuse", "s1": "skip", "s2": "skip"}
    qtbot.waitUntil(lambda: actions(page) == want, timeout=SECONDS)
    assert tab.start.isEnabled()


def test_that_a_run_pauses_at_a_breakpoint_shows_inputs_and_goes_on_edited(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page, hand = chained, Hand(chained)
    first = page.bench.follower.run
    node_id = page.editor.pipeline.node("s1").id
    hand.click(hand.middle("s1"))
    hand.key(Qt.Key.Key_F9)
    breakpoints = next(f for f in page.features if isinstance(f, Breakpoints))
    assert breakpoints.marked == {node_id}
    follower = page.bench.follower
    hand.push("Run")

    def paused() -> bool:
        step = follower.step(node_id)
        return (
            follower.run is not first
            and step is not None
            and (step.state is StepState.PAUSED)
        )

    qtbot.waitUntil(paused, timeout=SECONDS)
    qtbot.waitUntil(breakpoints.banner.isVisible)
    assert breakpoints.banner.text.startswith("Paused before ")
    bottom = page.bench.bottom
    assert bottom.currentWidget() is bottom.output
    qtbot.waitUntil(lambda: bottom.output.page is bottom.output.text, timeout=SECONDS)
    assert bottom.output.text.text() == "0"
    edit(page, "s1", "edited")
    hand.key(Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not follower.active, timeout=SECONDS)
    done = follower.step(node_id)
    assert done is not None
    assert done.parameters["text"] == "edited"
    assert not breakpoints.banner.isVisible()
    saved = page.studio.pipelines
    qtbot.waitUntil(lambda: saved.get("chain").node("s1").breakpoint, timeout=SECONDS)
    assert "breakpoint" not in saved.export("chain")
    hand.key(Qt.Key.Key_F9)
    assert breakpoints.marked == frozenset()


def test_that_the_plan_follows_a_renaming_while_a_run_is_on(
    chained: DesignerPage, qtbot: QtBot
) -> None:
    page, hand = chained, Hand(chained)
    node_id, follower = page.editor.pipeline.node("s1").id, page.bench.follower
    hand.click(hand.middle("s1"))
    hand.key(Qt.Key.Key_F9)
    hand.push("Run")

    def paused() -> bool:
        step = follower.step(node_id)
        return step is not None and step.state is StepState.PAUSED

    qtbot.waitUntil(paused, timeout=SECONDS)
    page.plan.show_tab()
    page.editor.rename(node_id, "The middle one")
    titles = page.plan.tab.lines
    qtbot.waitUntil(
        lambda: "The middle one" in [line.title for line in page.plan.tab.lines],
        timeout=SECONDS,
    )
    assert follower.active
    assert len(page.plan.tab.lines) == len(titles) == 3
    hand.key(Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: not follower.active, timeout=SECONDS)
