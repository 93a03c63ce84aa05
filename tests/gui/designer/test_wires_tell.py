"""Wires tell what is out of date, and how many rows went through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QImage

from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from studio.gui.designer.catalog import Catalog
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.wire_marks import label_area
from studio.gui.designer.row_counts import row_words, rows_by_output
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.situation import Situation
from studio.gui.designer.view import CanvasView
from studio.gui.theme.theme import tokens

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.gui.theme.theme import Theme

SPLIT = Component(
    name="split",
    command="",
    inputs=(Port("data", "mltable", optional=True),),
    outputs=(Port("train", "mltable"), Port("test", "mltable")),
)
FILTER = replace(SPLIT, name="filter", outputs=(Port("result", "mltable"),))


def ran(node_id: str, **metrics: float) -> StepRun:
    return StepRun(
        name=node_id, node_id=node_id, component="", state=StepState.SUCCEEDED,
        metrics=metrics,
    )  # fmt: skip


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> Iterator[Editor]:
    """Three filters in a row, far apart."""
    made = Editor(DesignerScene(), Catalog())
    view = CanvasView(made)
    qtbot.addWidget(view)
    view.resize(1300, 400)
    nodes = tuple(
        Node(
            f"n{n}",
            f"s{n}",
            FILTER,
            {"data": FromStep(f"s{n - 1}", "result")} if n else {},
            position=(n * 400.0, 96.0),
        )
        for n in range(3)
    )
    made.open(PipelineDocument(Pipeline("p", nodes)))
    view.show()
    qtbot.waitExposed(view)
    view.reset_zoom()
    view.centerOn(made.scene.nodes["n1"].box.center())
    yield made


def picture(editor: Editor) -> QImage:
    (view,) = editor.scene.views()
    return view.grab().toImage()


def drawn(editor: Editor, number: int, color: str) -> int:
    """How many pixels along a wire look like a colour of the theme."""
    (view,) = editor.scene.views()
    wire = editor.scene.edges[f"n{number}", "result", f"n{number + 1}", "data"]
    shown, wanted = picture(editor), QColor(tokens().color(color))
    start, end = wire.ends
    points = (start + (end - start) * (n / 200) for n in range(21, 180))
    pixels = (shown.pixelColor(view.mapFromScene(at)) for at in points)
    return sum(abs(p.hue() - wanted.hue()) < 12 and p.saturation() > 60 for p in pixels)


def test_that_wires_behind_a_stale_step_are_dashed_and_say_why(editor: Editor) -> None:
    steps = {f"n{n}": ran(f"n{n}") for n in range(3)}
    editor.show_situation(Situation(steps))
    assert drawn(editor, 1, "warn") == 0
    stale: Mapping[str, str] = {"n1": "rows changed: 1 -> 2"}
    editor.show_situation(Situation(steps, stale=stale))
    flows = [item.flow for item in editor.scene.edges.values()]
    assert flows == ["done", "stale"]
    assert drawn(editor, 0, "warn") == 0
    dashes = drawn(editor, 1, "warn")
    assert 40 < dashes < 140  # of 159: some of it is gaps
    before, behind = editor.scene.edges.values()
    told = editor.scene.tip_of(behind).splitlines()
    assert told[-1] == "Out of date: S1 runs again, rows changed: 1 → 2"
    assert "Out of date" not in editor.scene.tip_of(before)
    editor.show_situation(Situation(steps))
    assert drawn(editor, 1, "warn") == 0


def test_that_a_wire_tells_its_rows_where_they_can_be_read(editor: Editor) -> None:
    (view,) = editor.scene.views()
    assert isinstance(view, CanvasView)
    wire = editor.scene.edges["n0", "result", "n1", "data"]
    bare = picture(editor)
    editor.show_situation(Situation({"n0": ran("n0", rows=344.0)}))
    assert wire.label == "344 rows"
    area = view.mapFromScene(label_area(wire)).boundingRect()
    assert picture(editor).copy(area) != bare.copy(area)
    view.zoom_by(0.7)
    far = picture(editor)
    wire.set_label("")
    assert picture(editor) == far


def test_that_rows_are_told_of_each_output() -> None:
    both = ran("n", train_rows=256.0, test_rows=86.0)
    assert rows_by_output(SPLIT, both) == (("train", "256 rows"), ("test", "86 rows"))
    assert rows_by_output(FILTER, ran("n", rows=1.0)) == (("result", "1 row"),)
    assert rows_by_output(SPLIT, ran("n", rows=7.0)) == ()
    assert rows_by_output(FILTER, ran("n", rows=float("nan"))) == ()
    looks = (Port("table", "mltable"), Port("evaluation", "uri_folder"))
    assert rows_by_output(replace(SPLIT, outputs=looks), ran("n", rows=7.0)) == ()
    main = (Port("table", "mltable"), Port("rest", "mltable"))
    found = rows_by_output(replace(SPLIT, outputs=main), ran("n", rows=7.0))
    assert found == (("table", "7 rows"),)
    whole = replace(FILTER, pipeline=Pipeline("inner"))
    assert rows_by_output(whole, ran("n", rows=7.0)) == ()
    failed = replace(ran("n", rows=7.0), state=StepState.FAILED)
    assert rows_by_output(FILTER, failed) == ()


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 rows"),
        (9_800, "9,800 rows"),
        (12_345, "12.3k rows"),
        (1_000_000, "1M rows"),
        (4_500_000_000, "4.5B rows"),
    ],
)
def test_that_many_rows_are_told_shortly(count: float, words: str) -> None:
    assert row_words(count) == words
