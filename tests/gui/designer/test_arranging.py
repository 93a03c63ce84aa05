"""Steps put in order, aligned and spread, by keys."""

from __future__ import annotations

import itertools

from designer_hand import Hand
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from studio.gui.designer.page import DesignerPage
from studio.gui.theme.theme import theme

SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT_SHIFT = SHIFT | Qt.KeyboardModifier.AltModifier


def places(page: DesignerPage) -> dict[str, tuple[float, float]]:
    return {node.name: node.position for node in page.editor.pipeline.nodes}


def spoil(page: DesignerPage) -> None:
    """Every step somewhere else."""
    nodes = page.editor.pipeline.nodes
    wild = {n.name: (96.0 * i * (-1) ** i, 40.0 * i) for i, n in enumerate(nodes)}
    page.editor.edit(page.editor.pipeline.move(wild), "Spoil")


def lie_where_the_pipeline_says(page: DesignerPage) -> bool:
    items = page.bench.scene.nodes
    return all((items[n.id].x, items[n.id].y) == n.position
               for n in page.editor.pipeline.nodes)  # fmt: skip


def test_that_shift_a_puts_all_steps_in_order_as_one_undo_step(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    spoil(page)
    before = places(page)
    hand.key(Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: places(page) != before)
    after = places(page)
    for edge in page.editor.pipeline.edges:
        assert after[edge.source][0] < after[edge.target][0]
    for corner in (0, 1):
        least = min(place[corner] for place in before.values())
        assert min(place[corner] for place in after.values()) == least
    qtbot.waitUntil(lambda: lie_where_the_pipeline_says(page))
    page.undo()
    assert places(page) == before
    assert lie_where_the_pipeline_says(page)
    page.redo()
    assert places(page) == after


def test_that_only_the_selected_steps_are_put_in_order(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    spoil(page)
    names = ["clean_missing", "split", "train"]
    names = [name for name in names if name in page.editor.pipeline.by_name]
    page.bench.scene.select([hand.node(name).id for name in names])
    before = places(page)
    hand.key(Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: places(page) != before)
    after = places(page)
    moved = {name for name, at in after.items() if at != before[name]}
    assert moved <= set(names)
    assert page.bench.scene.selected_ids() == [hand.node(name).id for name in names]
    corner = [min(before[name][side] for name in names) for side in (0, 1)]
    assert [min(after[name][side] for name in names) for side in (0, 1)] == corner


def test_that_an_edit_while_cards_glide_leaves_all_where_they_belong(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    theme().reduced_motion = False
    spoil(page)
    assert page.document is not None
    with qtbot.waitSignal(page.document.changed):
        hand.key(Qt.Key.Key_A, SHIFT)
    assert not lie_where_the_pipeline_says(page)  # they are on their way
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_M)
    assert lie_where_the_pipeline_says(page)


def test_that_a_card_taken_while_it_glides_is_taken_where_it_belongs(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    theme().reduced_motion = False
    spoil(page)
    assert page.document is not None
    with qtbot.waitSignal(page.document.changed):
        hand.key(Qt.Key.Key_A, SHIFT)
    assert not lie_where_the_pipeline_says(page)
    hand.press(hand.middle("split"))
    assert lie_where_the_pipeline_says(page)
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_A, SHIFT)  # once more: nothing is left to do
    assert lie_where_the_pipeline_says(page)


def test_that_nothing_glides_where_no_motion_is_wanted(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    theme().reduced_motion = True
    spoil(page)
    before = places(page)
    hand.key(Qt.Key.Key_A, SHIFT)
    qtbot.waitUntil(lambda: places(page) != before)
    assert lie_where_the_pipeline_says(page)


def test_that_keys_align_and_spread_the_selected_cards(
    page: DesignerPage, hand: Hand
) -> None:
    spoil(page)
    names = [node.name for node in page.editor.pipeline.nodes[:4]]
    page.bench.scene.select([hand.node(name).id for name in names])
    hand.key(Qt.Key.Key_T, ALT_SHIFT)
    assert {places(page)[name][1] for name in names} == {0.0}
    assert page.document is not None
    assert page.document.stack.undoText() == "Align top edges"
    hand.key(Qt.Key.Key_H, ALT_SHIFT)
    lefts = sorted(places(page)[name][0] for name in names)
    gaps = {round(b - a) for a, b in itertools.pairwise(lefts)}
    assert len(gaps) == 1
    hand.key(Qt.Key.Key_L, ALT_SHIFT)
    assert len({places(page)[name][0] for name in names}) == 1


def test_that_a_full_stop_zooms_to_the_selected_and_shift_f_to_all(
    page: DesignerPage, hand: Hand
) -> None:
    page.bench.scene.select([hand.node("split").id])
    hand.key(Qt.Key.Key_Period)
    box = page.bench.scene.nodes[hand.node("split").id].box
    assert page.view.seen().contains(box)
    assert page.view.zoom == 1.0
    hand.key(Qt.Key.Key_F, SHIFT)
    seen: QRectF = page.view.seen()
    assert all(seen.contains(n.box) for n in page.bench.scene.nodes.values())
