"""The canvas with many steps: what one full repaint costs.

python -m tests.bench.canvas [STEPS ...]
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from tests.bench.tables import Table

if TYPE_CHECKING:
    from studio.gui.designer.editor import Editor
    from studio.gui.designer.view import CanvasView

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STEPS, ZOOMS, FRAMES = (100, 500), (1.0, 0.5, 0.2), 15
COLUMNS, ACROSS, DOWN = 25, 264.0, 112.0
VIEW = (1100, 700)


def tables() -> list[Table]:
    """Milliseconds of a frame for pipelines of `STEPS` steps."""
    return [canvas_table(steps) for steps in STEPS]


def canvas_table(steps: int) -> Table:
    from PySide6.QtWidgets import QApplication

    from studio.gui.designer.editor import Situation
    from studio.gui.theme.theme import Theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.install(app, "light", contrast=False, text_ratio=1.0)
    pipeline = grid(steps)
    table = Table(
        f"Canvas: {steps} steps, {len(pipeline.edges)} wires",
        ("zoom", "cards in view", "frame", "panning", "zooming"),
        notes=f"Median of {FRAMES} full repaints of {VIEW[0]} × {VIEW[1]} px, in ms.",
    )
    editor, view = _canvas(pipeline)
    editor.show_situation(Situation(_states(pipeline)))
    for zoom in ZOOMS:
        view.zoom_by(zoom / view.zoom)
        view.centerOn(editor.scene.content_rect().center())
        seen = view.seen()
        cards = sum(seen.intersects(i.box) for i in editor.scene.nodes.values())
        table.add(zoom, cards, *_frames(view))
    view.deleteLater()
    return table


def grid(steps: int) -> Pipeline:
    """Steps in rows, each fed by the one before it and the one above."""
    component = Component(
        name="join_tables",
        command="",
        inputs=(Port("t1", "mltable"), Port("t2", "mltable", optional=True)),
        outputs=(Port("result", "mltable"),),
        tags={"icon": "table"},
    )
    nodes = []
    for number in range(steps):
        feeds = {"t1": number - 1, "t2": number - COLUMNS}
        row, column = divmod(number, COLUMNS)
        node = Node(f"n{number}", f"step_{number}", component, {})
        inputs = {
            name: FromStep(f"step_{before}", "result")
            for name, before in feeds.items()
            if before >= 0
        }
        place = (column * ACROSS, row * DOWN)
        nodes.append(replace(node, inputs=inputs, position=place))
    return Pipeline("many", tuple(nodes))


def _states(pipeline: Pipeline) -> dict[str, StepRun]:
    """What a run in its middle knows of the steps."""
    states = [StepState.SUCCEEDED] * 8 + [StepState.FAILED, StepState.PENDING]
    return {
        node.id: StepRun(node.name, node.id, "join_tables", states[number % 10])
        for number, node in enumerate(pipeline.nodes)
    }


def _frames(view: CanvasView) -> list[str]:
    """Repaints of an unchanged view, after a small scroll, after a small zoom."""
    bar = view.horizontalScrollBar()
    ways: list[Callable[[int], object]] = [
        lambda _: None,
        lambda n: bar.setValue(bar.value() + 7 * (1 if n % 2 else -1)),
        lambda n: view.zoom_by(1.01 if n % 2 else 1 / 1.01),
    ]
    return [
        f"{median(_frame(view, way, n) for n in range(FRAMES)):.1f}" for way in ways
    ]


def _frame(view: CanvasView, change: Callable[[int], object], number: int) -> float:
    from PySide6.QtCore import QElapsedTimer

    change(number)
    clock = QElapsedTimer()
    clock.start()
    view.grab()
    return clock.nsecsElapsed() / 1e6


def _canvas(pipeline: Pipeline) -> tuple[Editor, CanvasView]:
    from studio.gui.designer.catalog import Catalog
    from studio.gui.designer.document import PipelineDocument
    from studio.gui.designer.editor import Editor
    from studio.gui.designer.scene import DesignerScene
    from studio.gui.designer.view import CanvasView

    editor = Editor(DesignerScene(), Catalog())
    view = CanvasView(editor)
    view.resize(*VIEW)
    editor.open(PipelineDocument(pipeline))
    view.show()
    return editor, view


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or STEPS):
        canvas_table(number).show()
