"""The canvas of a difference: seen, walked and picked from, never edited."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGraphicsItem, QWidget

from studio.gui.designer.catalog import Catalog
from studio.gui.designer.compare.items import GHOST, MarkFrame, MarkSlab, MarkWire
from studio.gui.designer.compare.overlay import Overlay
from studio.gui.designer.editor import Editor
from studio.gui.designer.gestures.pan import PanGesture
from studio.gui.designer.items.node_item import Side
from studio.gui.designer.scene import DesignerScene
from studio.gui.designer.view import CanvasView


class DifferenceScene(DesignerScene):
    """The cards of an overlay, with its frames and wires."""

    def __init__(self) -> None:
        super().__init__()
        self.marks: list[QGraphicsItem] = []

    def show_overlay(self, shown: Overlay) -> None:
        """Draw an overlay in place of the last one."""
        for item in self.marks:
            self.removeItem(item)
        self.show_pipeline(shown.pipeline, lambda node: shown.cards[node.id])
        self.marks = []
        for key, mark in shown.marks.items():
            card = self.nodes[key]
            card.setOpacity(GHOST if mark == "removed" else 1.0)
            if mark not in ("same", "alone"):
                self._mark(MarkFrame(card.box, mark))
        for wanted, mark in shown.thing_marks.items():
            slab = self.slabs.items[wanted]
            slab.setOpacity(GHOST if mark == "removed" else 1.0)
            if mark not in ("same", "alone"):
                self._mark(MarkSlab(slab.box, mark))
        for wire in shown.wires:
            start = self._end(wire.source, "out", wire.output)
            end = self._end(wire.target, "in", wire.input)
            self._mark(MarkWire(start, end, wire.mark))

    def _end(self, key: str, side: Side, name: str) -> QPointF:
        return self.nodes[key].anchor(side, name) or self.nodes[key].pos()

    def _mark(self, item: QGraphicsItem) -> None:
        self.marks.append(item)
        self.addItem(item)


class DifferenceCanvas(CanvasView):
    """A press on a card, frame or note picks it, anywhere else it moves the view."""

    step_picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.overlaid = DifferenceScene()
        super().__init__(Editor(self.overlaid, Catalog()), parent)
        self.setAccessibleName("Both pipelines")
        self.setAcceptDrops(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        node = self.overlaid.node_at(self.mapToScene(at))
        left = event.button() == Qt.MouseButton.LeftButton
        if left and node is not None:
            self.overlaid.select([node.card.id])
            self.step_picked.emit(node.card.id)
        elif left and (slab := self.overlaid.slabs.at(self.mapToScene(at))) is not None:
            self.pick(slab[0].thing.id)
            self.step_picked.emit(slab[0].thing.id)
        elif left and self.gesture is None:
            self.gesture = PanGesture(self, at)
        else:
            super().mousePressEvent(event)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def pick(self, key: str) -> None:
        """Select a step, frame or note and bring it into view."""
        self.overlaid.select([key])
        self.overlaid.slabs.choose({key})
        if key in self.overlaid.nodes:
            self.reveal(key)
        elif key in self.overlaid.slabs.items:
            self.ensureVisible(self.overlaid.slabs.items[key])
