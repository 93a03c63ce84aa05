"""Wires that follow their cards lie as wires that are drawn there first."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from studio.domain.component import Port
from studio.domain.pipeline import Pipeline
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.scene import DesignerScene
from tests.gui.designer.test_canvas_pass import JOIN, chain

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.theme.theme import Theme


def _opened(pipeline: Pipeline) -> tuple[Editor, PipelineDocument]:
    editor, document = Editor(DesignerScene(), Catalog()), PipelineDocument(pipeline)
    editor.open(document)
    return editor, document


def _check_as_drawn_first(scene: DesignerScene) -> None:
    fresh, _ = _opened(scene.pipeline)
    assert scene.edges.keys() == fresh.scene.edges.keys()
    for wire, item in scene.edges.items():
        other = fresh.scene.edges[wire]
        assert item.bounds == pytest.approx(other.bounds)
        assert item.path == other.path
        assert item.middle == other.middle
        assert item in set(scene.wires.near(item.bounds))


def _shifted(pipeline: Pipeline, *, apart: bool) -> Pipeline:
    """All steps elsewhere: as a whole, or each `apart` from the others."""
    chance, places = random.Random(7), {}
    for node in pipeline.nodes:
        dx, dy = (chance.randint(-900, 900), 40) if apart else (1544.0, 8.0)
        places[node.name] = (node.position[0] + dx, node.position[1] + dy)
    return pipeline.move(places)


@pytest.mark.parametrize("apart", [False, True])
def test_that_wires_lie_where_all_moved_steps_are(
    qtbot: QtBot, theme: Theme, apart: bool
) -> None:
    editor, document = _opened(chain(45))
    scene = editor.scene
    _check_as_drawn_first(scene)  # which makes the curves that are carried then
    document.edit(_shifted(editor.pipeline, apart=apart), "Move")
    _check_as_drawn_first(scene)
    document.stack.undo()
    _check_as_drawn_first(scene)


def test_that_wires_end_at_ports_that_stand_elsewhere_now(
    qtbot: QtBot, theme: Theme
) -> None:
    editor, document = _opened(chain(3))
    middle = editor.pipeline.node("s1")
    more = tuple(Port(name, "mltable", optional=True) for name in ("a", "b", "c"))
    grown = replace(JOIN, inputs=(*more, *JOIN.inputs), outputs=(*more, *JOIN.outputs))
    document.edit(editor.pipeline.update(replace(middle, component=grown)), "Grow")
    for wire in (("id0", "result", "id1", "t1"), ("id1", "result", "id2", "t1")):
        source, output, target, name = wire
        start, end = editor.scene.edges[wire].ends
        assert start == editor.scene.nodes[source].anchor("out", output)
        assert end == editor.scene.nodes[target].anchor("in", name)
    document.stack.undo()
    _check_as_drawn_first(editor.scene)
