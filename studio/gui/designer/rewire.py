"""Verbs that change how steps are joined; each is one step of undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from studio.domain import rewiring
from studio.domain.component import Component
from studio.domain.node import Edge
from studio.gui.actions import Action
from studio.gui.designer import edits
from studio.gui.designer.editor import Editor
from studio.gui.designer.places import settled

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage


class Rewire:
    """What the gestures and the keys do to wires."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    def insert(self, node_id: str, edge: Edge, place: tuple[float, float]) -> None:
        """Put a loose step into a wire, at a place."""
        editor = self._editor
        name = editor.pipeline.by_id[node_id].name
        after = settled(editor.pipeline.move({name: place}), editor.scene, [node_id])
        after = rewiring.inserted(after, name, edge, editor.catalog.of)
        title = editor.pipeline.by_id[node_id].title
        editor.edit(edits.pushed_aside(after, name), f"Insert {title}")

    def replace(self, node_id: str, component: Component) -> None:
        """Another kind of step in a step's place."""
        pipeline = self._editor.pipeline
        gone = pipeline.by_id[node_id]
        node = edits.new_node(pipeline, component, gone.position)
        self._replace(gone.name, node.id, node.title, rewiring.replaced(
            pipeline, gone.name, node, self._of
        ))  # fmt: skip
        self._editor.added.emit(component)

    def replace_with_step(self, node_id: str, by: str) -> None:
        """A loose step of the pipeline in another step's place."""
        pipeline = self._editor.pipeline
        gone, node = pipeline.by_id[node_id], pipeline.by_id[by]
        done = rewiring.replaced(pipeline, gone.name, node, self._of)
        self._replace(gone.name, by, node.title, done)

    def take_out(self, node_id: str, place: tuple[float, float]) -> None:
        """A step out of its wires, which are healed, to a place."""
        pipeline = self._editor.pipeline
        node = pipeline.by_id[node_id]
        after = rewiring.taken_out(pipeline, node.name, self._of)
        after = after.move({node.name: place})
        after = settled(after, self._editor.scene, [node_id])
        self._editor.edit(after, f"Take out {node.title}")

    def delete_and_heal(self) -> None:
        """Delete the selected steps; what was before feeds what was after."""
        names = self._names()
        if not names:
            self._editor.delete()
            return
        after = rewiring.healed(self._editor.pipeline, names, self._of)
        self._editor.edit(after, "Delete and join")

    def connect(self) -> None:
        """Join the selected steps from left to right."""
        names = self._names()
        before = self._editor.pipeline
        after = rewiring.chained(before, names, self._of)
        if len(names) < 2:
            self._editor.refused.emit("Select two steps or more to connect them")
        elif after == before:
            self._editor.refused.emit("No output of these steps fits a free input")
        self._editor.edit(after, "Connect the selected steps")

    def disconnect(self) -> None:
        """Cut the wires among the selected steps, or all of them."""
        after = rewiring.separated(self._editor.pipeline, self._names())
        for edge in self._editor.scene.selected_edges():
            after = after.disconnect(edge)
        self._editor.edit(after, "Disconnect the selected steps")

    @property
    def _of(self) -> rewiring.ComponentOf:
        return self._editor.catalog.of

    def _names(self) -> list[str]:
        """The selected steps, from left to right."""
        chosen = sorted(self._editor.selected(), key=lambda node: node.position)
        return [node.name for node in chosen]

    def _replace(
        self, old: str, node_id: str, title: str, done: rewiring.Replaced
    ) -> None:
        gone = self._editor.pipeline.node(old).title
        self._editor.edit(done.pipeline, f"Replace {gone}")
        self._editor.scene.select([node_id])
        if done.lost:
            kept = ", ".join(done.lost)
            self._editor.told.emit(f"{title} replaces {gone}. Not kept: {kept}")


class RewireFeature:
    """The keys for wires."""

    def __init__(self, page: DesignerPage) -> None:
        self._page = page
        self.rewire = Rewire(page.editor)
        page.editor.told.connect(lambda text: page.services.toast(text, tone="warn"))

    def verbs(self) -> Sequence[Action]:
        page, rewire = self._page, self.rewire
        chosen, some = page.has_selection, page.has_any_selection
        return [
            Action("wires.connect", "Connect the selected steps", "link", "C", "Edit",
                   rewire.connect, chosen),
            Action("wires.disconnect", "Disconnect the selected steps", "link-break",
                   "Shift+C", "Edit", rewire.disconnect, some),
            Action("wires.heal", "Delete and join what is around", "trash",
                   "Ctrl+Del", "Edit", rewire.delete_and_heal, some),
            Action("edit.paste_linked", "Paste with connections", "clipboard",
                   "Ctrl+Shift+V", "Edit", page.edit_verbs.paste_linked, page.is_open),
        ]  # fmt: skip

    def canvas_verbs(self) -> Sequence[str]:
        return ("wires.connect", "wires.disconnect", "wires.heal")
