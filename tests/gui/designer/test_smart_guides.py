"""Cards snap into line while they are dragged."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt

from studio.gui.designer.items.guide_lines import GuideLines
from studio.gui.designer.page import DesignerPage

ALT = Qt.KeyboardModifier.AltModifier


def lines(page: DesignerPage) -> list[GuideLines]:
    return [i for i in page.bench.scene.items() if isinstance(i, GuideLines)]


def place(page: DesignerPage, name: str) -> tuple[float, float]:
    return page.editor.pipeline.node(name).position


def test_that_a_card_snaps_into_line_and_shows_with_what(
    page: DesignerPage, hand: Hand
) -> None:
    page.editor.edit(page.editor.pipeline.move({"evaluate": (292.0, 400.0)}), "Away")
    page.view.fit()
    start = hand.middle("evaluate")
    reference = place(page, "clean_missing")
    assert reference[0] == 288
    hand.press(start)
    hand.move(start + QPointF(0, 30))
    (shown,) = lines(page)
    assert {(g.upright, g.at) for g in shown.guides} >= {(True, 288.0)}
    hand.release(start + QPointF(0, 30))
    assert place(page, "evaluate")[0] == 288.0
    assert lines(page) == []


def test_that_a_drag_makes_the_wire_between_two_ports_exactly_straight(
    page: DesignerPage, hand: Hand
) -> None:
    page.view.reset_zoom()
    page.view.reveal(hand.node("split").id)
    start = hand.middle("train")
    source = hand.port("split", "out", "train")
    target = hand.port("train", "in", "data")
    hand.drag(start, start + QPointF(0, source.y() - target.y() + 3))
    assert (
        hand.port("train", "in", "data").y() == hand.port("split", "out", "train").y()
    )
    assert hand.node("train").position[0] == place(page, "train")[0]


def test_that_alt_and_escape_leave_no_lines(page: DesignerPage, hand: Hand) -> None:
    page.bench.scene.select([hand.node(n).id for n in ("evaluate", "score")])
    start = hand.middle("evaluate")
    before = place(page, "evaluate")
    hand.press(start)
    hand.move(start + QPointF(3, 9))
    assert lines(page)
    hand.move(start + QPointF(5, 13), ALT)
    assert lines(page) == []
    item = page.bench.scene.nodes[hand.node("evaluate").id]
    assert (item.x - before[0]) % 8
    hand.move(start + QPointF(3, 9))
    hand.key(Qt.Key.Key_Escape)
    assert lines(page) == []
    assert place(page, "evaluate") == before


def test_that_cards_moved_together_keep_their_distances(
    page: DesignerPage, hand: Hand
) -> None:
    page.editor.edit(page.editor.pipeline.move({"score": (1155.0, 301.0)}), "Away")
    page.view.fit()
    names = ("evaluate", "score")
    page.bench.scene.select([hand.node(n).id for n in names])
    before = {n: place(page, n) for n in names}
    start = hand.middle("evaluate")
    hand.drag(start, start + QPointF(50, 90))
    ways = {
        (place(page, n)[0] - before[n][0], place(page, n)[1] - before[n][1])
        for n in names
    }
    assert len(ways) == 1
    assert ways != {(0.0, 0.0)}
