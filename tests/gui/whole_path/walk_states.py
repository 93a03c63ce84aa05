"""The designer's states as pictures: in both themes, and in a small window."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from walk_canvas import Canvas
from walk_eyes import Eyes, _shown, cut_texts

from studio.domain.annotations import COLOURS, Annotations, Frame
from studio.domain.node import Binding, FromPath, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.compare.panel import ComparePanel

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.gui.main_window import MainWindow
    from studio.gui.theme.theme import Mode

STEPS = 7
DONE = {"Succeeded", "Reused"}
SMALL, LARGE = (1100, 700), (1440, 900)
MANY, COLUMNS, ACROSS, DOWN = 1_000, 40, 264.0, 112.0
FIRST = ("import_data", "clean_missing", "split")
FEEDS = (
    ("import_data", ()),
    ("remove_duplicates", ("data",)),
    ("concatenate_rows", ("t1", "t2")),
)
DATA = FromPath("../../data/penguins.csv", "uri_file")
MEANINGS = ("data", "prepare", "train", "evaluate")


class States:
    """Goes from state to state by the window's own verbs, at any scale of the screen.

    At 100 % all states are pictured in both themes, and small ones in the light; at
    another scale they are pictured once, in the dark.
    """

    def __init__(self, eyes: Eyes, pictures: Path, report: dict[str, Any]) -> None:
        self._eyes, self._canvas = eyes, Canvas(eyes)
        self._window: MainWindow = eyes.window  # type: ignore[assignment]
        self._pictures, self._report = pictures, report
        self._scaled = os.environ.get("QT_SCALE_FACTOR", "1") != "1"

    def states(self) -> None:
        """Every state, one after the other."""
        self._size(*LARGE)
        self._canvas.until_all({"Not run"}, STEPS)
        self._take("running", self._run)
        for name, reach in (
            ("plan", self._plan),
            ("table", self._see_data),
            ("difference", self._compare),
            ("sub_pipeline", self._look_inside),
            ("many", self._open_many),
            ("empty", self._begin_anew),
        ):
            reach()
            self._take(name)

    # -- the states ----------------------------------------------------------------

    def _run(self) -> None:
        """All anew for each picture: none lasts as long as three of them take."""
        self._eyes.until("an end", lambda: not self._page.bench.follower.active)
        self._do("run.all_anew")
        self._eyes.until("a run", lambda: self._page.bench.follower.active)
        self._canvas.until_some("Succeeded", "Running")

    def _plan(self) -> None:
        self._canvas.until_all(DONE, STEPS)
        self._select("train")
        self._edit("n_estimators", 40)
        self._canvas.until_some("Out of date")
        self._do("run.plan")
        self._eyes.cell("Planned steps", "n_estimators")

    def _see_data(self) -> None:
        self._do("edit.undo")
        self._select("split")
        bottom = self._page.bench.bottom
        self._eyes.ask(lambda: bottom.turn_to(bottom.output))
        self._eyes.cell("Rows", "Gentoo")

    def _compare(self) -> None:
        self._do("pipeline.clone")
        self._eyes.text("Copy of")
        self._canvas.until_count(STEPS)
        self._edit("n_estimators", 40)
        self._select("clean_missing")
        self._do("edit.delete")
        self._do("pipeline.compare_origin")
        seen = lambda: next(_shown(ComparePanel), None)  # noqa: E731
        self._eyes.until("a difference", lambda: getattr(seen(), "compared", None))

    def _look_inside(self) -> None:
        from studio.services.pipelines.gathering import gather

        self._open("penguins", STEPS)
        pipelines, whole = self._page.studio.pipelines, self._page.editor.pipeline
        made = gather(pipelines, whole, FIRST, "Prepare the data").made
        self._eyes.ask(lambda: self._page.document.edit(made.outer, "Make a pipeline"))
        self._canvas.until_count(STEPS - len(FIRST) + 1)
        follower = self._page.bench.follower
        before = follower.run.id
        self._do("run.start")
        ended = lambda: follower.run.id != before and not follower.active  # noqa: E731
        self._eyes.until("the end of a new run", ended)
        self._canvas.until_all(DONE, STEPS - len(FIRST) + 1)
        self._select(made.node.name)
        self._do("compose.inside")
        self._canvas.until_all(DONE, len(FIRST))

    def _open_many(self) -> None:
        self._page.studio.pipelines.save(many())
        self._open("many", MANY)
        self._select("step_83")
        self._do("run.to_here")
        self._canvas.until_some("Succeeded")
        self._eyes.until("an end", lambda: not self._page.bench.follower.active)
        self._eyes.ask(self._look_at_the_beginning)

    def _look_at_the_beginning(self) -> None:
        """Many cards, with their words."""
        view = self._page.view
        self._page.bench.scene.clearSelection()
        view.zoom_by(0.62 / view.zoom)
        seen = view.seen()
        view.centerOn(seen.width() / 2 - 60, seen.height() / 2 - 110)
        view.moved.emit()

    def _begin_anew(self) -> None:
        self._do("pipeline.new")
        self._eyes.until(
            "an empty canvas", lambda: not self._page.editor.pipeline.nodes
        )

    # -- pictures ------------------------------------------------------------------

    def _take(self, state: str, again: Callable[[], None] | None = None) -> None:
        name = f"state_{state}"
        if self._scaled:
            self._picture(f"{name}_200_dark", "dark", again)
            return
        self._picture(f"{name}_light", "light", again)
        self._picture(f"{name}_dark", "dark", again)
        self._size(*SMALL)
        self._picture(f"{name}_small", "light", again)
        self._size(*LARGE)

    def _picture(self, name: str, mode: Mode, again: Callable[[], None] | None) -> None:
        self._eyes.ask(lambda: self._window.appearance.set_mode(mode))
        if again is not None:
            again()
        self._eyes.ask(self._hide_toasts)
        file = self._pictures / f"{name}.png"
        self._eyes.picture(file, settled=again is None)
        self._report["pictures"].append(file.name)
        cut = [f"{name}: {text}" for text in self._eyes.ask(lambda: [*cut_texts()])]
        self._report["facts"].setdefault("cut", []).extend(cut)

    def _hide_toasts(self) -> None:
        for toast in self._window.toasts.shown:
            toast.leave()

    # -- small verbs ---------------------------------------------------------------

    @property
    def _page(self) -> DesignerPage:
        return self._window.page  # type: ignore[return-value]

    def _do(self, verb: str) -> None:
        """As by its key or its button, once it can be done."""
        action = self._window.registry.get(verb)

        def done() -> bool:
            self._window.registry.refresh()
            if ready := action.isEnabled():
                action.trigger()
            return ready

        self._eyes.until(verb, done)

    def _select(self, step: str) -> None:
        self._eyes.ask(lambda: self._page.bench.go_to_step(step))

    def _edit(self, name: str, value: int) -> None:
        """Another value of one of the pipeline's inputs: one step of undo."""

        def edit() -> None:
            pipeline = self._page.editor.pipeline
            bound = replace(pipeline.inputs[name], value=value)
            after = replace(pipeline, inputs={**pipeline.inputs, name: bound})
            self._page.document.edit(after, f"Change {name}")  # type: ignore[union-attr]

        self._eyes.ask(edit)

    def _open(self, name: str, count: int) -> None:
        self._eyes.ask(lambda: self._page.open(name))
        look = lambda: self._page.editor.pipeline.name == name  # noqa: E731
        self._eyes.until(f"pipeline {name}", look)
        self._canvas.until_count(count)

    def _size(self, width: int, height: int) -> None:
        self._eyes.ask(lambda: self._window.resize(width, height))
        self._eyes.until_size(width, height)


def many() -> Pipeline:
    """Rows of steps, each fed by the one before it and the one above it; framed."""
    nodes, frames = [], []
    for number in range(MANY):
        row, column = divmod(number, COLUMNS)
        before = [number - 1] * bool(column) + [number - COLUMNS] * bool(row)
        component, ports = FEEDS[len(before)]
        fed: dict[str, Binding] = {
            port: FromStep(f"step_{source}", "table")
            for port, source in zip(ports, before, strict=True)
        }
        place, reference = (ACROSS * column, DOWN * row), f"azureml:{component}@latest"
        made = Node(f"n{number}", f"step_{number}", reference, fed, position=place)
        nodes.append(made if before else replace(made, inputs={"file": DATA}))
    for number, colour in enumerate(MEANINGS):
        first = number * len(MEANINGS) + number
        frames.append(_frame(first, colour))
    return Pipeline(
        "many",
        tuple(nodes),
        display_name="A thousand steps",
        annotations=Annotations(tuple(frames)),
    )


def _frame(first: int, colour: str) -> Frame:
    """Around three columns of five rows."""
    title = COLOURS[colour]
    x, y = ACROSS * first - 24, -56.0
    size = (3 * ACROSS - 8, 5 * DOWN + 48)
    own = tuple(f"n{row * COLUMNS + first + n}" for row in range(5) for n in range(3))
    return Frame(f"frame_{first}", title, colour, x, y, *size, own)
