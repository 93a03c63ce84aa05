"""Adding steps without leaving the keyboard, and finding what is used often."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.domain.component import Component, Port
from studio.domain.component_search import Liking
from studio.domain.node import Edge
from studio.gui.designer.items.node_item import PortRef
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.palette import FAVOURITES, LATEST
from studio.gui.designer.palette_rows import COMPONENT
from studio.gui.designer.quick_add_offers import Offer, matching, offers_for

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
EMPTY = QPointF(600, 400)

TABLE = Port("table", "mltable")
JOIN = Component(
    "join", "x", inputs=(Port("left", "mltable"), Port("right", "mltable"))
)
DEPLOY = Component("deploy", "x", inputs=(Port("model", "mlflow_model"),))
TRAIN = Component("train_model", "x", inputs=(Port("data", "mltable"),))


def test_that_each_port_that_fits_is_an_offer_of_its_own() -> None:
    ref = PortRef("1", "out", TABLE)
    offers = offers_for([JOIN, DEPLOY], ref)
    assert [(o.component.name, o.port and o.port.name) for o in offers] == [
        ("join", "left"),
        ("join", "right"),
    ]
    assert offers_for([JOIN, DEPLOY], ref, every=True)[-1] == Offer(DEPLOY)


def test_that_the_latest_used_come_first_and_letters_in_order_find_a_name() -> None:
    offers = [Offer(DEPLOY), Offer(JOIN), Offer(TRAIN)]
    names = [
        o.component.name for o in matching(offers, "", Liking(["train_model", "join"]))
    ]
    assert names == ["train_model", "join", "deploy"]
    assert matching(offers, "tmd") == [Offer(TRAIN)]
    assert matching(offers, "xyz") == []


def test_that_ctrl_enter_adds_a_whole_chain_of_joined_steps(
    page: DesignerPage, hand: Hand
) -> None:
    box = page.bench.quick_add
    hand.double_click(EMPTY)
    for word in ("import", "clean", "split"):
        QTest.keyClicks(box.search, word)
        QTest.keyClick(box.search, Qt.Key.Key_Return, CTRL)
        assert box.isVisible()
    edges = page.editor.pipeline.edges
    assert Edge("import_data_2", "table", "clean_missing_2", "data") in edges
    assert Edge("clean_missing_2", "table", "split_2", "data") in edges
    places = [hand.node(f"{n}_2").position[0] for n in ("clean_missing", "split")]
    assert places[1] - places[0] == 264
    assert page.bench.follower.run is None
    QTest.keyClick(box.search, Qt.Key.Key_Escape)
    for _ in range(3):
        page.undo()
    assert len(page.editor.pipeline.nodes) == 7


def test_that_tab_at_a_selected_step_offers_its_outputs_in_turn(
    page: DesignerPage, hand: Hand
) -> None:
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_Tab)
    box = page.bench.quick_add
    assert box.search.placeholderText() == "Add a step for train"
    QTest.keyClick(box.search, Qt.Key.Key_Space, CTRL)
    assert box.search.placeholderText() == "Add a step for test"
    QTest.keyClicks(box.search, "normal")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert Edge("split", "test", "normalise", "data") in page.editor.pipeline.edges


def test_that_all_components_can_be_shown_for_a_wire(
    page: DesignerPage, hand: Hand
) -> None:
    start = hand.port("train", "out", "model")
    page.view.fit()
    hand.drag(start, start + QPointF(40, 260))
    box = page.bench.quick_add
    few = len(box.list.values)
    QTest.keyClick(box.search, Qt.Key.Key_A, ALT)
    assert len(box.list.values) > few
    QTest.keyClicks(box.search, "split")
    QTest.keyClick(box.search, Qt.Key.Key_Return)
    assert hand.node("split_2").inputs == {}


def test_that_what_was_added_is_offered_first_the_next_time(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("sql", EMPTY)
    hand.drop("encode", EMPTY + QPointF(0, 120))
    hand.double_click(EMPTY - QPointF(0, 120))
    offered = [offer.component.name for offer in page.bench.quick_add.list.values]
    assert offered[:2] == ["encode", "sql"]
    assert page.services.settings.texts("designer/recent_components")[0] == "encode"


def test_that_a_star_puts_a_component_among_the_favourites(
    page: DesignerPage, qtbot: QtBot
) -> None:
    tree = page.bench.palette_panel.tree
    row = tree.visualRect(page.bench.palette_panel.index_of("sql"))
    at = QPoint(row.left() + 8, row.center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.bench.habits.favourites == ["sql"]
    model = tree.model()
    head = model.index(0, 0)
    assert head.data() == FAVOURITES
    assert model.index(0, 0, head).data(COMPONENT).name == "sql"
    page.bench.palette_panel.search.setText("sql")
    assert model.index(0, 0).data() != FAVOURITES  # no row twice while searching
    page.bench.palette_panel.search.clear()
    tree.setCurrentIndex(model.index(0, 0, model.index(0, 0)))
    QTest.keyClick(tree, Qt.Key.Key_Asterisk)
    assert page.bench.habits.favourites == []
    assert model.index(0, 0).data() != FAVOURITES


def test_that_the_latest_used_stand_in_the_palette_once_the_pointer_has_left(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("sql", EMPTY)
    tree = page.bench.palette_panel.tree
    assert tree.model().index(0, 0).data() != LATEST
    tree.left.emit()
    assert tree.model().index(0, 0).data() == LATEST


def test_that_quick_add_offers_the_exact_name_and_else_what_usually_comes_next(
    page: DesignerPage, hand: Hand
) -> None:
    start = hand.port("train", "out", "model")
    page.view.fit()
    hand.drag(start, start + QPointF(40, 260))
    box = page.bench.quick_add
    assert box.list.values[0].component.name == "score_model"
    QTest.keyClicks(box.search, "score model")
    assert box.list.values[0].component.name == "score_model"
    QTest.keyClick(box.search, Qt.Key.Key_Escape)
    hand.click(hand.middle("import_data"))
    hand.key(Qt.Key.Key_Tab)
    first = [offer.component.name for offer in box.list.values[:3]]
    assert first == ["clean_missing", "split", "summarise_table"]


def test_that_the_palette_puts_the_best_match_first_whatever_its_category(
    page: DesignerPage,
) -> None:
    panel = page.bench.palette_panel
    own = Component("my_ratio", "x", display_name="my_ratio")
    panel.set_components((*page.bench.catalog.components, own))
    panel.search.setText("ratio")
    assert panel.tree.currentIndex().data(COMPONENT) == own
    panel.search.setText("evaluate")
    assert panel.tree.currentIndex().data(COMPONENT).name == "evaluate_model"
    panel.search.clear()
    heads = [panel.tree.model().index(row, 0).data() for row in range(3)]
    assert heads == ["Data", "Prepare", "Feature selection"]
