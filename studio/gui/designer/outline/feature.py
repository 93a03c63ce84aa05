"""Joins the outline with the canvas: same steps, same selection, one voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from studio.domain.node import Edge
from studio.gui.actions import Action
from studio.gui.designer.cards import Card
from studio.gui.designer.outline.announcer import Announcer
from studio.gui.designer.outline.lines import (
    Line,
    Scenery,
    lines_of,
    spoken_of,
    summary,
)
from studio.gui.designer.outline.tree import OutlineTree
from studio.gui.widgets.toast import announce

if TYPE_CHECKING:
    from studio.gui.designer.page import DesignerPage

SOON_MS = 80


class Outline(QObject):
    """Made anew only while somebody sees it."""

    def __init__(self, page: DesignerPage) -> None:
        super().__init__(page)
        self._page, self._bench, self._scene = page, page.bench, page.bench.scene
        self.tree = OutlineTree()
        page.bench.left.addTab(self.tree, "Outline")
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self.mirror)
        self.announcer = Announcer(
            self._cards, lambda: page.bench.follower.active, self
        )
        self._picking = False
        self._connect()

    def verbs(self) -> Sequence[Action]:
        return [
            Action(
                "canvas.outline",
                "Outline of the pipeline",
                "tree-structure",
                "Ctrl+Shift+O",
                "View",
                self.show_tab,
                self._page.is_open,
            )
        ]

    def canvas_verbs(self) -> Sequence[str]:
        return ()

    def show_tab(self) -> None:
        """The outline, ready for the keyboard, at the selected step."""
        self._bench.left.show()
        self._bench.left.setCurrentWidget(self.tree)
        self.tree.setFocus()
        self.mirror()
        if self.tree.current() is None:
            self.tree.setCurrentIndex(self.tree.lines.index(0, 0))

    def mirror(self) -> None:
        """Bring the tree and the canvas's description up to date."""
        self._describe()
        if not self.tree.isVisible():
            return
        run = self._bench.follower.run
        scenery = Scenery(
            self._page.editor.pipeline,
            self._page.editor.catalog.of,
            self._page.editor.card,
            self._bench.place,
            run.steps if run else (),
        )
        self.tree.show_lines(lines_of(scenery))
        self._follow()

    # -- inside ----------------------------------------------------------------------

    def _connect(self) -> None:
        self._scene.shown.connect(self._soon.start)
        self._scene.shown.connect(self.announcer.look_soon)
        self._scene.picked.connect(self._picked_on_canvas)
        self._page.editor.opened.connect(self.announcer.start_anew)
        self._page.editor.opened.connect(self.mirror)
        self.announcer.said.connect(lambda text: announce(self._page.view, text))
        self.tree.shown.connect(self.mirror)
        self.tree.picked.connect(self._picked_here)
        self.tree.opened.connect(self._open)
        self.tree.left.connect(self._page.view.setFocus)

    def _cards(self) -> dict[str, Card]:
        return {i: item.card for i, item in self._scene.nodes.items()}

    def _describe(self) -> None:
        """The canvas in words, for who can't see it."""
        editor = self._page.editor
        view, chosen = self._page.view, self._scene.selected_ids()
        named = f"Canvas of {editor.pipeline.title}" if editor.document else "Canvas"
        words = summary(editor.pipeline, self._cards(), len(chosen))
        if len(chosen) == 1:
            words = f"{self._scene.nodes[chosen[0]].card.spoken}. {words}"
        if view.accessibleName() != named:
            view.setAccessibleName(named)
        if view.accessibleDescription() != words:
            view.setAccessibleDescription(words)

    def _picked_on_canvas(self) -> None:
        if not self._soon.isActive():
            self._soon.start()
        self._follow()
        view = self._page.view
        chosen = self._scene.selected_ids()
        if len(chosen) == 1 and view.hasFocus():
            announce(view, self._scene.nodes[chosen[0]].card.spoken)
        slabs = self._scene.slabs.chosen
        if not chosen and len(slabs) == 1 and view.hasFocus():
            announce(view, spoken_of(self._page.editor.pipeline, slabs[0]))

    def _follow(self) -> None:
        """Select in the tree what is selected on the canvas."""
        if self._picking or not self.tree.isVisible():
            return
        ids, edges = self._scene.selected_ids(), self._scene.selected_edges()
        ids += [thing.id for thing in self._scene.slabs.chosen]
        here = self.tree.chosen()
        if {line.slab or line.node_id for line in here} == set(ids):
            return
        if not ids and edges and {line.edge for line in here} == set(edges):
            return
        self.tree.follow(ids)

    def _picked_here(self, lines: Sequence[Line]) -> None:
        self._picking = True
        try:
            wires = [line.edge for line in lines if line.edge and not line.is_step]
            if len(lines) == 1 and wires and self._select_wire(wires[0]):
                return
            if len(lines) == 1 and lines[0].slab:
                self._select_slab(lines[0].slab)
                return
            ids = dict.fromkeys(line.node_id for line in lines)
            known = [i for i in ids if i in self._scene.nodes]
            self._scene.select(known)
            if known:
                self._page.view.reveal(known[-1])
        finally:
            self._picking = False

    def _select_wire(self, edge: Edge) -> bool:
        found = (item for item in self._scene.edges.values() if item.edge == edge)
        item = next(found, None)
        if item is not None:
            self._scene.select([])
            item.setSelected(True)
        return item is not None

    def _select_slab(self, slab: str) -> None:
        """A frame or a note."""
        self._scene.select([])
        self._scene.slabs.choose({slab})
        if (item := self._scene.slabs.items.get(slab)) is not None:
            self._page.view.ensureVisible(item.box, 40, 40)

    def _open(self, line: Line) -> None:
        """A step as on the canvas; from a wire to the step at its other end."""
        if line.goes_to:
            self.tree.go_to(line.goes_to)
        elif line.is_step and line.node_id in self._scene.nodes:
            inner = line.key != line.node_id
            node = self._page.editor.pipeline.by_id.get(line.node_id)
            if inner and node is not None:
                self._bench.inside_wanted.emit(node)
            else:
                self._page.view.opened.emit(line.node_id)
