"""The canvas with many steps: opening, frames and undo, beside other node editors.

python -m tests.bench.canvas [STEPS ...]
"""

from __future__ import annotations

import json
import os
import site
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from studio.domain.component import Component, Port
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepRun, StepState
from tests.bench import other_editors
from tests.bench.frames import (
    FRAMES,
    VIEW,
    frames,
    milliseconds,
    p95,
    pan,
    there_and_back,
)
from tests.bench.tables import Table

if TYPE_CHECKING:
    from studio.gui.designer.document import PipelineDocument
    from studio.gui.designer.editor import Editor
    from studio.gui.designer.view import CanvasView

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

STEPS, ZOOMS = (1_000, 5_000), (1.0, 0.75, 0.5, 0.36, 0.25, 0.2, 0.1)
LIMITS = {1_000: 8.0, 5_000: 16.0}
COLUMNS, ACROSS, DOWN = other_editors.COLUMNS, 264.0, 112.0
CAP_SECONDS, INSTALL_SECONDS = 30, 240
PACKAGES = ("NodeGraphQt", "OdenGraphQt", "qtpynodeeditor")
OWN_TIME = (
    "p95 of frames (a change and all that is done until it is drawn), in ms of the "
    "window's thread alone"
)


def tables() -> list[Table]:
    """Frames and edits for pipelines of `STEPS` steps, and others' frames."""
    return [canvas_table(steps) for steps in STEPS] + [others_table()]


def canvas_table(steps: int) -> Table:
    pipeline = grid(steps)
    opened, editor, view = _open(pipeline)
    limit = LIMITS.get(steps, LIMITS[5_000])
    table = Table(
        f"Canvas: {steps:,} steps, {len(pipeline.edges):,} wires",
        ("zoom", "cards in view", "panning", "zooming", "dragging a step"),
        notes=(
            f"{OWN_TIME}, {FRAMES} of {VIEW[0]} × {VIEW[1]} px; wanted is ≤ {limit:g}. "
            f"Opened and drawn in {opened:.0f} ms. {_edits(editor, view)} "
            f"A yardstick of this machine at that time: {_yardstick():.1f} ms for a "
            "million additions."
        ),
    )
    for zoom in (*ZOOMS, None):
        _zoom_to(editor, view, zoom)
        seen = view.seen()
        cards = sum(seen.intersects(i.box) for i in editor.scene.nodes.values())
        told = f"all ({view.zoom:.2f})" if zoom is None else zoom
        table.add(told, cards, *(f"{ms:.1f}" for ms in _frames(editor, view)))
    view.deleteLater()
    return table


def others_table() -> Table:
    """The same graph in the node editors of PyPI that run with PySide6."""
    table = Table(
        "Node editors: everything in view",
        ("editor", *(f"{n:,}: open / pan / zoom / drag" for n in STEPS)),
        notes=(
            f"{OWN_TIME}. Each in a process of its own, {CAP_SECONDS} s at most. "
            "Editors on PyQt can't be loaded beside PySide6."
        ),
    )
    table.add("MLOps Studio", *(_told(_own(steps)) for steps in STEPS))
    with tempfile.TemporaryDirectory() as folder:
        python = _environment(Path(folder))
        for name in other_editors.EDITORS:
            table.add(name, *(_told(_other(python, name, steps)) for steps in STEPS))
    return table


def _told(figures: dict[str, float] | str) -> str:
    if isinstance(figures, str):
        return figures
    return " / ".join(f"{figures[key]:,.0f}" for key in ("open", "pan", "zoom", "drag"))


def _own(steps: int) -> dict[str, float]:
    opened, editor, view = _open(grid(steps))
    _zoom_to(editor, view, None)
    ways = zip(("pan", "zoom", "drag"), _frames(editor, view), strict=True)
    return {"open": opened, **dict(ways)}


def _environment(folder: Path) -> str:
    """A private environment with the other editors, on top of this one."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # The same PySide6 as ours: on another one the figures could not be compared.
    wanted = [*PACKAGES, f"PySide6=={version('PySide6-Essentials')}"]
    try:
        subprocess.run([*pip, *wanted], timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        print("The other editors could not be installed in time", file=sys.stderr)
    # Only now: else half of PySide6 would count as installed, and hide the other half.
    place = next(folder.glob("lib/python*/site-packages"))
    (place / "ours.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return str(python)


def _other(python: str, name: str, steps: int) -> dict[str, float] | str:
    command = [python, other_editors.__file__, name, str(steps)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=CAP_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return "gave up"
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        print(f"{name}: {done.stderr[-400:]}", file=sys.stderr)
        return "failed"
    found: dict[str, float] = json.loads(lines[-1])
    return found


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


def _open(pipeline: Pipeline) -> tuple[float, Editor, CanvasView]:
    """Milliseconds until it is drawn, after a small one has loaded what all need."""
    from PySide6.QtWidgets import QApplication

    from studio.gui.designer.situation import Situation
    from studio.gui.garbage import Garbage
    from studio.gui.theme.theme import Theme

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    if app.findChild(Garbage) is None:
        Garbage(app)  # cycles are collected as the window does it
    Theme.install(app, "light", contrast=False, text_ratio=1.0)
    _, first = _canvas(grid(3))
    first.grab()
    found: list[tuple[Editor, CanvasView]] = []

    def draw() -> None:
        found.append(_canvas(pipeline))
        found[0][1].fit_opening()
        found[0][1].grab()

    took = milliseconds(draw)
    editor, view = found[0]
    editor.show_situation(Situation(_states(pipeline)))
    return took, editor, view


def _zoom_to(editor: Editor, view: CanvasView, zoom: float | None) -> None:
    from PySide6.QtWidgets import QApplication

    if zoom is None:
        view.fit()
    else:
        view.zoom_by(zoom / view.zoom)
        view.centerOn(editor.scene.content_rect().center())
    view.grab()
    while view.painting.unfinished:
        QApplication.processEvents()


def _frames(editor: Editor, view: CanvasView) -> list[float]:
    """After a small scroll, a small zoom, and the hand's own way to move a step."""
    from PySide6.QtCore import QPointF, Qt

    from studio.gui.designer.gestures.card import card_gesture

    scene, point = editor.scene, view.middle()
    item = min(
        scene.nodes.values(), key=lambda i: (i.box.center() - point).manhattanLength()
    )

    start = item.box.center()
    keys = Qt.KeyboardModifier.NoModifier
    moving = card_gesture(editor, item, start, keys, view.zoom, view.hint.say)

    def drag(number: int) -> None:
        moving.move(start + QPointF(40.0 + 8 * there_and_back(number), 0), keys)

    ways: list[Callable[[int], object]] = [
        pan(view),
        lambda n: view.zoom_by(1.01 ** there_and_back(n)),
        drag,
    ]
    found = [frames(view, way) for way in ways]
    moving.cancel()
    scene.select([])
    return found


def _yardstick() -> float:
    """Milliseconds that plain Python takes: a shared machine has slow moments."""
    return min(milliseconds(lambda: sum(range(1_000_000))) for _ in range(5))


def _edits(editor: Editor, view: CanvasView) -> str:
    """Edits of several kinds undone and done again: the scene and its next frame."""
    document = editor.document
    assert document is not None
    several = [f"step_{n}" for n in range(100, 120)]
    titled = replace(document.pipeline.node("step_9"), display_name="Another title")
    document.edit(document.pipeline.update(titled), "Rename")
    document.edit(document.pipeline.move({"step_7": (40.0, 900.0)}), "Move")
    document.edit(document.pipeline.remove(["step_30"]), "Delete one")
    document.edit(document.pipeline.remove(several), "Delete 20")
    view.grab()
    times = []
    for _ in range(5):
        for way in (document.stack.undo, document.stack.redo):
            times += [milliseconds(lambda w=way: (w(), view.grab())) for _ in range(4)]
    for _ in range(4):
        document.stack.undo()
    pipeline = document.pipeline
    names = [node.name for node in pipeline.nodes]
    shifted = {n.name: (n.position[0], n.position[1] + 8) for n in pipeline.nodes}
    mixed = dict(zip(names, (shifted[n] for n in sorted(names)), strict=True))
    moved, mingled, deleted = (
        _there_and_back(document, view, after)
        for after in (pipeline.move(shifted), pipeline.move(mixed), Pipeline("many"))
    )
    return (
        f"Undo and redo of an edit, with its frame: {p95(times):.1f} ms; of one that "
        f"moved all steps as a whole {moved:.1f} ms, that put them in another order "
        f"{mingled:.1f} ms, that deleted them {deleted:.1f} ms."
    )


def _there_and_back(
    document: PipelineDocument, view: CanvasView, after: Pipeline
) -> float:
    """p95 of undo and redo of one edit, which is undone at last."""
    document.edit(after, "Change all")
    view.grab()
    times = [
        milliseconds(lambda w=way: (w(), view.grab()))
        for way in (document.stack.undo, document.stack.redo) * 30
    ]
    document.stack.undo()
    return p95(times)


def _canvas(pipeline: Pipeline) -> tuple[Editor, CanvasView]:
    from studio.gui.designer.catalog import Catalog
    from studio.gui.designer.document import PipelineDocument
    from studio.gui.designer.editor import Editor
    from studio.gui.designer.minimap import Minimap
    from studio.gui.designer.scene import DesignerScene
    from studio.gui.designer.view import CanvasView

    editor = Editor(DesignerScene(), Catalog())
    view = CanvasView(editor)
    view.resize(*VIEW)
    Minimap(view)
    editor.open(PipelineDocument(pipeline))
    view.show()
    return editor, view


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or STEPS):
        canvas_table(number).show()
    others_table().show()
