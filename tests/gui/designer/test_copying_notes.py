"""Frames and notes copied, pasted, put in order: alone, and with steps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio
from studio.domain.annotations import Frame, Note
from studio.domain.framing import with_annotation
from studio.gui.designer.items.slab import FrameItem
from studio.gui.designer.page import DesignerPage

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
EMPTY = QPointF(300, 560)
SECONDS = 60_000


@pytest.fixture(autouse=True)
def drawn(page: DesignerPage) -> None:
    """A frame around the first two steps, a note in it, and one far from all."""
    after = page.editor.pipeline
    owned = tuple(after.node(name).id for name in ("import_data", "clean_missing"))
    for thing in (
        Frame("f", "Ground work", "data", -24, 96, 568, 260, owned),
        Note("in", "Inside", "", 0, 256, 200, 80),
        Note("out", "# Beside\nall", "train", 640, 320, 200, 80),
    ):
        after = with_annotation(after, thing)
    page.document.edit(after, "Draw")
    page.view.fit()


def title_of(page: DesignerPage) -> QPointF:
    item = page.bench.scene.slabs.items["f"]
    assert isinstance(item, FrameItem)
    return item.title_box(page.view.zoom).center()


def middle_of(page: DesignerPage, note: str) -> QPointF:
    return page.bench.scene.slabs.items[note].box.center()


def texts(page: DesignerPage) -> list[str]:
    return [note.text for note in page.editor.pipeline.annotations.notes]


def chosen(page: DesignerPage) -> tuple[int, int]:
    """How many steps, and how many frames and notes are selected."""
    return len(page.editor.selected()), len(page.bench.scene.slabs.chosen)


def test_that_a_note_alone_is_copied_pasted_and_duplicated(
    page: DesignerPage, hand: Hand
) -> None:
    start = page.editor.pipeline
    hand.click(middle_of(page, "out"))
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    first, copy = start.annotations.notes[1], page.editor.pipeline.annotations.notes[2]
    assert (copy.text, copy.colour) == (first.text, first.colour)
    assert (copy.x - first.x, copy.y - first.y) == (24, 24)
    assert page.bench.scene.slabs.chosen == [copy]
    assert page.document.stack.undoText() == "Paste a note"
    hand.key(Qt.Key.Key_D, CTRL)
    assert texts(page).count("# Beside\nall") == 3
    assert page.editor.pipeline.nodes == start.nodes
    page.undo()
    page.undo()
    assert page.editor.pipeline == start


def test_that_a_frame_is_copied_with_all_that_is_in_it(
    page: DesignerPage, hand: Hand
) -> None:
    start = page.editor.pipeline
    hand.click(title_of(page))
    assert chosen(page) == (0, 1)
    hand.key(Qt.Key.Key_D, CTRL)
    assert page.document.stack.undoText() == "Duplicate 2 steps, a frame and a note"
    assert chosen(page) == (2, 2)
    frame = page.editor.pipeline.annotations.frames[1]
    assert set(frame.nodes) == {node.id for node in page.editor.selected()}
    assert texts(page) == ["Inside", "# Beside\nall", "Inside"]
    page.undo()
    assert page.editor.pipeline == start


def test_that_cutting_removes_what_was_copied_and_pasting_brings_it_back(
    page: DesignerPage, hand: Hand
) -> None:
    start = page.editor.pipeline
    hand.click(title_of(page))
    hand.key(Qt.Key.Key_X, CTRL)
    now = page.editor.pipeline
    assert not now.annotations.frames
    assert texts(page) == ["# Beside\nall"]
    assert "import_data" not in now.by_name
    hand.key(Qt.Key.Key_V, CTRL)
    back = page.editor.pipeline
    assert back.node("clean_missing").position == start.node("clean_missing").position
    assert [replace(f, id="f", nodes=()) for f in back.annotations.frames] == [
        replace(f, nodes=()) for f in start.annotations.frames
    ]
    page.undo()
    page.undo()
    assert page.editor.pipeline == start


def test_that_steps_frames_and_notes_are_picked_deleted_and_brought_back_together(
    page: DesignerPage, hand: Hand
) -> None:
    start = page.editor.pipeline
    hand.click(hand.middle("train") - QPointF(60, 20))
    hand.click(middle_of(page, "out"), SHIFT)
    hand.click(title_of(page), SHIFT)
    assert chosen(page) == (1, 2)
    hand.key(Qt.Key.Key_Delete)
    assert (
        page.document.stack.undoText()
        == "Delete Train random forest, a frame and a note"
    )
    assert {"train"} == start.by_name.keys() - page.editor.pipeline.by_name.keys()
    assert texts(page) == ["Inside"]
    page.undo()
    assert page.editor.pipeline == start
    page.redo()
    page.undo()
    assert page.editor.pipeline == start
    hand.key(Qt.Key.Key_A, CTRL)
    assert chosen(page) == (len(start.nodes), 3)


def test_that_notes_go_to_another_pipeline_as_plain_text(
    page: DesignerPage, hand: Hand, studio: Studio, qtbot: QtBot
) -> None:
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    start = page.editor.pipeline
    studio.pipelines.create("other")
    page.open("other")
    qtbot.waitUntil(lambda: page.editor.pipeline.name == "other", timeout=SECONDS)
    QGuiApplication.clipboard().setText(text)  # a mail carries nothing beside it
    hand.key(Qt.Key.Key_V, CTRL)
    now = page.editor.pipeline
    assert texts(page) == ["Inside", "# Beside\nall"]
    (frame,) = now.annotations.frames
    assert {now.by_id[i].name for i in frame.nodes} == {"import_data", "clean_missing"}
    by = now.node("split").position[0] - start.node("split").position[0]
    assert now.annotations.notes[1].x - 640 == by


def test_that_text_that_is_no_pipeline_changes_nothing(
    page: DesignerPage, hand: Hand
) -> None:
    start = page.editor.pipeline
    for text in ("", "{", "[" * 20_000, "jobs: {}", "a: b", "\x00\x01", "- - -", "#"):
        QGuiApplication.clipboard().setText(text)
        hand.key(Qt.Key.Key_V, CTRL)
        assert page.editor.pipeline is start, text[:20]
    text = "jobs: {}\n# canvas: " + "[" * 100_000
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(page.view, Qt.Key.Key_V, CTRL)
    assert page.editor.pipeline is start


def test_that_putting_steps_in_order_keeps_notes_in_place_or_in_their_frame(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    start = page.editor.pipeline
    hand.click(QPointF(620, 560))
    hand.key(Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: page.document.stack.undoText() == "Arrange steps")
    now = page.editor.pipeline.annotations
    assert now.find("out") == start.annotations.find("out")
    (frame,) = now.frames
    assert [note.id for note in now.inside(frame).notes] == ["in"]
    assert now.find("in") != start.annotations.find("in")
    page.undo()
    assert page.editor.pipeline == start
