"""Two pipelines on one canvas, and changes taken over into the open one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from studio.domain.annotations import Frame, Note
from studio.domain.node import Value
from studio.domain.pipeline import Pipeline
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.compare.items import MarkSlab
from studio.gui.designer.page import DesignerPage
from studio.gui.widgets.chip import Chip

LEFT = Qt.MouseButton.LeftButton


def _compare(page: DesignerPage) -> Compare:
    return next(f for f in page.features if isinstance(f, Compare))


def _edited(page: DesignerPage) -> Pipeline:
    """The sample with a step added, one removed and one changed."""
    pipeline = page.editor.pipeline
    after = pipeline.remove(["evaluate"]).bind("split", "shuffle", Value(False))
    node = replace(
        pipeline.node("split"), id="new", name="split_2", display_name="Twice"
    )
    after = after.add(replace(node, position=(2000.0, 400.0)))
    page.document.edit(after, "Edits of a test")
    return after


def _show(page: DesignerPage, qtbot: QtBot) -> Compare:
    compare = _compare(page)
    page.studio.pipelines.keep("penguins")
    compare.with_version(1)
    qtbot.waitUntil(lambda: compare.is_shown and compare.panel.isVisible())
    qtbot.waitUntil(lambda: compare.panel.compared is not None)
    return compare


def test_that_a_difference_is_seen_on_the_canvas_and_in_the_list(
    page: DesignerPage, qtbot: QtBot
) -> None:
    _edited(page)
    panel = _show(page, qtbot).panel
    nodes = panel.canvas.overlaid.nodes
    looks = {item.card.title: item.card.look.word for item in nodes.values()}
    assert looks["Evaluate"] == "Removed"
    assert looks["Twice"] == "Added"
    assert looks["Split 75 / 25"] == "Changed"
    assert looks["Train random forest"] == "Unchanged"
    texts = [line.text for line in panel.table.rows_model.rows]
    assert "Evaluate removed" in texts
    assert "shuffle yes → no" in texts
    split = next(i for i in nodes.values() if i.card.title == "Split 75 / 25")
    assert "shuffle yes → no" in split.card.subtitle
    assert panel.title.text().startswith("From version 1 to")


def test_that_what_is_counted_is_told_apart_from_what_is_listed(
    page: DesignerPage, qtbot: QtBot
) -> None:
    """One step with two changes is one step, and two rows."""
    pipeline = page.editor.pipeline
    after = pipeline.bind("split", "shuffle", Value(False))
    after = after.bind("split", "seed", Value(7))
    page.document.edit(after, "Edits of a test")
    panel = _show(page, qtbot).panel
    assert len(panel.table.rows_model.rows) == 2
    chips = [each.text for each in panel.findChildren(Chip)]
    assert "1 step changed" in chips
    assert "6 steps unchanged" in chips
    assert "2 changes" in [each.text() for each in panel.findChildren(QLabel)]


def test_that_a_version_isnt_offered_to_be_compared_with_itself(
    page: DesignerPage, qtbot: QtBot
) -> None:
    def offered() -> list[str]:
        _compare(page).ask()
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        texts = [action.text() for action in menu.actions()]
        menu.close()
        return [text for text in texts if text.startswith("Version 1:")]

    page.studio.pipelines.keep("penguins")
    assert not page.document.dirty
    assert offered() == []
    _edited(page)
    assert len(offered()) == 1


def kept(page: DesignerPage) -> None:
    """A picture, where STUDIO_SCREENSHOTS asks for one."""
    if folder := os.environ.get("STUDIO_SCREENSHOTS"):
        QApplication.processEvents()
        page.window().grab().save(str(Path(folder) / "compared-notes.png"))


def _drawn(page: DesignerPage) -> None:
    """Frames and notes: one added, one removed, one changed, one only moved."""
    document = page.document
    start = document.pipeline.annotations
    first = start.put(
        Frame("gone", "Old", "", 0, 400, 200, 100),
        Frame("renamed", "Data", "", 300, 400, 200, 100),
        Note("moved", "Stays", "", 600, 400, 200, 80),
    )
    document.edit(replace(document.pipeline, annotations=first), "Draw")
    page.studio.pipelines.save(document.pipeline)
    after = first.remove({"gone"}).put(
        Frame("renamed", "Input", "data", 300, 400, 200, 100),
        Note("moved", "Stays", "", 600, 440, 200, 80),
        Note("new", "## Why\nbecause", "", 900, 400, 200, 80),
    )
    document.edit(replace(document.pipeline, annotations=after), "Draw on")


def test_that_frames_and_notes_are_marked_listed_picked_and_taken_over(
    page: DesignerPage, qtbot: QtBot
) -> None:
    _drawn(page)
    number = page.studio.pipelines.versions("penguins")[0].number
    compare = _compare(page)
    compare.with_version(number)
    panel = compare.panel
    qtbot.waitUntil(lambda: bool(panel.isVisible() and panel.table.rows_model.rows))
    rows = {line.text: line for line in panel.table.rows_model.rows}
    assert rows.keys() == {
        "Frame “Input” title Data → Input",
        "Frame “Input” colour none → data",
        "Frame “Old” removed",
        "Note “Why because” added",
    }
    slabs, marks = panel.canvas.overlaid.slabs, panel.canvas.overlaid.marks
    assert slabs.items.keys() == {"gone", "renamed", "moved", "new"}
    assert sum(isinstance(mark, MarkSlab) for mark in marks) == 3
    assert slabs.items["gone"].opacity() < slabs.items["new"].opacity()
    kept(page)
    panel.table.select_key(rows["Frame “Old” removed"].change.path)
    assert [thing.id for thing in slabs.chosen] == ["gone"]
    QTest.mouseClick(panel.take, LEFT)
    assert page.editor.pipeline.annotations.find("gone") is not None
    qtbot.waitUntil(lambda: len(panel.table.rows_model.rows) == 3)
    at = panel.canvas.mapFromScene(slabs.items["new"].box.center())
    QTest.mouseClick(panel.canvas.viewport(), LEFT, pos=at)
    current = panel.table.current()
    assert current is not None
    assert current.text == "Note “Why because” added"


def test_that_a_row_goes_to_its_step_and_a_card_to_its_row(
    page: DesignerPage, qtbot: QtBot
) -> None:
    _edited(page)
    panel = _show(page, qtbot).panel
    scene = panel.canvas.overlaid
    line = next(r for r in panel.table.rows_model.rows if r.text == "Evaluate removed")
    panel.table.select_key(line.change.path)
    assert scene.selected_ids() == [line.change.step]
    (added,) = [i for i in scene.nodes.values() if i.card.title == "Twice"]
    panel.canvas.reveal(added.card.id)
    at = panel.canvas.mapFromScene(added.box.center())
    QTest.mouseClick(panel.canvas.viewport(), LEFT, pos=at)
    current = panel.table.current()
    assert current is not None
    assert current.step == "Twice"


def test_that_one_change_is_taken_over_as_one_step_of_undo(
    page: DesignerPage, qtbot: QtBot
) -> None:
    after = _edited(page)
    panel = _show(page, qtbot).panel
    line = next(r for r in panel.table.rows_model.rows if r.step == "Evaluate")
    panel.table.select_key(line.change.path)
    QTest.mouseClick(panel.take, LEFT)
    assert "evaluate" in page.editor.pipeline.by_name
    assert "Take over Evaluate added" in page.document.stack.undoText()
    qtbot.waitUntil(
        lambda: "Evaluate removed" not in [r.text for r in panel.table.rows_model.rows]
    )
    page.undo()
    assert page.editor.pipeline == after


def test_that_taking_all_makes_it_the_other_one_but_for_places(
    page: DesignerPage, qtbot: QtBot
) -> None:
    before = page.editor.pipeline
    _edited(page)
    panel = _show(page, qtbot).panel
    QTest.mouseClick(panel.take_all, LEFT)
    assert set(page.editor.pipeline.by_name) == set(before.by_name)
    assert page.editor.pipeline.node("split").inputs == before.node("split").inputs
    qtbot.waitUntil(lambda: not panel.table.rows_model.rows)
    assert not panel.take_all.isEnabled()


def test_that_sides_swap_and_escape_goes_back(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    _edited(page)
    panel = _show(page, qtbot).panel
    QTest.mouseClick(panel.swap, LEFT)
    qtbot.waitUntil(
        lambda: "Evaluate added" in [r.text for r in panel.table.rows_model.rows]
    )
    line = next(r for r in panel.table.rows_model.rows if r.step == "Evaluate")
    panel.table.select_key(line.change.path)
    QTest.mouseClick(panel.take, LEFT)
    assert "evaluate" in page.editor.pipeline.by_name
    QTest.keyClick(panel.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(page.bench.isVisible)
    assert not panel.isVisible()


def test_that_a_clone_is_compared_with_its_origin(
    page: DesignerPage, qtbot: QtBot
) -> None:
    page.clone()
    qtbot.waitUntil(lambda: page.editor.pipeline.name != "penguins", timeout=20_000)
    document = page.document
    document.edit(document.pipeline.bind("split", "shuffle", Value(False)), "Share")
    compare = _compare(page)
    compare.with_origin()
    qtbot.waitUntil(lambda: compare.is_shown and compare.panel.compared is not None)
    texts = [line.text for line in compare.panel.table.rows_model.rows]
    assert "shuffle yes → no" in texts
    assert len(texts) == 2, texts  # and the title
