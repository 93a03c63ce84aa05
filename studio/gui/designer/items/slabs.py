"""All frames and notes of the scene, and which are selected."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsScene

from studio.domain.annotations import Annotation, Annotations
from studio.gui.designer.items.slab import FrameItem, Grip, Slab, slab_of

_CURSORS = {
    (0, 0): Qt.CursorShape.ArrowCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
}


class Slabs:
    """Derived from a pipeline's annotations by comparing ids."""

    def __init__(self, scene: QGraphicsScene, picked: Callable[[], object]) -> None:
        self.items: dict[str, Slab] = {}
        self._scene, self._picked = scene, picked

    def show(self, annotations: Annotations) -> None:
        """Draw these, and no others."""
        wanted = {thing.id: thing for thing in annotations.all}
        for gone in self.items.keys() - wanted.keys():
            self._scene.removeItem(self.items.pop(gone))
        for thing in wanted.values():
            if (slab := self.items.get(thing.id)) is not None:
                slab.show_thing(thing)
            else:
                made = self.items[thing.id] = slab_of(thing)
                self._scene.addItem(made)

    def put(self, things: Annotations) -> None:
        """Let these lie elsewhere for the time being."""
        for thing in things.all:
            if (slab := self.items.get(thing.id)) is not None:
                slab.show_thing(thing)

    @property
    def zoom(self) -> float:
        """How large the first view shows the scene."""
        views = self._scene.views()
        return views[0].transform().m11() if views else 1.0

    @property
    def frames(self) -> list[FrameItem]:
        return [slab for slab in self.items.values() if isinstance(slab, FrameItem)]

    # -- selection -----------------------------------------------------------------

    @property
    def chosen(self) -> list[Annotation]:
        """The selected frames and notes."""
        return [slab.thing for slab in self.items.values() if slab.selected]

    def choose(self, ids: Collection[str]) -> None:
        """Select exactly these."""
        changed = [s.set_selected(i in ids) for i, s in self.items.items()]
        if any(changed):
            self._picked()

    def choose_in(self, area: QRectF, kept: Collection[str]) -> None:
        """Select what lies wholly in an area, and those to be `kept`."""
        inside = {i for i, slab in self.items.items() if area.contains(slab.box)}
        self.choose(inside | set(kept))

    # -- what lies where -----------------------------------------------------------

    def at(self, point: QPointF) -> tuple[Slab, Grip] | None:
        """What a press at a point takes hold of: notes lie above frames, small frames
        above large ones."""
        zoom, found = self.zoom, []
        for slab in self.items.values():
            if (grip := slab.grip_at(point, zoom)) is not None:
                box = slab.box
                found.append((-slab.zValue(), box.width() * box.height(), slab, grip))
        if not found:
            return None
        _, _, slab, grip = min(found, key=lambda each: each[:2])
        return slab, grip

    def cursor_at(self, point: QPointF) -> Qt.CursorShape | None:
        """How the pointer shows what a press would do."""
        found = self.at(point)
        if found is None or found[1].moves:
            return None
        across, down = found[1].across, found[1].down
        return _CURSORS.get((across, down)) or _CURSORS[-across, -down]

    def bounds(self) -> QRectF:
        """The box of all; null if there are none."""
        area = QRectF()
        for slab in self.items.values():
            area = area.united(slab.box)
        for frame in self.frames:
            area = area.united(frame.title_box(1.0))
        return area

    def light(self, boxes: Collection[QRectF]) -> None:
        """Light the frames that cards lying there would go into."""
        for frame in self.frames:
            frame.set_lit(any(frame.box.contains(box.center()) for box in boxes))
