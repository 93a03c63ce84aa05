"""How the canvas finds and draws much: sheets, cards kept, one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.geometry import OPENING_ZOOM, READABLE_ZOOM
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.sheets import Box, Sheets, overlap
from studio.gui.designer.view import CanvasView
from studio.gui.theme.theme import tokens

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.theme.theme import Theme

JOIN = Component(
    name="join",
    command="",
    inputs=(Port("t1", "mltable"), Port("t2", "mltable", optional=True)),
    outputs=(Port("result", "mltable"),),
)


@dataclass(eq=False)
class Thing:
    bounds: Box


places = st.tuples(
    st.floats(-5000, 5000), st.floats(-5000, 5000), st.floats(0, 900), st.floats(0, 90)
)


def box(place: tuple[float, float, float, float]) -> Box:
    x, y, width, height = place
    return (x, y, x + width, y + height)


@given(st.lists(st.tuples(places, places), max_size=20), places)
def test_that_sheets_find_what_looking_at_everything_finds(
    moves: list[tuple[tuple[float, ...], tuple[float, ...]]], asked: tuple[float, ...]
) -> None:
    sheets: Sheets[Thing] = Sheets()
    things = []
    for start, end in moves:
        thing = Thing(box(start))  # type: ignore[arg-type]
        sheets.put(thing)
        thing.bounds = box(end)  # type: ignore[arg-type]
        sheets.put(thing)
        things.append(thing)
    area = box(asked)  # type: ignore[arg-type]
    assert set(sheets.near(area)) == {t for t in things if overlap(t.bounds, area)}
    for thing in things[::2]:
        sheets.take(thing)
    assert set(sheets.near(area)) == {
        t for t in things[1::2] if overlap(t.bounds, area)
    }


def chain(steps: int) -> Pipeline:
    nodes = []
    for n in range(steps):
        inputs = {"t1": FromStep(f"s{n - 1}", "result")} if n else {}
        at = ((n % 20) * 264.0, (n // 20) * 112.0)
        nodes.append(Node(f"id{n}", f"s{n}", JOIN, inputs, position=at))
    return Pipeline("many", tuple(nodes))


def canvas(qtbot: QtBot, steps: int) -> tuple[Editor, CanvasView]:
    editor = Editor(DesignerScene(), Catalog())
    view = CanvasView(editor)
    qtbot.addWidget(view)
    view.resize(900, 600)
    editor.open(PipelineDocument(chain(steps)))
    view.show()
    qtbot.waitExposed(view)
    return editor, view


def test_that_an_edit_touches_only_what_it_changes(qtbot: QtBot, theme: Theme) -> None:
    editor, _ = canvas(qtbot, 60)
    cards = {i: (item, item.card) for i, item in editor.scene.nodes.items()}
    revisions = {i: item.revision for i, item in editor.scene.nodes.items()}
    assert editor.document is not None
    editor.document.edit(editor.pipeline.move({"s7": (40.0, 900.0)}), "Move")
    editor.document.edit(editor.pipeline.remove(["s30"]), "Delete")
    editor.document.stack.undo()
    for node_id, item in editor.scene.nodes.items():
        if node_id in ("id30", "id31"):
            continue
        assert item is cards[node_id][0]
        assert item.card is cards[node_id][1]
        assert item.revision == revisions[node_id]
    assert len(editor.scene.edges) == 59


def test_that_a_wire_is_found_where_its_card_was_moved_to(
    qtbot: QtBot, theme: Theme
) -> None:
    editor, _ = canvas(qtbot, 5)
    scene = editor.scene
    wire = scene.edges["id0", "result", "id1", "t1"]
    before = wire.middle
    assert scene.edge_at(before) is wire
    scene.nodes["id0"].place(0.0, -700.0)
    scene.follow_nodes(["id0"])
    assert scene.edge_at(before) is None
    assert scene.edge_at(wire.middle) is wire
    start, end = wire.ends
    assert start == scene.nodes["id0"].anchor("out", "result")
    assert end == scene.nodes["id1"].anchor("in", "t1")


def test_that_cards_are_drawn_at_every_zoom(qtbot: QtBot, theme: Theme) -> None:
    editor, view = canvas(qtbot, 200)
    ground = QColor(tokens().canvas)
    for zoom in (2.0, 1.0, 0.5, 0.3, 0.15, 0.05):
        view.zoom_by(zoom / view.zoom)
        view.centerOn(editor.scene.nodes["id90"].box.center())
        picture = view.grab().toImage()
        at = editor.scene.nodes["id90"].box.topLeft() + QPointF(40, 32)
        assert picture.pixelColor(view.mapFromScene(at)) != ground, zoom


def test_that_a_card_is_drawn_sharply_after_the_zoom_has_settled(
    qtbot: QtBot, theme: Theme
) -> None:
    editor, view = canvas(qtbot, 3)
    view.centerOn(editor.scene.content_rect().center())
    settled = lambda: not view.painting.unfinished  # noqa: E731
    view.grab()
    qtbot.waitUntil(settled)
    view.zoom_by(1.3)
    view.grab()
    assert view.painting.unfinished  # the pictures of the zoom before, scaled
    qtbot.waitUntil(settled)


def test_that_fifty_times_the_steps_still_fit_into_the_view(
    qtbot: QtBot, theme: Theme
) -> None:
    editor, view = canvas(qtbot, 1000)
    view.resize(1100, 700)
    view.fit()
    assert view.seen().contains(editor.scene.content_rect())


def test_that_opening_shows_all_steps_where_they_can_be_read(
    qtbot: QtBot, theme: Theme
) -> None:
    editor, view = canvas(qtbot, 6)
    view.fit_opening()
    assert READABLE_ZOOM <= view.zoom < OPENING_ZOOM
    assert view.seen().contains(editor.scene.content_rect())


def test_that_opening_shows_the_beginning_of_more_than_can_be_read(
    qtbot: QtBot, theme: Theme
) -> None:
    editor, view = canvas(qtbot, 12)
    view.fit_opening()
    assert view.zoom == OPENING_ZOOM
    assert view.seen().contains(editor.scene.nodes["id0"].box)
    assert not view.seen().contains(editor.scene.nodes["id11"].box)
