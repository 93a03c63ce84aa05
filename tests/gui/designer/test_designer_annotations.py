"""Frames, notes and colours, by mouse and keyboard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio
from studio.domain.annotations import Frame, Note
from studio.gui.designer.in_place import InPlace
from studio.gui.designer.items.slab import FrameItem
from studio.gui.designer.page import DesignerPage
from studio.gui.theme.theme import Mode, Theme

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
EMPTY = QPointF(300, 400)


def picture(page: DesignerPage, name: str) -> None:
    if folder := os.environ.get("STUDIO_PICTURES"):
        QApplication.processEvents()
        page.window().grab().save(str(Path(folder) / f"{name}.png"))


def field(page: DesignerPage) -> InPlace | None:
    """The text that is being edited on the canvas."""
    found = page.view.viewport().findChildren(InPlace)
    return next((one for one in found if one.isVisible()), None)


def frames(page: DesignerPage) -> tuple[Frame, ...]:
    return page.editor.pipeline.annotations.frames


def notes(page: DesignerPage) -> tuple[Note, ...]:
    return page.editor.pipeline.annotations.notes


def owned(page: DesignerPage, number: int = 0) -> set[str]:
    by_id = page.editor.pipeline.by_id
    return {by_id[i].name for i in frames(page)[number].nodes}


def title_of(page: DesignerPage, number: int = 0) -> QPointF:
    item = page.bench.scene.slabs.items[frames(page)[number].id]
    assert isinstance(item, FrameItem)
    return item.title_box(page.view.zoom).center()


def make_frame(hand: Hand, title: str, *steps: str) -> None:
    """Select steps, frame them and give the frame a title."""
    for number, step in enumerate(steps):
        keys = SHIFT if number else Qt.KeyboardModifier.NoModifier
        hand.click(hand.middle(step) - QPointF(60, 20), keys)
    hand.key(Qt.Key.Key_F, CTRL | SHIFT)
    typing = field(hand.page)
    assert typing is not None
    QTest.keyClicks(typing, title)
    QTest.keyClick(typing, Qt.Key.Key_Return)


def write_note(hand: Hand, text: str) -> None:
    hand.key(Qt.Key.Key_N)
    typing = field(hand.page)
    assert typing is not None
    for number, line in enumerate(text.split("\n")):
        if number:
            QTest.keyClick(typing, Qt.Key.Key_Return)
        QTest.keyClicks(typing, line)
    QTest.keyClick(typing, Qt.Key.Key_Return, CTRL)


def test_that_a_frame_is_put_around_the_selection_and_named(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "Ground work", "import_data", "clean_missing")
    (frame,) = frames(page)
    assert frame.title == "Ground work"
    assert owned(page) == {"import_data", "clean_missing"}
    for step in ("import_data", "clean_missing"):
        box = page.bench.scene.nodes[hand.node(step).id].box
        assert page.bench.scene.slabs.items[frame.id].box.contains(box)
    assert field(page) is None
    page.undo()
    page.undo()
    assert not frames(page)
    assert not page.bench.scene.slabs.items


def test_that_a_frame_takes_its_steps_along_in_one_edit(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    before, (frame,) = page.editor.pipeline, frames(page)
    hand.drag(title_of(page), title_of(page) + QPointF(40, 120))
    (moved,) = frames(page)
    assert (moved.x - frame.x, moved.y - frame.y) == (40, 120)
    for step in ("import_data", "clean_missing"):
        (x, y), (a, b) = hand.node(step).position, before.node(step).position
        assert (x - a, y - b) == (40, 120)
    assert hand.node("split").position == before.node("split").position
    page.undo()
    assert page.editor.pipeline == before


def test_that_escape_puts_a_dragged_frame_back(page: DesignerPage, hand: Hand) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    before, place = page.editor.pipeline, hand.middle("import_data")
    hand.press(title_of(page))
    hand.move(title_of(page) + QPointF(0, 80))
    assert hand.middle("import_data") != place
    hand.key(Qt.Key.Key_Escape)
    assert page.editor.pipeline == before
    assert hand.middle("import_data") == place


def test_that_steps_are_dragged_into_a_frame_and_out_of_it(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    out = hand.middle("import_data") - QPointF(60, 20)
    hand.drag(out, out + QPointF(0, 200))
    assert owned(page) == {"clean_missing"}
    back = hand.middle("import_data") - QPointF(60, 20)
    hand.press(back)
    hand.move(back - QPointF(0, 100))
    hand.move(out)
    item = page.bench.scene.slabs.items[frames(page)[0].id]
    assert item.lit
    hand.release(out)
    assert not item.lit
    assert owned(page) == {"clean_missing", "import_data"}


def test_that_a_component_dropped_into_a_frame_is_its(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "One", "import_data")
    corner = page.bench.scene.slabs.items[frames(page)[0].id].box.bottomRight()
    hand.drag(corner, corner + QPointF(0, 200))
    hand.drop("select_columns", hand.middle("import_data") + QPointF(0, 160))
    assert owned(page) == {"import_data", "select_columns"}


def test_that_a_frame_owns_what_it_covers_after_it_was_pulled(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "One", "import_data")
    (frame,) = frames(page)
    edge = QPointF(frame.x + frame.width, frame.y + frame.height / 3)
    hand.drag(edge, edge + QPointF(288, 0))
    (wide,) = frames(page)
    assert wide.width == pytest.approx(frame.width + 288, abs=8)
    assert (wide.x, wide.height) == (frame.x, frame.height)
    assert owned(page) == {"import_data", "clean_missing"}


def test_that_deleting_a_frame_keeps_its_steps_and_the_other_way_round(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    hand.click(hand.middle("import_data") - QPointF(60, 20))
    hand.key(Qt.Key.Key_Delete)
    assert owned(page) == {"clean_missing"}
    hand.click(title_of(page))
    hand.key(Qt.Key.Key_Delete)
    assert not frames(page)
    assert "clean_missing" in page.editor.pipeline.by_name


def test_that_a_note_is_written_drawn_edited_and_left(
    page: DesignerPage, hand: Hand
) -> None:
    write_note(hand, "# Why\nWe **split** first")
    (note,) = notes(page)
    assert note.text == "# Why\nWe **split** first"
    middle = page.bench.scene.slabs.items[note.id].box.center()
    hand.double_click(middle)
    typing = field(page)
    assert typing is not None
    hand.type(typing, "Another")
    QTest.keyClick(typing, Qt.Key.Key_Escape)
    assert [one.text for one in notes(page)] == ["Another"]
    assert page.view.hasFocus()
    page.undo()
    assert notes(page) == (note,)
    hand.double_click(middle)
    typing = field(page)
    assert typing is not None
    hand.type(typing, "Kept by a click")
    hand.click(EMPTY)
    assert [one.text for one in notes(page)] == ["Kept by a click"]
    assert field(page) is None


def test_that_a_note_that_says_nothing_is_never_there(
    page: DesignerPage, hand: Hand
) -> None:
    before = page.editor.pipeline
    hand.key(Qt.Key.Key_N)
    typing = field(page)
    assert typing is not None
    QTest.keyClick(typing, Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_N)
    hand.click(EMPTY)
    assert page.editor.pipeline is before
    assert not page.can_undo()


def test_that_a_long_note_grows_until_all_of_it_is_seen(
    page: DesignerPage, hand: Hand
) -> None:
    write_note(hand, "\n\n".join(f"Paragraph {n}" for n in range(12)))
    (note,) = notes(page)
    assert note.height > 200


def test_that_f2_renames_the_selected_frame(page: DesignerPage, hand: Hand) -> None:
    make_frame(hand, "Both", "import_data")
    hand.click(title_of(page))
    hand.key(Qt.Key.Key_F2)
    typing = field(page)
    assert typing is not None
    hand.type(typing, "Data comes in")
    QTest.keyClick(typing, Qt.Key.Key_Return)
    assert frames(page)[0].title == "Data comes in"


def test_that_a_press_inside_a_frame_is_the_canvas_s(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    before, (frame,) = page.editor.pipeline, frames(page)
    inside = QPointF(frame.x + 10, frame.y + 10)
    hand.drag(inside, hand.middle("clean_missing") + QPointF(80, 28))
    assert page.editor.pipeline == before
    assert len(page.editor.selected()) == 2


def test_that_a_rubber_band_takes_frames_and_notes_and_all_move_together(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "One", "import_data")
    write_note(hand, "Beside")
    hand.click(EMPTY)
    page.view.fit()
    before, (note,), (frame,) = page.editor.pipeline, notes(page), frames(page)
    corner = QPointF(-60, min(frame.y, note.y) - 60)
    hand.drag(corner, QPointF(note.x + note.width + 20, note.y + note.height + 20))
    chosen = {thing.id for thing in page.bench.scene.slabs.chosen}
    assert chosen == {frame.id, note.id}
    steps = {node.name for node in page.editor.selected()}
    assert {"import_data", "clean_missing"} <= steps
    start = hand.middle("clean_missing") - QPointF(60, 20)
    hand.drag(start, start + QPointF(0, 320))
    by = (
        hand.node("clean_missing").position[1]
        - before.node("clean_missing").position[1]
    )
    assert by > 200
    assert hand.node("import_data").position[1] == 144 + by
    assert (frames(page)[0].y - frame.y, notes(page)[0].y - note.y) == (by, by)
    assert owned(page) == {"import_data"}
    page.undo()
    assert page.editor.pipeline == before


def test_that_arrows_move_the_selected_frame_with_its_steps(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "One", "import_data")
    (frame,), (x, y) = frames(page), hand.node("import_data").position
    hand.key(Qt.Key.Key_Down, CTRL)
    hand.key(Qt.Key.Key_Down, CTRL)
    assert frames(page)[0].y == frame.y + 16
    assert hand.node("import_data").position == (x, y + 16)
    page.undo()
    assert frames(page) == (frame,)


def test_that_what_is_being_written_is_saved_too(
    page: DesignerPage, hand: Hand, studio: Studio, qtbot: QtBot
) -> None:
    hand.key(Qt.Key.Key_N)
    typing = field(page)
    assert typing is not None
    QTest.keyClicks(typing, "Not lost")
    QTest.keyClick(typing, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: page.document is not None and not page.document.dirty)
    (note,) = studio.pipelines.get("penguins").annotations.notes
    assert note.text == "Not lost"


def test_that_a_new_note_covers_no_card(page: DesignerPage, hand: Hand) -> None:
    page.view.centerOn(hand.middle("clean_missing"))
    write_note(hand, "First")
    write_note(hand, "Second")
    boxes = [slab.box for slab in page.bench.scene.slabs.items.values()]
    assert not boxes[0].intersects(boxes[1])
    for card in page.bench.scene.nodes.values():
        assert not any(box.intersects(card.box) for box in boxes)


def test_that_putting_steps_in_order_takes_frames_along(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    card = hand.middle("clean_missing") - QPointF(60, 20)
    hand.drag(card, card + QPointF(0, 24))
    hand.click(EMPTY)
    hand.key(Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: page.document.stack.undoText() == "Arrange steps")  # type: ignore[union-attr]
    left, top, right, bottom = frames(page)[0].box
    for step in ("import_data", "clean_missing"):
        x, y = hand.node(step).position
        assert left < x < right - 216
        assert top < y < bottom - 64


def menu_at(page: DesignerPage, at: QPointF, qtbot: QtBot) -> QMenu:
    pixel = page.view.mapFromScene(at)
    spot = page.view.viewport().mapToGlobal(pixel)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, pixel, spot)
    QApplication.sendEvent(page.view.viewport(), event)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def pick_colour(page: DesignerPage, menu: QMenu, title: str, qtbot: QtBot) -> None:
    (inner,) = (a.menu() for a in menu.actions() if a.text() == "Colour")
    assert isinstance(inner, QMenu)
    (made,) = (a for a in inner.actions() if a.text() == title)
    assert not made.icon().isNull()
    made.trigger()
    menu.close()
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)


def test_that_steps_and_frames_get_colours_by_meaning_in_the_menu(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    pick_colour(page, menu_at(page, hand.middle("train"), qtbot), "Train", qtbot)
    assert hand.node("train").colour == "train"
    assert page.bench.scene.nodes[hand.node("train").id].marks
    make_frame(hand, "Both", "import_data")
    menu = menu_at(page, title_of(page), qtbot)
    texts = [action.text() for action in menu.actions()]
    assert texts[:5] == ["Edit the text", "Copy", "Cut", "Duplicate", "Delete"]
    pick_colour(page, menu, "Data", qtbot)
    assert frames(page)[0].colour == "data"
    page.undo()
    assert frames(page)[0].colour == ""


def test_that_frames_are_copied_with_all_their_steps(
    page: DesignerPage, hand: Hand
) -> None:
    make_frame(hand, "Both", "import_data", "clean_missing")
    hand.click(hand.middle("import_data") - QPointF(60, 20))
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    assert len(frames(page)) == 1  # of two steps one was copied
    hand.click(hand.middle("import_data") - QPointF(60, 20))
    hand.click(hand.middle("clean_missing") - QPointF(60, 20), SHIFT)
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    first, second = frames(page)
    assert set(second.nodes) == {node.id for node in page.editor.selected()}
    copy = page.editor.pipeline.by_id[second.nodes[0]]
    original = page.editor.pipeline.by_id[first.nodes[0]]
    by = [b - a for a, b in zip(original.position, copy.position, strict=True)]
    assert [second.x - first.x, second.y - first.y] == by
    assert second.title == first.title
    assert second.id != first.id


def test_that_frames_notes_and_colours_are_kept_beside_the_pipeline(
    page: DesignerPage, hand: Hand, studio: Studio, qtbot: QtBot
) -> None:
    file = studio.pipelines.folder("penguins") / "pipeline.yml"
    make_frame(hand, "Both", "import_data", "clean_missing")
    write_note(hand, "Remember")
    page.save()
    qtbot.waitUntil(lambda: page.document is not None and not page.document.dirty)
    stored = studio.pipelines.get("penguins")
    assert stored.annotations == page.editor.pipeline.annotations
    assert "Remember" not in file.read_text()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_that_frames_and_notes_are_drawn_at_every_zoom(
    page: DesignerPage, hand: Hand, theme: Theme, qtbot: QtBot, look: Mode
) -> None:
    pick_colour(
        page, menu_at(page, hand.middle("clean_missing"), qtbot), "Prepare", qtbot
    )
    make_frame(hand, "Where the data come from", "import_data", "clean_missing")
    pick_colour(page, menu_at(page, title_of(page), qtbot), "Data", qtbot)
    hand.click(EMPTY)
    text = (
        "## Why\n- a list with **bold**\n- and `code`\n\n| a | b |\n|--|--|\n| 1 | 2 |"
    )
    hand.key(Qt.Key.Key_N)
    typing = field(page)
    assert typing is not None
    typing.setPlainText(text)
    picture(page, f"note_typing_{look}")
    QTest.keyClick(typing, Qt.Key.Key_Return, CTRL)
    theme.set(mode=look)
    for zoom in (1.0, 0.5, 0.3, 0.15):
        page.view.zoom_by(zoom / page.view.zoom)
        page.view.centerOn(300, 200)
        picture(page, f"annotations_{look}_{int(zoom * 100)}")
