"""A component dragged from the palette, over a wire or a step that takes it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from studio.domain.component import Component
from studio.gui.designer.editor import Editor
from studio.gui.designer.gestures.onto import Hint, Onto
from studio.gui.designer.rewire import Rewire


class DropGesture:
    """Over a wire that it fits into the component goes between, over a step into its
    place; with Alt it does neither.

    The card itself is the drag's picture, which the window system draws on top.
    """

    def __init__(self, editor: Editor, component: Component, hint: Hint) -> None:
        self._editor, self._component = editor, component
        self._onto = Onto(editor, component, hint)

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._onto.look(point, keys)

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self.move(point, keys)
        between, replaced = self._onto.edge, self._onto.node_id
        self.cancel()
        if replaced:
            Rewire(self._editor).replace(replaced, self._component)
        else:
            self._editor.add(self._component, point, between=between)

    def cancel(self) -> None:
        self._onto.clear()
