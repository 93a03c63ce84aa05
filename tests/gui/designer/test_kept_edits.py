"""Undo and redo stay while other pipelines are looked at."""

from __future__ import annotations

from dataclasses import replace

from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.domain.pipeline import Pipeline
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.kept_edits import MOST
from studio.gui.designer.page import DesignerPage
from studio.gui.dialogs import NameQuestion

SECONDS = 60_000
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _go_to(page: DesignerPage, name: str, qtbot: QtBot) -> None:
    before = page.document
    page.open(name)
    qtbot.waitUntil(lambda: page.document not in (before, None), timeout=SECONDS)
    assert page.document is not None
    assert page.document.name == name


def _told(page: DesignerPage) -> list[str]:
    told: list[str] = []
    page.services.toast = lambda text, **_: told.append(text)  # type: ignore[method-assign]
    return told


def test_that_undo_and_redo_are_there_again_after_another_pipeline(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page.studio.pipelines.save(Pipeline("other"))
    first = page.editor.pipeline
    for step in ("split", "train"):
        hand.click(hand.middle(step) - QPointF(60, 20))
        hand.key(Qt.Key.Key_M)
    last = page.editor.pipeline
    hand.key(Qt.Key.Key_Z, CTRL)
    middle, told = page.editor.pipeline, _told(page)
    _go_to(page, "other", qtbot)
    assert not page.can_undo()
    assert not page.can_redo()
    _go_to(page, "penguins", qtbot)
    assert told == []
    assert page.editor.pipeline == middle
    qtbot.waitUntil(page.services.actions.get("edit.undo").isEnabled)
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert page.editor.pipeline == last
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert page.editor.pipeline == first
    assert not page.can_undo()
    page.save()
    qtbot.waitUntil(
        lambda: page.studio.pipelines.get("penguins").nodes == first.nodes,
        timeout=SECONDS,
    )


def test_that_gathering_is_undone_after_looking_inside(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    before = page.editor.pipeline
    hand.click(hand.middle("clean_missing") - QPointF(60, 20))
    hand.click(hand.middle("split") - QPointF(60, 20), SHIFT)
    hand.key(Qt.Key.Key_G, CTRL)
    question = page.window().findChild(NameQuestion)
    assert question is not None
    QTest.keyClick(question.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "part" in page.editor.pipeline.by_name, timeout=SECONDS)
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    page.view.centerOn(hand.middle("part"))
    hand.double_click(hand.middle("part") - QPointF(60, 20))
    qtbot.waitUntil(lambda: page.heading == "Part", timeout=SECONDS)
    hand.key(Qt.Key.Key_Return, SHIFT)
    qtbot.waitUntil(lambda: page.heading != "Part", timeout=SECONDS)
    qtbot.waitUntil(page.services.actions.get("edit.undo").isEnabled)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert page.editor.pipeline == before


def test_that_a_file_changed_meanwhile_begins_anew_and_is_told(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    pipelines = page.studio.pipelines
    pipelines.save(Pipeline("other"))
    hand.click(hand.middle("split") - QPointF(60, 20))
    hand.key(Qt.Key.Key_M)
    _go_to(page, "other", qtbot)
    pipelines.save(replace(pipelines.get("penguins"), description="By another hand"))
    told = _told(page)
    _go_to(page, "penguins", qtbot)
    assert not page.can_undo()
    assert ["was changed outside since you left it" in text for text in told] == [True]
    assert page.editor.pipeline.description == "By another hand"


def test_that_steps_moved_by_another_hand_begin_anew_too(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    pipelines = page.studio.pipelines
    pipelines.save(Pipeline("other"))
    hand.click(hand.middle("split") - QPointF(60, 20))
    hand.key(Qt.Key.Key_M)
    _go_to(page, "other", qtbot)
    moved = pipelines.get("penguins").move({"train": (48.0, 912.0)})
    pipelines.save_layout(moved)
    told = _told(page)
    _go_to(page, "penguins", qtbot)
    assert not page.can_undo()
    assert len(told) == 1
    assert page.editor.pipeline.node("train").position == (48.0, 912.0)


def test_that_edits_of_the_pipelines_left_last_are_kept(
    page: DesignerPage, qtbot: QtBot
) -> None:
    names = [f"p{n}" for n in range(MOST + 1)]
    for name in names:
        page.studio.pipelines.save(Pipeline(name))
    for name in names:
        _go_to(page, name, qtbot)
        assert page.document is not None
        edited = replace(page.editor.pipeline, description="Edited")
        page.document.edit(edited, "Describe")
    _go_to(page, "penguins", qtbot)
    _go_to(page, names[0], qtbot)
    assert not page.can_undo()
    _go_to(page, names[-1], qtbot)
    assert page.can_undo()


def test_that_a_remembered_edit_takes_up_no_later_one() -> None:
    one, two = (Pipeline("p", description=word) for word in ("one", "two"))
    document = PipelineDocument(Pipeline("p"))
    document.edit(one, "Describe", merge="description")
    again = PipelineDocument(one)
    again.remember(document.past)
    again.edit(two, "Describe", merge="description")
    assert again.stack.count() == 2
    again.stack.undo()
    assert again.pipeline == one
    again.stack.undo()
    assert again.pipeline == Pipeline("p")
    again.stack.setIndex(2)
    assert again.pipeline == two
