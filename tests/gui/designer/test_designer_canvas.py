"""Drawing a pipeline with mouse and keys."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from studio.domain.node import Edge, FromStep
from studio.gui.designer.geometry import OPENING_ZOOM
from studio.gui.designer.page import DesignerPage

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
EMPTY = QPointF(600, 400)


def test_that_the_scene_shows_every_step_and_edge(page: DesignerPage) -> None:
    pipeline = page.editor.pipeline
    scene = page.bench.scene
    assert set(scene.nodes) == {node.id for node in pipeline.nodes}
    assert len(scene.edges) == len(pipeline.edges)
    train = scene.nodes[pipeline.node("train").id].card
    assert train.title == "Train random forest"
    assert train.subtitle == "random_forest · species"


def test_that_a_component_dropped_on_the_canvas_becomes_a_step(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("select_columns", EMPTY)
    node = hand.node("select_columns")
    assert node.position[0] % 8 == 0
    assert abs(node.position[0] + 108 - EMPTY.x()) <= 8
    assert page.editor.selected() == [node]
    page.undo()
    assert "select_columns" not in page.editor.pipeline.by_name


def test_that_a_component_dropped_on_a_wire_goes_between(
    page: DesignerPage, hand: Hand
) -> None:
    start, end = hand.middle("import_data"), hand.middle("clean_missing")
    hand.drop("select_columns", (start + end) / 2)
    edges = page.editor.pipeline.edges
    assert Edge("import_data", "table", "select_columns", "data") in edges
    assert Edge("select_columns", "table", "clean_missing", "data") in edges
    added = hand.node("select_columns").position[0]
    assert hand.node("clean_missing").position[0] >= added + 216
    page.undo()
    assert len(page.editor.pipeline.nodes) == 7


def test_that_ports_are_connected_by_pulling_a_wire(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("select_columns", EMPTY)
    hand.drag(
        hand.port("import_data", "out", "table"),
        hand.port("select_columns", "in", "data"),
    )
    edge = Edge("import_data", "table", "select_columns", "data")
    assert edge in page.editor.pipeline.edges


def test_that_a_wire_let_go_over_a_card_finds_a_port(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("select_columns", EMPTY)
    hand.drag(hand.port("split", "out", "test"), hand.middle("select_columns"))
    assert hand.node("select_columns").inputs["data"] == FromStep("split", "test")


def test_that_a_new_wire_replaces_the_one_an_input_had(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drag(
        hand.port("import_data", "out", "table"), hand.port("split", "in", "data")
    )
    assert hand.node("split").inputs["data"] == FromStep("import_data", "table")
    page.undo()
    assert hand.node("split").inputs["data"] == FromStep("clean_missing", "table")


def test_that_a_wire_pulled_off_its_input_is_cut(
    page: DesignerPage, hand: Hand
) -> None:
    start = hand.port("split", "in", "data")
    hand.drag(start, start + QPointF(-20, 160))
    assert "data" not in hand.node("split").inputs
    assert not page.bench.quick_add.isVisible()


def test_that_ports_that_refuse_fade_and_say_why(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page.view.fit()
    start = hand.port("train", "out", "model")
    refusing = hand.port("evaluate", "in", "data")
    hand.press(start)
    hand.move(start + QPointF(30, 30))
    hand.move(refusing)
    assert page.view.hint.text.startswith("'data' needs a table, got an MLflow model")
    evaluate = page.bench.scene.nodes[hand.node("evaluate").id]
    score = page.bench.scene.nodes[hand.node("score").id]
    assert evaluate._emphasis["in", "data"] < 1 < score._emphasis["in", "model"]
    hand.release(refusing)
    assert hand.node("evaluate").inputs["data"] == FromStep("score", "table")
    assert not evaluate._emphasis


def test_that_a_wire_that_would_make_a_cycle_names_the_way(
    page: DesignerPage, hand: Hand
) -> None:
    start = hand.port("split", "out", "test")
    hand.press(start)
    hand.move(start + QPointF(0, 50))
    hand.move(hand.port("clean_missing", "in", "data"))
    assert "cycle: clean_missing → split → clean_missing" in page.view.hint.text
    hand.release(hand.port("clean_missing", "in", "data"))
    assert hand.node("clean_missing").inputs["data"] == FromStep("import_data", "table")


def test_that_a_wire_let_go_over_nothing_offers_what_fits(
    page: DesignerPage, hand: Hand
) -> None:
    start = hand.port("import_data", "out", "table")
    hand.drag(start, start + QPointF(100, 160))
    box = page.bench.quick_add
    assert box.isVisible()
    QTest.keyClicks(box.search, "norm")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    edge = Edge("import_data", "table", "normalise", "data")
    assert edge in page.editor.pipeline.edges
    page.undo()  # adding and connecting are one step
    assert "normalise" not in page.editor.pipeline.by_name


def test_that_a_double_click_on_nothing_adds_what_is_typed(
    page: DesignerPage, hand: Hand
) -> None:
    hand.double_click(EMPTY)
    QTest.keyClicks(page.bench.quick_add.search, "duckdb")
    QTest.keyClick(page.bench.quick_add.search, Qt.Key.Key_Return)
    assert "sql" in page.editor.pipeline.by_name
    assert not page.bench.quick_add.isVisible()


def test_that_tab_opens_quick_add_and_escape_closes_it(
    page: DesignerPage, hand: Hand
) -> None:
    hand.key(Qt.Key.Key_Tab)
    assert page.bench.quick_add.isVisible()
    QTest.keyClick(page.bench.quick_add.search, Qt.Key.Key_Escape)
    assert not page.bench.quick_add.isVisible()
    assert len(page.editor.pipeline.nodes) == 7


def test_that_cards_move_on_the_grid_as_one_edit(
    page: DesignerPage, hand: Hand
) -> None:
    before = hand.node("split").position
    start = hand.middle("split")
    hand.drag(start, start + QPointF(43, 101))
    x, y = hand.node("split").position
    assert (x, y) == (before[0] + 40, before[1] + 104)
    page.undo()
    assert hand.node("split").position == before
    item = page.bench.scene.nodes[hand.node("split").id]
    assert (item.pos().x(), item.pos().y()) == before


def test_that_escape_calls_a_move_off(page: DesignerPage, hand: Hand) -> None:
    start, before = hand.middle("split"), hand.node("split").position
    hand.press(start)
    hand.move(start + QPointF(80, 80))
    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPointF(80, 80))
    item = page.bench.scene.nodes[hand.node("split").id]
    assert (item.pos().x(), item.pos().y()) == before
    assert not page.can_undo()


def test_that_a_rubber_band_selects_and_moves_several(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drag(QPointF(-30, 100), QPointF(500, 260))
    names = {node.name for node in page.editor.selected()}
    assert names == {"import_data", "clean_missing"}
    start = hand.middle("import_data")
    hand.drag(start, start + QPointF(0, 80))
    assert hand.node("import_data").position == (0, 224)
    assert hand.node("clean_missing").position == (288, 224)


def test_that_ctrl_click_adds_to_the_selection(page: DesignerPage, hand: Hand) -> None:
    hand.click(hand.middle("import_data"))
    hand.click(hand.middle("clean_missing"), CTRL)
    assert len(page.editor.selected()) == 2
    hand.click(hand.middle("clean_missing"), CTRL)
    assert [node.name for node in page.editor.selected()] == ["import_data"]


def test_that_delete_removes_steps_with_their_edges_and_undo_brings_all_back(
    page: DesignerPage, hand: Hand
) -> None:
    before = page.editor.pipeline
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_Delete)
    after = page.editor.pipeline
    assert "split" not in after.by_name
    assert not any("split" in (e.source, e.target) for e in after.edges)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert page.editor.pipeline == before
    assert page.editor.pipeline.node("split").inputs == before.node("split").inputs
    hand.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert page.editor.pipeline == after


def test_that_a_selected_wire_is_deleted(page: DesignerPage, hand: Hand) -> None:
    start = hand.port("import_data", "out", "table")
    end = hand.port("clean_missing", "in", "data")
    hand.click((start + end) / 2)
    hand.key(Qt.Key.Key_Delete)
    assert "data" not in hand.node("clean_missing").inputs
    assert len(page.editor.pipeline.nodes) == 7


def test_that_arrows_walk_over_the_steps_and_shift_gathers_them(
    page: DesignerPage, hand: Hand
) -> None:
    order = [node.name for node in page.editor.pipeline.order()]
    before = page.editor.pipeline
    hand.click(hand.middle(order[0]))
    hand.key(Qt.Key.Key_Right)
    assert [node.name for node in page.editor.selected()] == [order[1]]
    hand.key(Qt.Key.Key_Right, SHIFT)
    assert {node.name for node in page.editor.selected()} == set(order[1:3])
    hand.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert [node.name for node in page.editor.selected()] == [order[1]]
    hand.key(Qt.Key.Key_Up)  # nothing lies there
    assert [node.name for node in page.editor.selected()] == [order[1]]
    assert page.editor.pipeline == before


def test_that_the_menu_key_opens_the_menu_of_the_selected_step(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    middle = hand.canvas.rect().center()
    by_key = QContextMenuEvent.Reason.Keyboard
    menu = QContextMenuEvent(by_key, middle, hand.canvas.mapToGlobal(middle))
    with qtbot.waitSignal(page.view.menu_wanted) as wanted:
        QApplication.sendEvent(hand.canvas, menu)
    shown = QApplication.activePopupWidget()
    assert isinstance(shown, QMenu)
    assert [node.name for node in page.editor.selected()] == ["split"]
    corner = page.bench.scene.nodes[hand.node("split").id].box.bottomLeft()
    at = hand.canvas.mapToGlobal(page.view.mapFromScene(corner))
    assert wanted.args == [at]
    shown.close()


def test_that_ctrl_arrows_move_by_a_grid_cell_and_repeats_are_one_edit(
    page: DesignerPage, hand: Hand
) -> None:
    x, y = hand.node("split").position
    hand.click(hand.middle("split"))
    for _ in range(3):
        hand.key(Qt.Key.Key_Right, CTRL)
    hand.key(Qt.Key.Key_Down, CTRL)
    assert hand.node("split").position == (x + 24, y + 8)
    page.undo()
    assert hand.node("split").position == (x, y)
    assert not page.can_undo()


def test_that_copies_keep_settings_and_inner_edges(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drag(QPointF(-30, 100), QPointF(500, 260))
    hand.key(Qt.Key.Key_C, CTRL)
    assert "component: azureml:import_data@latest" in (
        QGuiApplication.clipboard().text()
    )
    hand.key(Qt.Key.Key_V, CTRL)
    pipeline = page.editor.pipeline
    assert len(pipeline.nodes) == 9
    copy = pipeline.node("clean_missing_2")
    assert copy.inputs["data"] == FromStep("import_data_2", "table")
    assert copy.inputs["method"] == pipeline.node("clean_missing").inputs["method"]
    assert copy.position != pipeline.node("clean_missing").position
    assert {node.name for node in page.editor.selected()} == {
        "clean_missing_2",
        "import_data_2",
    }
    page.undo()
    assert len(page.editor.pipeline.nodes) == 7


def test_that_text_that_is_no_pipeline_is_not_pasted(
    page: DesignerPage, hand: Hand
) -> None:
    for text in ("hello", "", "jobs: [1, 2", "{}"):
        QGuiApplication.clipboard().setText(text)
        hand.key(Qt.Key.Key_V, CTRL)
        assert len(page.editor.pipeline.nodes) == 7


def test_that_a_duplicate_is_fed_by_the_same_output(
    page: DesignerPage, hand: Hand
) -> None:
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_D, CTRL)
    assert hand.node("split_2").inputs == hand.node("split").inputs


def test_that_a_step_is_renamed_and_keeps_its_id(
    page: DesignerPage, hand: Hand
) -> None:
    before = hand.node("clean_missing")
    hand.click(hand.middle("clean_missing"))
    hand.key(Qt.Key.Key_F2)
    title = page.bench.inspector.panel.title
    QTest.keyClicks(title, "Only measured birds")
    QTest.keyClick(title, Qt.Key.Key_Return)
    after = hand.node("clean_missing")
    assert (after.id, after.title) == (before.id, "Only measured birds")
    page.editor.name_by_title(after.id)
    after = hand.node("only_measured_birds")
    assert (after.id, after.title) == (before.id, "Only measured birds")
    assert hand.node("split").inputs["data"] == FromStep("only_measured_birds", "table")
    page.undo()
    page.undo()
    assert hand.node("clean_missing") == before


def test_that_the_wheel_zooms_at_the_pointer(page: DesignerPage) -> None:
    at = QPointF(300, 200)
    under, zoom = page.view.mapToScene(at.toPoint()), page.view.zoom
    event = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(page.view.viewport(), event)
    assert page.view.zoom > zoom * 1.2
    now = page.view.mapToScene(at.toPoint())
    assert (now - under).manhattanLength() < 3


def test_that_the_middle_button_pans(page: DesignerPage, hand: Hand) -> None:
    before = page.view.middle()
    hand.pan(QPoint(300, 300), QPoint(200, 260))
    moved = page.view.middle() - before
    assert abs(moved.x() * page.view.zoom - 100) < 3
    assert abs(moved.y() * page.view.zoom - 40) < 3


def test_that_f_shows_everything_and_opening_stays_readable(
    page: DesignerPage, hand: Hand
) -> None:
    assert page.view.zoom >= OPENING_ZOOM
    assert page.bench.minimap.isVisible()
    hand.key(Qt.Key.Key_F)
    assert page.view.seen().contains(page.bench.scene.content_rect())
    assert not page.bench.minimap.isVisible()
    hand.key(Qt.Key.Key_0, CTRL)
    assert page.view.zoom == 1.0


def test_that_the_palette_finds_by_synonym_and_enter_adds(page: DesignerPage) -> None:
    palette = page.bench.palette_panel
    palette.focus_search()
    QTest.keyClicks(palette.search, "duckdb")
    assert palette.index_of("sql").isValid()
    assert not palette.index_of("split").isValid()
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert "sql" in page.editor.pipeline.by_name
