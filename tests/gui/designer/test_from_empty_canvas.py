"""The penguins pipeline from an empty canvas, by mouse and keyboard events only:
built, run, cloned, changed, compared."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.run import RunState
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.page import DesignerPage
from studio.resources import resource_path

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 100_000
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PENGUINS = resource_path("samples/penguins/data/penguins.csv")
STEPS = {
    "import_data": (0, 0),
    "clean_missing": (288, 0),
    "split": (576, 0),
    "train_model": (864, -96),
    "score_model": (864, 96),
    "evaluate_model": (1152, 96),
    "register_model": (1152, -96),
}
WIRES = (
    ("import_data.table", "clean_missing.data"),
    ("clean_missing.table", "split.data"),
    ("split.train", "train_model.data"),
    ("train_model.model", "score_model.model"),
    ("split.test", "score_model.data"),
    ("score_model.table", "evaluate_model.data"),
    ("train_model.model", "register_model.model"),
    ("evaluate_model.evaluation", "register_model.evaluation"),
)
VALUES = {
    "import_data.file": str(PENGUINS),
    "train_model.target": "species",
    "train_model.features": "island, bill_*, flipper_length_mm, body_mass_g",
    "evaluate_model.target": "species",
    "register_model.name": "birds",
}


@pytest.fixture
def page(
    qtbot: QtBot,
    open_window: Callable[[Studio], MainWindow],
    empty_studio: Studio,
) -> DesignerPage:
    """A new pipeline, made by its key in a workspace without any."""
    window = open_window(empty_studio)
    shown = window.page
    assert isinstance(shown, DesignerPage)
    QTest.keyClick(window, Qt.Key.Key_N, CTRL)
    qtbot.waitUntil(lambda: shown.document is not None, timeout=SECONDS)
    return shown


@pytest.mark.timeout(400)
def test_that_the_pipeline_is_built_run_cloned_changed_and_compared(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    _drop_steps(hand)
    _join(hand)
    for where, text in VALUES.items():
        _fill(hand, qtbot, *where.split("."), text)
    first = page.editor.pipeline
    assert len(first.edges) == len(WIRES)
    _run(hand, qtbot)
    _picture(page, "built")
    _clone(hand, qtbot, first.name)
    _fill(hand, qtbot, "train_model", "n_estimators", "7")
    assert page.editor.pipeline.name != first.name
    _compare(hand, qtbot)
    assert page.studio.pipelines.get(first.name).nodes == first.nodes


def _drop_steps(hand: Hand) -> None:
    hand.page.view.resetTransform()
    hand.page.view.centerOn(0, 0)
    for component, (x, y) in STEPS.items():
        hand.page.view.centerOn(x, y)
        hand.drop(component, QPointF(x, y))
    hand.key(Qt.Key.Key_A, CTRL)
    hand.key(Qt.Key.Key_F)


def _join(hand: Hand) -> None:
    for start, end in WIRES:
        source, output = start.split(".")
        target, name = end.split(".")
        hand.drag(hand.port(source, "out", output), hand.port(target, "in", name))


def _fill(hand: Hand, qtbot: QtBot, step: str, name: str, text: str) -> None:
    """Click a step and type into one of its fields, as a person does."""
    hand.click(hand.middle(step))
    node_id = hand.node(step).id
    qtbot.waitUntil(lambda: hand.page.bench.inspector.node_id == node_id)
    panel = hand.page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    found = panel.inputs.field(name) or panel.form.field(name)
    field = found.input
    entry = field if isinstance(field, QLineEdit) else field.findChild(QLineEdit)
    target: QWidget = entry or field
    hand.type(target, text)
    QTest.keyClick(target, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: name in hand.node(step).inputs, timeout=SECONDS)


def _run(hand: Hand, qtbot: QtBot) -> None:
    page = hand.page
    hand.push("Run")
    qtbot.waitUntil(lambda: page.bench.follower.run is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: not page.bench.follower.active, timeout=SECONDS)
    run = page.bench.follower.run
    assert run is not None
    assert run.state is RunState.SUCCEEDED, run.message
    assert [(r.name, r.version) for r in run.registered] == [("birds", "1")]


def _clone(hand: Hand, qtbot: QtBot, name: str) -> None:
    hand.push("Clone")
    document = hand.page.document
    qtbot.waitUntil(
        lambda: hand.page.document is not None and hand.page.document is not document,
        timeout=SECONDS,
    )
    assert hand.page.editor.pipeline.tags["cloned_from"].startswith(name)


def _compare(hand: Hand, qtbot: QtBot) -> None:
    """By the command palette: type what is wanted, press Enter."""
    window = hand.page.window()
    hand.key(Qt.Key.Key_P, CTRL | SHIFT)
    focus = QApplication.focusWidget()
    if not isinstance(focus, QLineEdit):
        focus = window.palette_box.findChild(QLineEdit)  # type: ignore[attr-defined]
    assert isinstance(focus, QLineEdit)
    QTest.keyClicks(focus, "cloned from")
    QTest.keyClick(focus, Qt.Key.Key_Return)
    (feature,) = (f for f in hand.page.features if isinstance(f, Compare))
    qtbot.waitUntil(
        lambda: feature.is_shown and feature.panel.compared is not None, timeout=SECONDS
    )
    _picture(hand.page, "compared")
    texts = [line.text for line in feature.panel.table.rows_model.rows]
    assert any("n_estimators" in text and "7" in text for text in texts), texts


def _picture(page: DesignerPage, name: str) -> None:
    if folder := os.environ.get("STUDIO_PICTURES"):
        QApplication.processEvents()
        page.window().grab().save(str(Path(folder) / f"{name}.png"))
