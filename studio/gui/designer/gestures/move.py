"""Moving the selected cards; a press without a move only selects."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from studio.domain.framing import carried
from studio.gui.designer.editor import Editor
from studio.gui.designer.gestures.gesture import extends
from studio.gui.designer.gestures.lining import Lining
from studio.gui.designer.items.node_item import NodeItem

THRESHOLD = 4.0


class MoveGesture:
    """Cards follow the pointer; the document hears of it once, at the end.

    The pressed card snaps into line with others, or to the grid; the rest keep their
    distance to it. Alt moves freely.
    """

    def __init__(
        self,
        editor: Editor,
        pressed: NodeItem,
        point: QPointF,
        keys: Qt.KeyboardModifier,
        zoom: float,
    ) -> None:
        self._editor, self._pressed = editor, pressed
        self._from, self._threshold = point, THRESHOLD / zoom
        self._moved = False
        self._alone_at_end = False
        self._select(keys)
        items, chosen = editor.scene.nodes, editor.scene.slabs.chosen
        self._along, inside = carried(editor.pipeline.annotations, chosen)
        ids = dict.fromkeys([*editor.scene.selected_ids(), *inside])
        self._starts = {i: items[i].pos() for i in ids if i in items}
        self._way = QPointF()
        self._lining = Lining(editor.scene, pressed, self._starts, zoom)

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        way = point - self._from
        if not self._moved and way.manhattanLength() < self._threshold:
            return
        self._moved = True
        self._let_go_of_deleted()
        if keys & Qt.KeyboardModifier.AltModifier:
            self._lining.clear()
        elif self._pressed.card.id in self._starts:
            start = self._starts[self._pressed.card.id]
            way = QPointF(*self._lining.place(start + way)) - start
        for node_id, start in self._starts.items():
            at = start + way
            self._editor.scene.nodes[node_id].place(at.x(), at.y())
        self._way = way
        scene = self._editor.scene
        scene.follow_nodes(self._starts)
        scene.slabs.put(self._along.shifted(way.x(), way.y()))
        scene.slabs.light([scene.nodes[i].box for i in self._starts])

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        self._lining.clear()
        if not self._moved:
            if self._alone_at_end:
                self._editor.scene.select([self._pressed.card.id])
            return
        self._editor.scene.slabs.light(())
        self._let_go_of_deleted()
        places = {i: self._editor.scene.nodes[i].pos() for i in self._starts}
        along = self._along.shifted(self._way.x(), self._way.y())
        self._editor.move({i: (at.x(), at.y()) for i, at in places.items()}, along)
        self._editor.scene.settle_nodes(self._starts)

    def cancel(self) -> None:
        self._lining.clear()
        self._editor.scene.slabs.light(())
        self._editor.scene.slabs.put(self._along)
        self._let_go_of_deleted()
        for node_id, start in self._starts.items():
            self._editor.scene.nodes[node_id].place(start.x(), start.y())
        self._editor.scene.settle_nodes(self._starts)

    def _let_go_of_deleted(self) -> None:
        """An undo, or a change from outside, takes cards away under the hand."""
        there = self._editor.scene.nodes
        self._starts = {i: at for i, at in self._starts.items() if i in there}

    def _select(self, keys: Qt.KeyboardModifier) -> None:
        scene, pressed = self._editor.scene, self._pressed
        if extends(keys):
            pressed.setSelected(not pressed.isSelected())
        elif not pressed.isSelected():
            scene.select([pressed.card.id])
        else:
            self._alone_at_end = True
