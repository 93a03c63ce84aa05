"""Dragging one card has a meaning beside its place: a loose one goes into a wire or
replaces a step; a joined one is taken out with Alt."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from studio.domain.rewiring import is_joined
from studio.gui.designer.editor import Editor
from studio.gui.designer.gestures.gesture import Gesture, extends
from studio.gui.designer.gestures.move import MoveGesture
from studio.gui.designer.gestures.onto import Hint, Onto
from studio.gui.designer.items.node_item import NodeItem
from studio.gui.designer.rewire import Rewire


def card_gesture(
    editor: Editor,
    pressed: NodeItem,
    point: QPointF,
    keys: Qt.KeyboardModifier,
    zoom: float,
    hint: Hint,
) -> Gesture:
    """What a press on a card begins."""
    node = editor.pipeline.by_id.get(pressed.card.id)
    chosen = editor.scene.selected_ids()
    single = not extends(keys) and (not pressed.isSelected() or len(chosen) == 1)
    moving = MoveGesture(editor, pressed, point, keys, zoom)
    component = editor.catalog.of(node) if node else None
    if node is None or component is None or not single:
        return moving
    if not is_joined(editor.pipeline, node.name):
        onto = Onto(editor, component, hint, dragged=node.id)
        return _LooseCard(editor, pressed, moving, onto)
    if keys & Qt.KeyboardModifier.AltModifier:
        return _TakenOut(editor, pressed, moving, hint)
    return moving


class _LooseCard:
    """A card without wires."""

    def __init__(
        self, editor: Editor, card: NodeItem, moving: MoveGesture, onto: Onto
    ) -> None:
        self._editor, self._card = editor, card
        self._moving, self._onto = moving, onto
        self._start = card.pos()

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._moving.move(point, keys)
        if self._card.pos() != self._start:
            self._onto.look(self._card.box.center(), keys)

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        edge, replaced = self._onto.edge, self._onto.node_id
        self._onto.clear()
        if edge is None and not replaced:
            self._moving.finish(point, keys)
            return
        place = self._card.pos()
        self._moving.cancel()
        rewire = Rewire(self._editor)
        if edge is not None:
            rewire.insert(self._card.card.id, edge, (place.x(), place.y()))
        else:
            rewire.replace_with_step(replaced, self._card.card.id)

    def cancel(self) -> None:
        self._onto.clear()
        self._moving.cancel()


class _TakenOut:
    """A card pulled out of its wires; what was before it feeds what was after."""

    def __init__(
        self, editor: Editor, card: NodeItem, moving: MoveGesture, hint: Hint
    ) -> None:
        self._editor, self._card, self._moving = editor, card, moving
        self._hint, self._start = hint, card.pos()

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._moving.move(point, keys)
        if self._card.pos() != self._start:
            self._hint("Take this step out of its wires", "run")

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        self._hint("", "")
        place = self._card.pos()
        if place == self._start:
            self._moving.finish(point, keys)
            return
        self._moving.cancel()
        Rewire(self._editor).take_out(self._card.card.id, (place.x(), place.y()))

    def cancel(self) -> None:
        self._hint("", "")
        self._moving.cancel()
