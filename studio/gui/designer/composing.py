"""Pipelines inside pipelines, and steps switched off: the verbs and the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.component import Component
from studio.domain.composition import proposed_bypass
from studio.domain.errors import InvalidError
from studio.domain.grouping import unpacked
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.gui.actions import Action
from studio.gui.designer.gathering import Place
from studio.gui.designer.trail import Trail
from studio.gui.dialogs import ask_for_name

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage
    from studio.services.pipelines.gathering import Gathered

_REFERENCE = re.compile(r"^(?:azureml:)?(?P<name>[^@:]+)(?::(?P<version>\d+))?")


@dataclass(frozen=True)
class Crumb:
    """A pipeline one has come through, and where its canvas was."""

    name: str
    title: str
    place: Place


class Composing(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._editor = page, page.editor
        self._crumbs: list[Crumb] = []
        self.trail = Trail()
        self.trail.chosen.connect(self._go_back_to)
        page.bench.put_above_canvas(self.trail)
        page.bench.inside_wanted.connect(self.open_inside)
        page.editor.opened.connect(self._opened)

    def verbs(self) -> Sequence[Action]:
        chosen, one, out = self._page.has_selection, self._has_one, self._can_go_out
        table: tuple[tuple[str, str, str, str, _Do, _Ask, _Ask | None], ...] = (
            ("mute", "Mute", "prohibit", "M", self.flip_mute, chosen, self._muted),
            (
                *("bypass", "Bypass", "arrow-bend-down-right", "B"),
                *(self.flip_bypass, chosen, self._passed),
            ),
            (
                *("group", "Make a pipeline of the selection…", "tree-structure"),
                *("Ctrl+G", self.make_pipeline, chosen, None),
            ),
            ("unpack", "Unpack", "unite", "Ctrl+Shift+U", self.unpack, one, None),
            ("inside", "Look inside", "arrows-in", "", self.open_chosen, one, None),
            (
                *(
                    "outside",
                    "Back to the pipeline around",
                    "arrow-left",
                    "Shift+Return",
                ),
                *(self.go_out, out, None),
            ),
            (
                *("own_copy", "Give it a pipeline of its own", "link-break", ""),
                *(self.make_own_copy, one, None),
            ),
            ("pin", "Stay with this version", "push-pin", "", self.pin, one, None),
            (
                *("update", "Follow the newest version", "arrows-clockwise", ""),
                *(self.follow_newest, one, None),
            ),
        )
        return [
            Action(f"compose.{name}", text, icon, keys, "Edit", do, can, checked)
            for name, text, icon, keys, do, can, checked in table
        ]

    def canvas_verbs(self) -> Sequence[str]:
        verbs = ["mute", "bypass", "group"]
        if self._has_one():
            pinned = _version(self._editor.selected()[0])
            verbs += ["inside", "unpack", "own_copy", "update" if pinned else "pin"]
        return [f"compose.{verb}" for verb in verbs]

    # -- switched off ------------------------------------------------------------------

    def flip_mute(self) -> None:
        """Let the selected steps not run, or run again."""
        muted = not self._muted()
        verb = "Mute" if muted else "Unmute"
        self._change(verb, lambda node: replace(node, muted=muted, bypass=None))

    def flip_bypass(self) -> None:
        """Let the selected steps hand on what they are given, or run again."""
        if self._passed():
            self._change("Stop bypassing", lambda node: replace(node, bypass=None))
        else:
            self._change("Bypass", self._bypassed)

    def _bypassed(self, node: Node) -> Node:
        component = self._editor.catalog.of(node)
        ways = proposed_bypass(component) if component else {}
        connected = {out: into for out, into in ways.items() if into in node.inputs}
        if component and component.outputs and not connected:
            self._refuse(
                f"“{node.title}” can't be bypassed: none of its inputs could stand in "
                "for an output. Mute it instead"
            )
            return node
        return replace(node, bypass=connected, muted=False)

    # -- made and taken apart ----------------------------------------------------------

    def make_pipeline(self) -> None:
        """Ask for a name, then put the selected steps into a pipeline of their own."""
        nodes = self._editor.selected()
        count = f"{len(nodes)} steps" if len(nodes) != 1 else "1 step"
        ask_for_name(
            self._page,
            f"Make a pipeline of {count}",
            "One step stands in their place. Other pipelines can use it too.",
            verb="Make pipeline",
            proposal=nodes[0].title if len(nodes) == 1 else "Part",
            done=partial(self._gather, tuple(node.name for node in nodes)),
        )

    def make_own_copy(self) -> None:
        """Let go of the pipeline that the step shares with others."""
        from studio.services.pipelines.gathering import own_copy

        for node in self._editor.selected()[:1]:
            verb = "Give it a pipeline of its own"
            self._work(verb, partial(own_copy, step=node.name))

    def unpack(self) -> None:
        """Put the steps of a pipeline in place of the step that stands for it."""
        for node in self._editor.selected()[:1]:
            component = self._editor.catalog.of(node)
            if component is None or self._page.document is None:
                continue
            before = set(self._editor.pipeline.by_id)
            try:
                after = unpacked(self._editor.pipeline, node, component)
            except InvalidError as error:
                self._refuse(error.message)
                continue
            self._page.document.edit(after, f"Unpack {node.title}")
            self._page.bench.scene.select(set(after.by_id) - before)

    def _gather(self, names: tuple[str, ...], title: str) -> None:
        from studio.services.pipelines.gathering import gather

        self._work(f"Make pipeline {title}", partial(gather, names=names, title=title))

    def _work(self, verb: str, make: Callable[..., Gathered]) -> None:
        """Files are written in a worker thread; the edit follows if it still fits."""
        pipeline = self._editor.pipeline
        self._page.tasks.run(
            partial(make, self._page.studio.pipelines, pipeline),
            done=partial(self._take, pipeline, verb),
            failed=self._page.services.show_error,
            owner=self,
        )

    def _take(self, before: Pipeline, verb: str, gathered: Gathered) -> None:
        document, made = self._page.document, gathered.made
        if document is None or document.pipeline != before:
            self._refuse("The pipeline was changed meanwhile. Try again")
            return
        references = {node.name: node.reference for node in made.outer.nodes}
        found = gathered.components.items()
        self._editor.catalog.learn(
            {references[name]: one for name, one in found if references[name]}
        )
        document.edit(made.outer, verb)
        self._page.bench.scene.select([made.node.id])

    # -- versions ----------------------------------------------------------------------

    def pin(self) -> None:
        """Stay with the version that is there now, whatever is edited later."""
        for node in self._editor.selected()[:1]:
            component = self._editor.catalog.of(node)
            if component is not None:
                refer = partial(_referring, component=component, to=component.version)
                self._change("Stay with this version", refer)

    def follow_newest(self) -> None:
        """Follow the pipeline's working copy."""
        for node in self._editor.selected()[:1]:
            component = self._editor.catalog.of(node)
            if component is not None:
                refer = partial(_referring, component=component, to="")
                self._change("Follow the newest version", refer)

    # -- inside and back ---------------------------------------------------------------

    def open_chosen(self) -> None:
        for node in self._editor.selected()[:1]:
            self.open_inside(node)

    def open_inside(self, node: Node) -> None:
        """Open the pipeline that a step stands for; the way back stays in sight."""
        match = _REFERENCE.match(str(node.component))
        if match is None:
            return
        page, name = self._page, self._editor.pipeline.name
        if match["version"]:
            page.services.toast(
                f"The step stays with version {match['version']}; this is the newest",
                tone="warn",
            )
        place = page.bench.place.inside(name, node)
        self._crumbs.append(Crumb(name, page.heading, page.bench.place))
        page.open(match["name"], place)

    def go_to(self, way: Sequence[str]) -> None:
        """Look inside steps, one in another, and go to the last one on the way."""
        *outer, step = way
        pipeline, place = self._editor.pipeline, self._page.bench.place
        component_of: Callable[[Node], Component | None] = self._editor.catalog.of
        crumbs: list[Crumb] = []
        for name in outer:
            node = pipeline.by_name.get(name)
            component = component_of(node) if node else None
            if node is None or component is None or component.pipeline is None:
                return
            crumbs.append(Crumb(pipeline.name, pipeline.title, place))
            place = place.inside(pipeline.name, node)
            pipeline = component.pipeline
            component_of = partial(_part_of, component)
        if not crumbs:
            self._page.bench.go_to_step(step)
            return
        self._crumbs += crumbs
        self._page.open(pipeline.name, place, step)

    def go_out(self) -> None:
        """Back to the pipeline around."""
        if self._crumbs:
            self._go_back_to(len(self._crumbs) - 1)

    def _go_back_to(self, number: int) -> None:
        crumb = self._crumbs[number]
        del self._crumbs[number:]
        self._page.open(crumb.name, crumb.place)

    def _opened(self) -> None:
        if self._page.document is None:  # the one before has just been put away
            return
        if not self._page.bench.place.within:
            self._crumbs.clear()
        here = self._page.heading if self._crumbs else ""
        self.trail.show_way([crumb.title for crumb in self._crumbs], here)

    # -- small questions ---------------------------------------------------------------

    def _change(self, verb: str, change: Callable[[Node], Node]) -> None:
        """One edit of all selected steps."""
        if self._page.document is None:
            return
        after = self._editor.pipeline
        for node in self._editor.selected():
            after = after.update(change(node))
        self._page.document.edit(after, verb)

    def _refuse(self, why: str) -> None:
        self._page.bench.refused.emit(why)

    def _has_one(self) -> bool:
        chosen = self._editor.selected() if self._page.is_open() else []
        return len(chosen) == 1 and chosen[0].is_pipeline

    def _can_go_out(self) -> bool:
        return bool(self._crumbs)

    def _muted(self) -> bool:
        return all(node.muted for node in self._editor.selected() or [Node("", "", "")])

    def _passed(self) -> bool:
        chosen = self._editor.selected()
        return bool(chosen) and all(node.bypass is not None for node in chosen)


_Do = Callable[[], object]
_Ask = Callable[[], bool]


def _part_of(outer: Component, node: Node) -> Component | None:
    return outer.parts.get(node.name)


def _version(node: Node) -> str:
    match = _REFERENCE.match(str(node.component))
    return (match["version"] or "") if match else ""


def _referring(node: Node, component: Component, to: str) -> Node:
    which = f":{to}" if to else "@latest"
    return replace(node, component=f"azureml:{component.name}{which}")
