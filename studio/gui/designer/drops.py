"""What is dragged in from elsewhere: a component of the palette, or files."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent

from studio.gui.designer.dropped_files import dropped_paths
from studio.gui.designer.editor import Editor
from studio.gui.designer.gestures.drop import DropGesture
from studio.gui.designer.gestures.files import FileDrop
from studio.gui.designer.gestures.gesture import Gesture

COMPONENT_TYPE = "application/x-mlops-studio-component"


class Drops:
    """`tell` is called with the paths of dropped files and the scene point."""

    def __init__(
        self,
        editor: Editor,
        say: Callable[..., object],
        tell: Callable[..., object],
    ) -> None:
        self._editor, self._say, self._tell = editor, say, tell
        self._gesture: Gesture | None = None

    def enter(self, event: QDragEnterEvent) -> None:
        name = bytes(event.mimeData().data(COMPONENT_TYPE).data()).decode()
        component = self._editor.catalog.named(name)
        if self._editor.document is None:
            event.ignore()
        elif component is not None:
            self._gesture = DropGesture(self._editor, component, self._say)
            event.acceptProposedAction()
        elif paths := dropped_paths(event):
            self._gesture = FileDrop(self._editor, paths, self._say, self._tell)
            event.acceptProposedAction()
        else:
            event.ignore()

    def move(self, event: QDragMoveEvent, point: QPointF) -> None:
        if self._gesture is not None:
            self._gesture.move(point, event.modifiers())
        event.acceptProposedAction()

    def leave(self) -> None:
        if self._gesture is not None:
            self._gesture.cancel()
            self._gesture = None

    def drop(self, event: QDropEvent, point: QPointF) -> None:
        if self._gesture is not None:
            self._gesture.finish(point, event.modifiers())
            self._gesture = None
        event.acceptProposedAction()
