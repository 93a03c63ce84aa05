"""The outline: the canvas as a tree, one selection, one voice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from designer_hand import Hand
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest

from studio.domain.annotations import Annotations, Frame, Note
from studio.domain.component import Port
from studio.domain.pipeline import Pipeline
from studio.gui.designer.cards import Card
from studio.gui.designer.outline.announcer import Announcer, changes
from studio.gui.designer.outline.feature import Outline
from studio.gui.designer.outline.lines import summary, walk
from studio.gui.widgets.chip import look

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from pytestqt.qtbot import QtBot

    from studio.gui.designer.page import DesignerPage

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


def outline_of(page: DesignerPage) -> Outline:
    return next(f for f in page.features if isinstance(f, Outline))


def opened(page: DesignerPage, hand: Hand, qtbot: QtBot) -> Outline:
    """The outline, turned to by its key."""
    outline = outline_of(page)
    hand.key(Qt.Key.Key_O, CTRL | SHIFT)
    qtbot.waitUntil(lambda: outline.tree.lines.rowCount() == 7)
    assert outline.tree.hasFocus()
    return outline


def test_that_the_outline_says_all_that_the_canvas_shows(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    model = opened(page, hand, qtbot).tree.lines
    steps = [model.index(row, 0) for row in range(model.rowCount())]
    names = [page.editor.pipeline.by_id[i.data(Qt.ItemDataRole.UserRole).key].name
             for i in steps]  # fmt: skip
    assert names == [node.name for node in page.editor.pipeline.order()]
    for index, name in zip(steps, names, strict=True):
        card = page.bench.scene.nodes[hand.node(name).id].card
        assert index.data(SPOKEN).startswith(card.spoken)
        below = [model.index(n, 0, index) for n in range(model.rowCount(index))]
        said = [each.data(SPOKEN) for each in below]
        comment = hand.node(name).comment
        wanted = [f"Note: {comment}"] if comment else []
        wanted += [f"Input {port.name}" for port in card.inputs]
        wanted += [f"Output {port.name}" for port in card.outputs]
        assert [s.startswith(w) for s, w in zip(said, wanted, strict=True)] == (
            [True] * len(wanted)
        )
    clean = hand.node("clean_missing").id
    assert model.find(f"{clean}<data").data(SPOKEN) == (
        "Input data, a table, from Penguins, table"
    )


def test_that_canvas_and_outline_select_the_same(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    tree = opened(page, hand, qtbot).tree
    QTest.keyClick(tree, Qt.Key.Key_Home)
    QTest.keyClick(tree, Qt.Key.Key_Down)
    second = page.editor.pipeline.order()[1]
    assert [node.name for node in page.editor.selected()] == [second.name]
    QTest.keyClick(tree, Qt.Key.Key_Down, SHIFT)
    assert len(page.editor.selected()) == 2
    hand.click(hand.middle("import_data"))
    assert [line.node_id for line in tree.chosen()] == [hand.node("import_data").id]


def test_that_a_line_of_the_outline_is_its_wire_and_enter_follows_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    tree = opened(page, hand, qtbot).tree
    tree.go_to(hand.node("clean_missing").id)
    QTest.keyClick(tree, Qt.Key.Key_Right)
    QTest.keyClick(tree, Qt.Key.Key_Down)  # its note
    assert [node.name for node in page.editor.selected()] == ["clean_missing"]
    QTest.keyClick(tree, Qt.Key.Key_Down)
    edge = page.bench.scene.selected_edges()
    assert [(e.source, e.target) for e in edge] == [("import_data", "clean_missing")]
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert [node.name for node in page.editor.selected()] == ["import_data"]
    QTest.keyClick(tree, Qt.Key.Key_Escape)
    assert page.view.hasFocus()


def test_that_the_outline_follows_edits_and_keeps_what_was_unfolded(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    tree = opened(page, hand, qtbot).tree
    key = hand.node("split").id
    tree.expand(tree.lines.find(key))
    hand.click(hand.middle("import_data"))
    hand.key(Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: tree.lines.rowCount() == 6)
    assert tree.isExpanded(tree.lines.find(key))
    hand.key(Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: tree.lines.rowCount() == 7)
    assert tree.lines.parent(tree.lines.index(0, 0, tree.lines.find(key))) == (
        tree.lines.find(key)
    )


def test_that_steps_inside_a_pipeline_are_told_under_it(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    outline = opened(page, hand, qtbot)
    before = {node.title for node in page.editor.pipeline.nodes}
    hand.click(hand.middle("clean_missing"))
    hand.click(hand.middle("split"), SHIFT)
    from studio.gui.designer.composing import Composing

    composing = next(f for f in page.features if isinstance(f, Composing))
    composing._gather(("clean_missing", "split"), "Prepare")
    qtbot.waitUntil(lambda: outline.tree.lines.rowCount() == 6, timeout=30_000)
    model = outline.tree.lines
    lines = [model.index(n, 0).data(Qt.ItemDataRole.UserRole) for n in range(6)]
    inside = [line for line in walk(lines) if line.is_step and "/" in line.key]
    assert {line.text for line in inside} == before - {line.text for line in lines}
    outline.tree.go_to(inside[0].key)
    assert [node.title for node in page.editor.selected()] == ["Prepare"]


def test_that_frames_and_notes_are_told_and_selected(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    tree = opened(page, hand, qtbot).tree
    split = hand.node("split")
    frame = Frame("f1", "Prepare", "prepare", 500, 60, 400, 300, (split.id,))
    note = Note("n1", "Never\n\nmeasured", "", 0, 400, 200, 100)
    noted = Annotations((frame,), (note,))
    page.editor.edit(replace(page.editor.pipeline, annotations=noted), "Explain")
    qtbot.waitUntil(lambda: tree.lines.rowCount() == 9)
    assert tree.lines.index(7, 0).data(SPOKEN) == "Frame Prepare, prepare, 1 step"
    assert tree.lines.index(8, 0).data(SPOKEN) == "Note: Never measured"
    tree.go_to("f1")
    assert [thing.id for thing in page.bench.scene.slabs.chosen] == ["f1"]
    assert [line.key for line in tree.chosen()] == ["f1"]
    QTest.keyClick(tree, Qt.Key.Key_Right)
    QTest.keyClick(tree, Qt.Key.Key_Down)
    assert page.editor.selected() == [page.editor.pipeline.node("split")]
    QTest.keyClick(tree, Qt.Key.Key_Return)
    assert [line.key for line in tree.chosen()] == [split.id]


def test_that_the_canvas_tells_its_count_and_the_selected_step(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    card = page.bench.scene.nodes[hand.node("split").id].card
    qtbot.waitUntil(lambda: page.view.accessibleDescription().startswith(card.spoken))
    assert page.view.accessibleName() == f"Canvas of {page.heading}"
    edges = len(page.editor.pipeline.edges)
    assert f"7 steps, {edges} connections" in page.view.accessibleDescription()
    assert "1 selected" in page.view.accessibleDescription()


def card(name: str, state: str, progress: float | None = None) -> Card:
    shown = look(state or "PENDING")
    return Card(name, name, name.title(), "why", "cube", shown, state, progress)


def test_that_changes_are_told_briefly() -> None:
    before = {"train": card("train", "PENDING"), "score": card("score", "")}
    after = {"train": card("train", "RUNNING", 0.37), "score": card("score", "")}
    assert changes(before, after) == ["Train, running 37 %"]
    assert changes(after, {**after, "score": card("score", "FAILED")}) == [
        "Score, failed: why"
    ]
    many = {str(n): card(str(n), "SUCCEEDED") for n in range(5)}
    assert changes({}, many) == ["5 steps succeeded"]


def test_that_a_screen_reader_is_not_told_more_than_it_can_say(
    qapp: QObject, qtbot: QtBot
) -> None:
    cards, now, said = {"a": card("a", "SUCCEEDED")}, [0.0], list[str]()
    going = [False]
    told = Announcer(lambda: cards, lambda: going[0], qapp, lambda: now[0])
    told.said.connect(said.append)
    told.start_anew()
    told.look()
    assert said == []  # what is opened is no news
    going[0] = True
    cards = {"a": card("a", "RUNNING", 0.1)}
    told.look()
    cards = {"a": card("a", "RUNNING", 0.2)}
    told.look()
    now[0] += 11
    told.look()
    going[0], cards = False, {"a": card("a", "SUCCEEDED")}
    told.look()
    told.look()
    assert said == ["A, running 10 %", "A, running 20 %", "A, succeeded"]


def test_that_an_empty_canvas_is_told_too() -> None:
    assert summary(Pipeline("p"), {}, 0) == "0 steps, 0 connections"
    one = Card("i", "n", "N", "", "cube", look("SUCCEEDED"), outputs=(Port("x"),))
    assert summary(Pipeline("p"), {"i": one}, 1).endswith("1 succeeded; 1 selected")


def test_that_the_model_is_sound(
    page: DesignerPage, hand: Hand, qtbot: QtBot, qtmodeltester: object
) -> None:
    model = opened(page, hand, qtbot).tree.lines
    qtmodeltester.check(model)  # type: ignore[attr-defined]
    assert model.columnCount(QModelIndex()) == 2
