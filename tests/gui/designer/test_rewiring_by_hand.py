"""Changing how steps are joined, with mouse and keys."""

from __future__ import annotations

from itertools import pairwise

from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.domain.node import Edge, FromStep, Value
from studio.gui.designer.geometry import WIDTH
from studio.gui.designer.page import DesignerPage

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
EMPTY = QPointF(600, 400)


def test_that_a_loose_card_dragged_onto_a_wire_goes_between(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("select_columns", EMPTY)
    page.bench.scene.select([])
    start, end = hand.middle("import_data"), hand.middle("clean_missing")
    hand.drag(hand.middle("select_columns"), (start + end) / 2)
    edges = page.editor.pipeline.edges
    assert Edge("import_data", "table", "select_columns", "data") in edges
    assert Edge("select_columns", "table", "clean_missing", "data") in edges
    page.undo()
    assert Edge("import_data", "table", "clean_missing", "data") in (
        page.editor.pipeline.edges
    )
    assert hand.node("select_columns").inputs == {}


def test_that_what_is_put_into_a_wire_keeps_its_distance_on_both_sides(
    page: DesignerPage, hand: Hand
) -> None:
    start = hand.port("import_data", "out", "table")
    hand.drop("select_columns", start + QPointF(12, 0))
    names = ("import_data", "select_columns", "clean_missing", "split")
    lefts = [hand.node(name).position[0] for name in names]
    gaps = [after - before - WIDTH for before, after in pairwise(lefts)]
    assert min(gaps) >= 48
    page.undo()
    assert "select_columns" not in page.editor.pipeline.by_name


def test_that_a_component_dropped_on_a_step_replaces_it_and_says_what_was_lost(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    at = hand.middle("clean_missing")
    before = page.editor.pipeline
    with qtbot.waitSignal(page.editor.told) as told:
        hand.drop("normalise", at)
    new = hand.node("normalise")
    assert new.inputs["data"] == FromStep("import_data", "table")
    assert new.position == before.node("clean_missing").position
    assert "clean_missing" not in page.editor.pipeline.by_name
    assert hand.node("split").inputs["data"] == FromStep("normalise", "table")
    assert "Not kept: the setting" in str(told.args)
    page.undo()
    assert page.editor.pipeline == before


def test_that_a_loose_card_dragged_onto_a_step_replaces_it(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("encode", EMPTY)
    page.editor.edit(
        page.editor.pipeline.bind("encode", "method", Value("ordinal")), "Set"
    )
    hand.drag(hand.middle("encode"), hand.middle("clean_missing"))
    inputs = hand.node("encode").inputs
    assert inputs["method"] == Value("ordinal")  # its own, not "drop_rows"
    assert inputs["data"] == FromStep("import_data", "table")
    assert len(page.editor.pipeline.nodes) == 7


def test_that_alt_drops_beside(page: DesignerPage, hand: Hand) -> None:
    hand.drop("encode", EMPTY)
    at = hand.middle("clean_missing")
    hand.drag(hand.middle("encode"), at, ALT)
    assert hand.node("encode").inputs == {}
    assert len(page.editor.pipeline.nodes) == 8


def test_that_alt_pulls_a_card_out_of_its_wires(page: DesignerPage, hand: Hand) -> None:
    start = hand.middle("clean_missing")
    hand.drag(start, start + QPointF(0, 160), ALT)
    assert hand.node("split").inputs["data"] == FromStep("import_data", "table")
    assert "data" not in hand.node("clean_missing").inputs
    assert hand.node("clean_missing").position[1] == 304
    page.undo()
    assert hand.node("split").inputs["data"] == FromStep("clean_missing", "table")
    assert hand.node("clean_missing").position[1] == 144


def test_that_ctrl_delete_joins_what_is_around(page: DesignerPage, hand: Hand) -> None:
    hand.click(hand.middle("clean_missing"))
    hand.key(Qt.Key.Key_Delete, CTRL)
    assert "clean_missing" not in page.editor.pipeline.by_name
    assert hand.node("split").inputs["data"] == FromStep("import_data", "table")


def test_that_c_joins_the_selected_and_shift_c_cuts_them(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("encode", EMPTY)
    hand.drop("normalise", EMPTY + QPointF(300, 0))
    ids = [hand.node(name).id for name in ("normalise", "encode")]
    page.bench.scene.select(ids)
    hand.key(Qt.Key.Key_C)
    edge = Edge("encode", "table", "normalise", "data")
    assert edge in page.editor.pipeline.edges
    hand.key(Qt.Key.Key_C, SHIFT)
    assert edge not in page.editor.pipeline.edges


def test_that_a_wires_end_is_moved_by_dragging_it(
    page: DesignerPage, hand: Hand
) -> None:
    page.editor.edit(page.editor.pipeline.remove(["score"]), "Make room")
    hand.drop("encode", EMPTY)
    start = hand.port("import_data", "out", "table")
    end = hand.port("clean_missing", "in", "data")
    hand.drag(end - QPointF(16, 0), hand.port("encode", "in", "data"))
    assert hand.node("encode").inputs["data"] == FromStep("import_data", "table")
    assert "data" not in hand.node("clean_missing").inputs
    page.undo()
    hand.drag(start + QPointF(16, 0), hand.port("encode", "out", "table"))
    assert hand.node("clean_missing").inputs["data"] == FromStep("encode", "table")


def test_that_shift_moves_all_wires_of_a_port(page: DesignerPage, hand: Hand) -> None:
    hand.drop("encode", EMPTY)
    page.editor.edit(
        page.editor.pipeline.bind("encode", "data", FromStep("split", "test")), "Feed"
    )
    page.view.fit()
    before = {e for e in page.editor.pipeline.edges if e.output == "test"}
    assert len(before) > 1
    hand.drag(
        hand.port("split", "out", "test"), hand.port("split", "out", "train"), SHIFT
    )
    after = page.editor.pipeline.edges
    assert not [e for e in after if (e.source, e.output) == ("split", "test")]
    assert {Edge("split", "train", e.target, e.input) for e in before} <= set(after)
    page.undo()
    assert before <= set(page.editor.pipeline.edges)


def test_that_a_paste_can_keep_its_connections_to_the_outside(
    page: DesignerPage, hand: Hand
) -> None:
    hand.click(hand.middle("clean_missing"))
    hand.key(Qt.Key.Key_C, CTRL)
    assert "parent.jobs" not in QGuiApplication.clipboard().text()
    hand.key(Qt.Key.Key_V, CTRL)
    assert "data" not in hand.node("clean_missing_2").inputs
    hand.key(Qt.Key.Key_V, CTRL | SHIFT)
    assert hand.node("clean_missing_3").inputs["data"] == FromStep(
        "import_data", "table"
    )


def test_that_what_is_pasted_can_be_seen(page: DesignerPage, hand: Hand) -> None:
    hand.click(hand.middle("clean_missing"))
    hand.key(Qt.Key.Key_C, CTRL)
    page.view.centerOn(9_000, 9_000)
    hand.key(Qt.Key.Key_V, CTRL)
    seen = page.view.seen()
    assert seen.contains(hand.middle("clean_missing_2"))


def _refused(page: DesignerPage, hand: Hand) -> QPointF:
    """A wire from a model held over a port that needs a table."""
    page.editor.edit(page.editor.pipeline.remove(["score"]), "Without scores")
    page.view.fit()
    start, end = hand.port("train", "out", "model"), hand.port("evaluate", "in", "data")
    hand.press(start)
    hand.move(start + QPointF(30, 30))
    hand.move(end)
    assert page.view.hint.text == (
        "'data' needs a table, got an MLflow model · Space inserts Score model"
    )
    return end


def _is_mended(page: DesignerPage) -> bool:
    edges = page.editor.pipeline.edges
    return {
        Edge("train", "model", "score_model", "model"),
        Edge("score_model", "table", "evaluate", "data"),
    } <= set(edges)


def test_that_space_inserts_the_step_that_makes_ports_fit(
    page: DesignerPage, hand: Hand
) -> None:
    end = _refused(page, hand)
    hand.key(Qt.Key.Key_Space)
    assert _is_mended(page)
    hand.release(end)
    page.undo()
    assert "score_model" not in page.editor.pipeline.by_name


def test_that_a_refused_wire_offers_the_step_by_a_button(
    page: DesignerPage, hand: Hand
) -> None:
    end = _refused(page, hand)
    hand.release(end)
    assert page.view.repair.isVisible()
    assert page.view.repair.go.text() == "Insert Score model"
    page.view.repair.go.click()
    assert _is_mended(page)
    assert not page.view.repair.isVisible()


def test_that_the_offer_goes_at_the_next_press(page: DesignerPage, hand: Hand) -> None:
    hand.release(_refused(page, hand))
    hand.click(hand.middle("split"))
    assert not page.view.repair.isVisible()
    assert not _is_mended(page)


def test_that_a_wire_says_which_one_it_replaces(page: DesignerPage, hand: Hand) -> None:
    start = hand.port("import_data", "out", "table")
    hand.press(start)
    hand.move(start + QPointF(30, 30))
    hand.move(hand.port("split", "in", "data"))
    assert page.view.hint.text.endswith("replaces the wire from Drop unmeasured")
    hand.key(Qt.Key.Key_Escape)


def test_that_a_report_is_refused_as_a_table_and_the_one_to_take_is_named(
    page: DesignerPage, hand: Hand
) -> None:
    told: list[str] = []
    page.editor.refused.connect(told.append)
    before = page.editor.pipeline
    start, end = hand.port("train", "out", "report"), hand.port("score", "in", "data")
    hand.press(start)
    hand.move(start + QPointF(30, 30))
    hand.move(end)
    reason = "'data' needs a table, got a report (metrics and plots)"
    assert page.view.hint.text == f"{reason} · connect Split 75 / 25 · test"
    hand.release(end)
    assert told == [f"{reason}; connect Split 75 / 25 · test"]
    assert page.editor.pipeline == before


def test_that_two_steps_in_a_row_are_inserted_where_one_is_not_enough(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("bin_numbers", page.view.seen().topLeft() + QPointF(120, 120))
    page.view.fit()
    start = hand.port("bin_numbers", "out", "transform")
    end = hand.port("score", "in", "model")
    hand.press(start)
    hand.move(start + QPointF(30, 30))
    hand.move(end)
    assert page.view.hint.text.endswith("Space inserts Apply transform, then DBSCAN")
    before = page.editor.pipeline
    hand.release(end)
    assert page.view.repair.go.text() == "Insert Apply transform, then DBSCAN"
    page.view.repair.go.click()
    edges = set(page.editor.pipeline.edges)
    assert {
        Edge("bin_numbers", "transform", "apply_transform", "fitted"),
        Edge("apply_transform", "table", "dbscan", "data"),
        Edge("dbscan", "model", "score", "model"),
    } <= edges
    added = ("apply_transform", "dbscan")
    (x, _), (further, _) = (page.editor.pipeline.node(n).position for n in added)
    assert further > x
    page.undo()
    assert page.editor.pipeline == before
