"""A wire never seems to end at a card that it only passes."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPointF

from studio.domain import wire_way
from studio.domain.arrangement import Block, Link, arranged
from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.geometry import WIDTH
from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.scene import DesignerScene
from studio.interchange.pipeline_svg import draw_svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from studio.gui.theme.theme import Theme

PAST = ("split", "test", "score", "data")


def _kind(name: str, inputs: str, outputs: str) -> Component:
    return Component(
        name=name,
        command="",
        inputs=tuple(Port(n, "mltable", optional=True) for n in inputs.split()),
        outputs=tuple(Port(n, "mltable") for n in outputs.split()),
    )


SPLIT = _kind("split", "data", "train test rest")
TRAIN = _kind("train", "train validation", "model metrics")
SCORE = _kind("score", "model data", "scores")
MODEL = FromStep("train", "model")


def _row() -> Pipeline:
    """Four in a row; what is split off feeds steps further on."""
    out = FromStep
    fed = (
        ("split", SPLIT, {}),
        ("train", TRAIN, {"train": out("split", "train")}),
        ("score", SCORE, {"model": MODEL, "data": out("split", "test")}),
        ("again", SCORE, {"model": MODEL, "data": out("split", "rest")}),
    )
    return Pipeline(
        "row",
        tuple(
            Node(name, name, kind, inputs, position=(n * 264.0, 0.0))
            for n, (name, kind, inputs) in enumerate(fed)
        ),
    )


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme) -> Iterator[tuple[Editor, PipelineDocument]]:
    editor, document = Editor(DesignerScene(), Catalog()), PipelineDocument(_row())
    editor.open(document)
    yield editor, document


def _behind(scene: DesignerScene, wire: EdgeItem) -> list[str]:
    """The cards, other than those at its ends, that a wire passes behind."""
    ends = {wire.source, wire.target}
    others = [card for card in scene.nodes.values() if card not in ends]
    points = [wire.path.pointAtPercent(n / 200) for n in range(201)]
    return [c.card.name for c in others if any(map(c.box.contains, points))]


def _all_clear(scene: DesignerScene) -> bool:
    return not any(_behind(scene, wire) for wire in scene.edges.values())


def test_that_a_wire_is_led_around_the_cards_between(
    opened: tuple[Editor, PipelineDocument],
) -> None:
    scene = opened[0].scene
    assert _all_clear(scene)
    wire = scene.edges[PAST]
    assert wire.way is not None
    level = QPointF(264.0 + WIDTH / 2, wire.way[2])
    assert scene.edge_at(level) in (wire, scene.edges["split", "rest", "again", "data"])
    assert scene.edge_at(QPointF(264.0 + WIDTH / 2, 32.0)) is None
    assert wire.boundingRect().contains(wire.path.boundingRect())
    assert wire.lines[1].p1().y() == wire.lines[1].p2().y() == wire.way[2]


def test_that_wires_past_the_same_card_do_not_lie_upon_each_other(
    opened: tuple[Editor, PipelineDocument],
) -> None:
    edges = opened[0].scene.edges
    ways = [edges[PAST].way, edges["split", "rest", "again", "data"].way]
    levels = {way[2] for way in ways if way is not None}
    assert len(levels) == 2


def test_that_the_exported_picture_shows_the_same_way(
    opened: tuple[Editor, PipelineDocument],
) -> None:
    kinds = {kind.name: kind for kind in (SPLIT, TRAIN, SCORE)}
    picture = draw_svg(
        _row(), lambda node: kinds["score" if node.name == "again" else node.name]
    )
    ways = [wire.way for wire in opened[0].scene.edges.values() if wire.way]
    assert len(ways) == 3
    levels = re.findall(r"L([\d.-]+) ([\d.-]+)C", picture)
    found = {(float(x), float(y)) for x, y in levels}
    assert found == {(last, level) for _, last, level in ways}


def test_that_ways_are_those_of_a_fresh_drawing_after_every_edit(
    opened: tuple[Editor, PipelineDocument],
) -> None:
    editor, document = opened
    chance = random.Random(3)
    for _ in range(40):
        pipeline = editor.pipeline
        name = chance.choice([node.name for node in pipeline.nodes])
        match chance.randrange(4):
            case 0 if len(pipeline.nodes) > 2:
                document.edit(pipeline.remove([name]), "Delete")
            case 1:
                document.stack.undo()
            case _:
                place = (chance.randrange(0, 1100, 8), chance.randrange(-90, 90, 8))
                document.edit(pipeline.move({name: place}), "Move")
        fresh = Editor(DesignerScene(), Catalog())
        fresh.open(PipelineDocument(editor.pipeline))
        shown = {wire: item.way for wire, item in editor.scene.edges.items()}
        assert shown == {w: item.way for w, item in fresh.scene.edges.items()}


def test_that_a_wire_makes_no_way_for_a_card_in_the_hand(
    opened: tuple[Editor, PipelineDocument],
) -> None:
    """It could not be put into the wire else; it makes way when it is let go."""
    editor, document = opened
    document.edit(editor.pipeline.move({"train": (264.0, 400.0)}), "Move")
    scene = editor.scene
    assert scene.edges[PAST].way is None
    scene.nodes["train"].place(264.0, 0.0)
    scene.follow_nodes(["train"])
    assert scene.edges[PAST].way is None
    scene.settle_nodes(["train"])
    assert scene.edges[PAST].way is not None


def test_that_wires_run_as_they_like_where_there_are_very_many(
    opened: tuple[Editor, PipelineDocument], monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, document = opened
    monkeypatch.setattr("studio.gui.designer.wiring.MOST_LED", 4)
    document.edit(editor.pipeline.move({"again": (800.0, 8.0)}), "Move")
    assert all(wire.way is None for wire in editor.scene.edges.values())
    document.edit(editor.pipeline.remove(["again"]), "Delete")
    assert editor.scene.edges[PAST].way is not None
    assert _all_clear(editor.scene)


def test_that_steps_in_order_leave_room_for_wires_past_them() -> None:
    """So that none of them needs to be led around a card."""
    sizes = {"split": 64.0, "train": 64.0, "score": 64.0}
    links = [
        Link("split", 16.0, "train", 21.0),
        Link("train", 21.0, "score", 21.0),
        Link("split", 32.0, "score", 43.0),
    ]
    at = arranged([Block(key, WIDTH, high) for key, high in sizes.items()], links)
    (x, y), (far, low) = at["split"], at["score"]
    left, top = at["train"]
    ends = (x + WIDTH, y + 32.0, far, low + 43.0)
    card = (left, top, left + WIDTH, top + 64.0)
    assert wire_way.way_around(ends, lambda area: [card]) is None
