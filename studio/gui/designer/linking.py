"""Joining by keys alone: a menu of all that the selected step could feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from studio.domain.node import Node
from studio.gui.actions import Action
from studio.gui.designer.editor import Editor
from studio.gui.designer.items.node_item import PortRef
from studio.gui.widgets.basics import in_menu

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

Joint = tuple[PortRef, PortRef]


def joints(editor: Editor, node: Node) -> Iterator[Joint]:
    """Every output of a step with every input it may feed and doesn't yet, those
    that are most likely meant first."""
    cards = editor.scene.nodes
    found = [
        (PortRef(node.id, "out", output), PortRef(other.id, "in", into))
        for output in cards[node.id].card.outputs
        for other in editor.pipeline.nodes
        for into in cards[other.id].card.inputs
    ]
    fitting = [joint for joint in found if not editor.connections.why_not(*joint)]
    feeds = {
        (edge.output, editor.pipeline.node(edge.target).id)
        for edge in editor.pipeline.edges
        if edge.source == node.name
    }
    used = {output for output, _ in feeds}

    def rank(joint: Joint) -> tuple[bool, bool, int, bool]:
        """Free inputs first, and no step gets the same twice; then by how well the
        ports fit, then outputs that nothing uses yet."""
        start, end = joint
        taken = editor.connections.edge_into(end) is not None
        again = (start.port.name, end.node_id) in feeds
        return (taken, again, _distance(editor, *joint), start.port.name in used)

    for start, end in sorted(fitting, key=rank):
        edge = editor.connections.edge_into(end)
        if not edge or (edge.source, edge.output) != (node.name, start.port.name):
            yield start, end


def _distance(editor: Editor, start: PortRef, end: PortRef) -> int:
    """How far two ports are from meaning the same. What goes by the name of another
    port of the step is meant for that one; an optional input comes after the others."""
    cards, out, into = editor.scene.nodes, start.port, end.port
    if out.name == into.name:
        return 0
    named = {port.name for port in cards[end.node_id].card.inputs}
    alike = {port.name for port in cards[start.node_id].card.outputs}
    if out.name in named or into.name in alike:
        return 3
    same = out.kind == into.kind and out.kind != "any"
    return (1 if same else 2) + into.optional


class Linking(QObject):
    """A feature of the designer."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._editor = page, page.editor

    def verbs(self) -> Sequence[Action]:
        return [
            Action(
                "wires.to",
                "Connect to…",
                "plugs-connected",
                "L",
                "Edit",
                self.ask,
                lambda: self._page.bench.chosen_node is not None,
            ),
            Action(
                "canvas.focus",
                "Go to the canvas",
                "cursor",
                "F4",
                "View",
                self._go_to_canvas,
                self._page.is_open,
            ),
        ]

    def canvas_verbs(self) -> Sequence[str]:
        return ("wires.to",)

    def ask(self) -> None:
        """A menu at the step; a letter goes to the entry that begins with it."""
        node, view = self._page.bench.chosen_node, self._page.view
        if node is None:
            return
        offered = list(joints(self._editor, node))
        if not offered:
            self._editor.refused.emit(
                f"No input of another step could take what “{node.title}” gives"
            )
            return
        menu = QMenu(f"Connect {node.title}", view)
        menu.setAccessibleName(f"Connect {node.title} to")
        for start, end in offered:
            target = self._editor.pipeline.by_id[end.node_id].title
            taken = " (instead)" if self._editor.connections.edge_into(end) else ""
            words = f"{start.port.name} → {target}, {end.port.name}{taken}"
            made = menu.addAction(in_menu(words))
            made.triggered.connect(partial(self._join, start, end))
        menu.aboutToHide.connect(menu.deleteLater)
        corner = self._editor.scene.nodes[node.id].box.bottomRight()
        menu.popup(view.viewport().mapToGlobal(view.mapFromScene(corner)))
        menu.setActiveAction(menu.actions()[0])

    def _go_to_canvas(self) -> None:
        """From wherever the keys are now."""
        self._page.show_bench()

    def _join(self, start: PortRef, end: PortRef, *_: object) -> None:
        self._editor.connections.join([(start, end)])
        self._page.view.setFocus()
