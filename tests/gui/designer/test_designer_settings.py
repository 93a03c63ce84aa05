"""The inspector: values of steps and of the pipeline, and what they bring about."""

from __future__ import annotations

from typing import Any

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)
from pytestqt.qtbot import QtBot

from studio.domain.node import FromInput, FromPath, Value
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.inspector.pipeline_panel import PipelinePanel
from studio.gui.designer.page import DesignerPage


def node_panel(page: DesignerPage) -> NodePanel:
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    return panel


def field(page: DesignerPage, name: str) -> Any:
    return node_panel(page).form.field(name)


def test_that_a_number_that_is_typed_changes_the_step_as_one_edit(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.drop("train_model", page.view.middle())
    learning_rate = field(page, "learning_rate")
    hand.type(learning_rate.input, "0.05")
    qtbot.waitUntil(
        lambda: hand.node("train_model").inputs.get("learning_rate") == Value(0.05)
    )
    page.undo()
    assert "learning_rate" not in hand.node("train_model").inputs
    assert learning_rate.value() == 0.1


def test_that_a_value_out_of_range_is_refused_at_its_field(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.drop("split", page.view.middle())
    fraction = field(page, "test_fraction")
    hand.type(fraction.input, "1.5")
    qtbot.waitUntil(lambda: "0.999 or less" in fraction.error)
    assert "test_fraction" not in hand.node("split_2").inputs


def test_that_a_fields_own_complaint_outlives_a_validation(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    fraction = field(page, "test_fraction")
    hand.type(fraction.input, "7")
    qtbot.waitUntil(lambda: bool(fraction.error))
    with qtbot.waitSignal(page.running.validated):
        hand.push("Validate")
    page.bench.inspector.show_state()
    assert "0.999 or less" in fraction.error


def test_that_a_name_that_can_not_be_is_told_at_its_field(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("register"))
    named = field(page, "name")
    hand.type(named.input, "my model")
    qtbot.waitUntil(lambda: "Start with a letter or digit" in named.error)
    hand.type(named.input, "my-model")
    qtbot.waitUntil(lambda: not named.error)


def test_that_a_run_is_refused_while_a_field_is_wrong(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    hand.type(field(page, "test_fraction").input, "lots")
    qtbot.wait(0)
    hand.push("Run")
    problems = page.bench.bottom.problems.table.rows_model
    qtbot.waitUntil(lambda: problems.rowCount() == 1)
    assert "not a number" in problems.row(0).problem.message
    assert page.studio.runs.list() == ()


def test_that_a_choice_and_a_switch_write_their_values(
    page: DesignerPage, hand: Hand
) -> None:
    hand.click(hand.middle("train"))
    estimator = field(page, "estimator").input
    estimator.setFocus()
    QTest.keyClick(estimator, Qt.Key.Key_Down)
    assert hand.node("train").inputs["estimator"] == Value("gradient_boosting")
    hand.click(hand.middle("split"))
    QTest.keyClick(field(page, "shuffle").input, Qt.Key.Key_Space)
    assert hand.node("split").inputs["shuffle"] == Value(False)


def test_that_a_value_set_back_to_its_default_leaves_the_file(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.drop("train_model", page.view.middle())
    alpha = field(page, "alpha")
    hand.type(alpha.input, "3")
    qtbot.waitUntil(lambda: "alpha" in hand.node("train_model").inputs)
    alpha.reset()
    assert "alpha" not in hand.node("train_model").inputs


def test_that_a_shared_value_changes_the_pipeline_input(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("train"))
    seed = field(page, "seed")
    assert seed.value() == 42
    hand.type(seed.input, "7")
    qtbot.waitUntil(lambda: page.editor.pipeline.inputs["seed"].value == 7)
    assert hand.node("train").inputs["seed"] == FromInput("seed")
    hand.click(hand.middle("split"))
    assert field(page, "seed").value() == 7


def test_that_a_value_is_shared_and_taken_back(page: DesignerPage, hand: Hand) -> None:
    hand.click(hand.middle("train"))
    share, own = node_panel(page).menu().actions()[:2]
    by_name = {one.text(): one for one in share.menu().actions()}
    by_name["Estimator"].trigger()
    assert hand.node("train").inputs["estimator"] == FromInput("estimator")
    assert page.editor.pipeline.inputs["estimator"].value == "random_forest"
    assert node_panel(page).form.field("estimator").value() == "random_forest"
    share, own = node_panel(page).menu().actions()[:2]
    by_name = {one.text(): one for one in own.menu().actions()}
    by_name["Estimator"].trigger()
    assert hand.node("train").inputs["estimator"] == Value("random_forest")
    assert "estimator" not in page.editor.pipeline.inputs


def test_that_a_path_is_typed_and_cut_edges_become_paths(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("clean_missing"))
    panel = node_panel(page)
    for one in panel.inputs.findChildren(type(panel._more)):
        if one.accessibleName() == "Disconnect data":
            QTest.mouseClick(one, Qt.MouseButton.LeftButton)
    assert "data" not in hand.node("clean_missing").inputs
    data = node_panel(page).inputs.field("data")
    assert data is not None
    hand.type(data.input, "../../data/penguins.csv")
    qtbot.waitUntil(
        lambda: (
            hand.node("clean_missing").inputs.get("data")
            == FromPath("../../data/penguins.csv", "mltable")
        )
    )


def test_that_a_missing_value_is_told_on_card_field_and_tab(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_Delete)
    tabs = page.bench.bottom
    qtbot.waitUntil(lambda: tabs.tabText(0) == "Problems  2")
    card = page.bench.scene.nodes[hand.node("train").id].card
    assert (card.state, card.subtitle) == ("PROBLEM", "'data' isn't connected")
    hand.click(hand.middle("import_data"))
    table = tabs.problems.table
    row = table.visualRect(table.model().index(1, 2)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert [node.name for node in page.editor.selected()] == ["score"]
    shown = node_panel(page).inputs.field("data")
    assert shown is not None
    assert "isn't connected" in shown.error


def test_that_the_pipelines_own_settings_are_shown_while_nothing_is_selected(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    panel = page.bench.inspector.panel
    assert isinstance(panel, PipelinePanel)
    QTest.keyClick(panel.form.field("go_on").input, Qt.Key.Key_Space)
    assert page.editor.pipeline.settings.continue_on_step_failure
    hand.type(panel.inputs.field("max_depth").input, "9")
    qtbot.waitUntil(lambda: page.editor.pipeline.inputs["max_depth"].value == 9)
    page.rename_pipeline()
    QTest.keyClicks(panel.title, "Birds")
    QTest.keyClick(panel.title, Qt.Key.Key_Return)
    assert page.heading == "Birds"
    assert page.editor.pipeline.name == "penguins"


def test_that_every_control_has_a_name_for_screen_readers(
    page: DesignerPage, hand: Hand
) -> None:
    # Buttons that Qt itself puts into line edits and tab bars are not ours.
    hand.click(hand.middle("train"))
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)
    nameless = [
        f"{type(one).__name__} {one.objectName()} in {type(one.parent()).__name__}"
        for kind in kinds
        for one in page.findChildren(kind)
        if one.isVisible()
        and not isinstance(one.parent(), QLineEdit | QTabBar)
        and not (one.accessibleName() or _words(one))
    ]
    assert nameless == []


def _words(widget: Any) -> str:
    words = getattr(widget, "text", None)
    return str(words()) if words else ""
