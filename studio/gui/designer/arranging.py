"""Putting steps in order: laid out from left to right, aligned, spread evenly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.alignment import Box, Line, Way, aligned, distributed
from studio.domain.arrangement import Block, Link, Place, moved_to
from studio.domain.framed_arrangement import arranged_in_frames
from studio.domain.pipeline import Pipeline
from studio.gui.actions import Action
from studio.gui.designer.geometry import WIDTH
from studio.gui.designer.gliding import Gliding
from studio.gui.designer.places import refitted

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

_LINES: tuple[tuple[Line, str, str, str], ...] = (
    ("left", "Align left edges", "align-left", "Alt+Shift+L"),
    ("centre", "Align centres", "align-center-horizontal", "Alt+Shift+C"),
    ("right", "Align right edges", "align-right", "Alt+Shift+R"),
    ("top", "Align top edges", "align-top", "Alt+Shift+T"),
    ("middle", "Align middles", "align-center-vertical", "Alt+Shift+M"),
    ("bottom", "Align bottom edges", "align-bottom", "Alt+Shift+B"),
)
_WAYS: tuple[tuple[Way, str, str, str], ...] = (
    ("across", "Spread evenly from left to right", "columns", "Alt+Shift+H"),
    ("down", "Spread evenly from top to bottom", "rows", "Alt+Shift+V"),
)


class Arranging(QObject):
    """A feature of the designer; each verb is one step of undo."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._editor = page, page.editor
        self._gliding = Gliding(page.editor, page.view.viewport(), self)

    def verbs(self) -> Sequence[Action]:
        page = self._page
        lines = [
            Action(f"arrange.{line}", text, icon, keys, "Edit",
                   partial(self.align, line), partial(self._chosen, 2), menu=False)
            for line, text, icon, keys in _LINES
        ]  # fmt: skip
        ways = [
            Action(f"arrange.{way}", text, icon, keys, "Edit",
                   partial(self.distribute, way), partial(self._chosen, 3), menu=False)
            for way, text, icon, keys in _WAYS
        ]  # fmt: skip
        return [
            Action("arrange.steps", "Arrange steps", "tree-structure", "Shift+A",
                   "Edit", self.arrange, page.is_open),
            *lines,
            *ways,
            Action("canvas.fit_selection", "Zoom to the selected steps",
                   "crosshair", ".", "View", page.view.fit,
                   page.has_selection),
            Action("canvas.fit_all", "Zoom to all steps", "frame-corners", "Shift+F",
                   "View", self._fit_all, page.is_open),
        ]  # fmt: skip

    def canvas_verbs(self) -> Sequence[str]:
        return ("arrange.steps",)

    def arrange(self) -> None:
        """Lay out the selected steps, or all of them if less than two are selected.

        The top left corner stays; frames hold their steps and no others, and notes
        stay unless they are in such a frame. What is edited meanwhile is laid out, too.
        """
        editor, pipeline = self._editor, self._editor.pipeline
        chosen = editor.scene.selected_ids()
        ids = chosen if len(chosen) > 1 else list(pipeline.by_id)
        if not ids:
            return
        boxes = self._boxes(ids)
        corner = (
            min(box.left for box in boxes.values()),
            min(box.top for box in boxes.values()),
        )
        blocks = [Block(i, WIDTH, box.height) for i, box in boxes.items()]
        links = self._links(set(ids))

        def done(places: Mapping[str, Place]) -> None:
            if editor.pipeline is not pipeline:
                if editor.pipeline.name == pipeline.name:
                    self.arrange()
                return
            self._move(moved_to(places, corner), "Arrange steps")

        whole = pipeline.annotations.around_only(ids)
        things = replace(pipeline.annotations, frames=whole.frames)
        work = partial(arranged_in_frames, blocks, links, things)
        self._page.tasks.run(work, done=done, owner=self)

    def align(self, line: Line) -> None:
        """Bring one line of all selected cards into the same place."""
        boxes = self._boxes(self._editor.scene.selected_ids())
        words = next(text for each, text, _, _ in _LINES if each == line)
        self._move(aligned(boxes, line), words)

    def distribute(self, way: Way) -> None:
        """Equal gaps between the selected cards."""
        boxes = self._boxes(self._editor.scene.selected_ids())
        self._move(distributed(boxes, way), "Spread evenly")

    def _move(self, places: Mapping[str, Place], text: str) -> None:
        pipeline: Pipeline = self._editor.pipeline
        known = pipeline.by_id
        names = {known[i].name: at for i, at in places.items() if i in known}
        after = pipeline.move(names)
        after = refitted(after, self._editor.scene, places, notes=places)
        self._gliding.edit(after, text)

    def _boxes(self, ids: Sequence[str]) -> dict[str, Box]:
        """Where the cards belong, also while they glide there."""
        items, known = self._editor.scene.nodes, self._editor.pipeline.by_id
        return {i: Box(*known[i].position, WIDTH, items[i].height) for i in ids}

    def _links(self, ids: set[str]) -> list[Link]:
        """The wires among them, by the heights of their ports."""
        scene = self._editor.scene
        return [
            Link(
                source,
                scene.nodes[source].places("out")[output],
                target,
                scene.nodes[target].places("in")[name],
            )
            for source, output, target, name in scene.edges
            if source in ids and target in ids
        ]

    def _chosen(self, least: int) -> bool:
        return len(self._editor.selected()) >= least

    def _fit_all(self) -> None:
        self._page.view.fit(everything=True)
