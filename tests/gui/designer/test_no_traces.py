"""What stands on the screen after edits is what a fresh drawing shows."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QImage, qBlue, qGreen, qRed
from PySide6.QtWidgets import QApplication

from studio.gui.designer.geometry import PLAIN_ZOOM
from studio.gui.designer.items import card_pass
from studio.gui.designer.minimap import Minimap
from studio.gui.designer.painting import SETTLE_MS
from studio.gui.designer.view import CanvasView
from tests.gui.designer.test_canvas_pass import canvas

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.theme.theme import Theme

EVERY, WEAK, FEW = 4, 90, 2
"""Every fourth pixel is looked at; smoothed edges may differ weakly, or a few much."""


@pytest.fixture
def view(qtbot: QtBot, theme: Theme) -> CanvasView:
    _, made = canvas(qtbot, 24)
    Minimap(made)
    made.resize(900, 600)
    made.show()
    made.fit_opening()
    return made


def _differences(view: CanvasView) -> int:
    screen = view.screen().grabWindow(view.winId())
    shown, fresh = (
        picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
        for picture in (screen, view.grab())
    )
    places = (
        (x, y)
        for y in range(0, fresh.height(), EVERY)
        for x in range(0, fresh.width(), EVERY)
    )
    return sum(_apart(shown.pixel(*at), fresh.pixel(*at)) > WEAK for at in places)


def _apart(one: int, other: int) -> int:
    return sum(abs(part(one) - part(other)) for part in (qRed, qGreen, qBlue))


@pytest.mark.parametrize("seed", [1, 2])
def test_that_edits_and_panning_leave_no_traces(
    view: CanvasView, qtbot: QtBot, seed: int
) -> None:
    chance, document = random.Random(seed), view.editor.document
    assert document is not None
    bar = view.horizontalScrollBar()
    for number in range(8):
        pipeline = document.pipeline
        names = [node.name for node in pipeline.nodes]
        way = chance.choice(("move", "delete", "undo", "pan", "other"))
        if way == "move":
            place = (chance.uniform(0, 800), chance.uniform(0, 400))
            document.edit(pipeline.move({chance.choice(names): place}), "Move")
        elif way == "delete":
            document.edit(pipeline.remove(chance.sample(names, 3)), "Delete")
        elif way == "undo":
            document.stack.undo()
        elif way == "pan":
            bar.setValue(bar.value() + chance.randint(-60, 60))
        else:
            nodes = (replace(n, id=f"{n.id}-{number}") for n in pipeline.nodes)
            document.edit(replace(pipeline, nodes=tuple(nodes)), "Restore")
        qtbot.wait(2 * SETTLE_MS)
        qtbot.waitUntil(lambda: not view.painting.unfinished)
        assert _differences(view) <= FEW, f"{way}, edit {number}"


def test_that_a_zoom_to_and_fro_rests_as_a_fresh_drawing(
    view: CanvasView, qtbot: QtBot
) -> None:
    """While it moves it stays with boxes above the zoom where they begin."""
    view.zoom_by(PLAIN_ZOOM * 0.98 / view.zoom)
    view.centerOn(view.editor.scene.content_rect().center())
    qtbot.waitUntil(lambda: not _differences(view))
    for factor in (1.04, 0.97, 1.05):
        view.zoom_by(factor)
        QApplication.processEvents()
    assert view.zoom > PLAIN_ZOOM
    qtbot.waitUntil(lambda: _differences(view) <= FEW)


def test_that_what_changes_in_the_moment_of_a_scroll_leaves_no_traces(
    view: CanvasView, qtbot: QtBot
) -> None:
    """As when a step is added: the one before is let go, and the new one revealed."""
    scene, bar = view.editor.scene, view.horizontalScrollBar()
    for number, way in enumerate((80, -56, 24)):
        scene.select([f"id{number}"])
        _settle(view, qtbot)
        scene.select([f"id{number + 1}"])
        bar.setValue(bar.value() + way)
        _settle(view, qtbot)
        assert _differences(view) <= FEW


def test_that_a_card_drawn_in_haste_is_drawn_again_beside_a_finished_one(
    view: CanvasView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = view.editor.scene
    scene.select(["id0"])
    _settle(view, qtbot)
    monkeypatch.setattr(card_pass, "STILL_BUDGET_SECONDS", -1.0)
    scene.select([])
    beside = scene.nodes["id22"].box.toRect()
    view.viewport().update(view.mapFromScene(beside).boundingRect())
    QApplication.processEvents()
    monkeypatch.undo()
    qtbot.waitUntil(lambda: _differences(view) <= FEW)


def _settle(view: CanvasView, qtbot: QtBot) -> None:
    qtbot.wait(2 * SETTLE_MS)
    qtbot.waitUntil(lambda: not view.painting.unfinished)
