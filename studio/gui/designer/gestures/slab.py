"""Moving frames and notes, and pulling at their sides."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from studio.domain import framing
from studio.domain.annotations import Annotation, Box, Frame
from studio.gui.designer.editor import Editor
from studio.gui.designer.geometry import GRID, snapped
from studio.gui.designer.gestures.gesture import Gesture, extends
from studio.gui.designer.gestures.move import THRESHOLD
from studio.gui.designer.items.slab import LEAST, Grip, Slab
from studio.gui.designer.places import boxes_of, settled


def slab_gesture(
    editor: Editor, point: QPointF, keys: Qt.KeyboardModifier, zoom: float
) -> Gesture | None:
    """What a press on a frame or note begins; None beside them."""
    slabs = editor.scene.slabs
    found = slabs.at(point)
    if found is None:
        return None
    slab, grip = found
    chosen = {thing.id for thing in slabs.chosen}
    if extends(keys):
        slabs.choose(chosen ^ {slab.thing.id})
    elif slab.thing.id not in chosen:
        editor.scene.select([])
        slabs.choose({slab.thing.id})
    if grip.moves:
        return MoveSlab(editor, slab, point, zoom)
    return ResizeSlab(editor, slab, grip, point)


class MoveSlab:
    """All that is selected, and what is in it, follows the pointer; the document hears
    of it once."""

    def __init__(self, editor: Editor, slab: Slab, point: QPointF, zoom: float) -> None:
        self._editor, self._thing = editor, slab.thing
        self._from, self._threshold = point, THRESHOLD / zoom
        self._by = (0.0, 0.0)
        self._moved = False
        scene = editor.scene
        chosen = scene.slabs.chosen
        self._things, inside = framing.carried(editor.pipeline.annotations, chosen)
        self._chosen = frozenset(scene.selected_ids())
        self._starts = {
            i: scene.nodes[i].pos() for i in inside | self._chosen if i in scene.nodes
        }

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        way = point - self._from
        if not self._moved and way.manhattanLength() < self._threshold:
            return
        self._moved = True
        start = QPointF(self._thing.x, self._thing.y)
        at = start + way
        free = bool(keys & Qt.KeyboardModifier.AltModifier)
        x, y = (at.x(), at.y()) if free else snapped(at)
        self._shift(x - start.x(), y - start.y())

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        if not any(self._by):
            return
        editor = self._editor
        after = framing.moved(editor.pipeline, self._things, self._starts, *self._by)
        after = settled(after, editor.scene, self._chosen)
        editor.edit(after, f"Move {name_of(self._thing)}")
        editor.scene.settle_nodes(self._starts)

    def cancel(self) -> None:
        self._shift(0.0, 0.0)
        self._editor.scene.settle_nodes(self._starts)

    def _shift(self, dx: float, dy: float) -> None:
        self._by = (dx, dy)
        scene = self._editor.scene
        scene.slabs.put(self._things.shifted(dx, dy))
        for node_id, start in self._starts.items():
            if node_id in scene.nodes:
                scene.nodes[node_id].place(start.x() + dx, start.y() + dy)
        scene.follow_nodes(self._starts)


class ResizeSlab:
    """The sides in the hand follow the pointer; steps a frame covers then are its."""

    def __init__(self, editor: Editor, slab: Slab, grip: Grip, point: QPointF) -> None:
        self._editor, self._slab, self._grip = editor, slab, grip
        self._from, self._before = point, slab.thing

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        free = bool(keys & Qt.KeyboardModifier.AltModifier)
        way = point - self._from
        self._slab.place(pulled(self._before.box, self._grip, way, 1 if free else GRID))
        if isinstance(self._before, Frame):
            cards = self._editor.scene.nodes.values()
            covered = [c.box for c in cards if self._slab.box.contains(c.box.center())]
            self._editor.scene.slabs.light([])
            self._slab.set_lit(bool(covered))

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        if point == self._from:
            return
        self.move(point, keys)
        self._slab.set_lit(False)
        editor = self._editor
        boxes = boxes_of(editor.pipeline.nodes, editor.scene)
        after = framing.resized(
            editor.pipeline, self._before, self._slab.thing.box, boxes
        )
        editor.edit(after, f"Resize {name_of(self._before)}")

    def cancel(self) -> None:
        self._slab.set_lit(False)
        self._slab.show_thing(self._before)


def pulled(box: Box, grip: Grip, way: QPointF, grid: float) -> Box:
    """A box with the sides of a grip so much further; never smaller than the least."""
    left, top, right, bottom = box
    if grip.across > 0:
        right = max(left + LEAST[0], _on(right + way.x(), grid))
    elif grip.across < 0:
        left = min(right - LEAST[0], _on(left + way.x(), grid))
    if grip.down > 0:
        bottom = max(top + LEAST[1], _on(bottom + way.y(), grid))
    elif grip.down < 0:
        top = min(bottom - LEAST[1], _on(top + way.y(), grid))
    return (left, top, right, bottom)


def name_of(thing: Annotation) -> str:
    """`the note`, `the frame “Data”`, for the list of edits."""
    if isinstance(thing, Frame):
        return f"the frame “{thing.title}”" if thing.title else "the frame"
    return "the note"


def _on(length: float, grid: float) -> float:
    return round(length / grid) * grid
