"""Moving the view itself."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QGraphicsView


class PanGesture:
    """Space and the left button, or the middle one."""

    def __init__(self, view: QGraphicsView, at: QPoint) -> None:
        self._view, self._last = view, at
        view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move_view(self, at: QPoint) -> None:
        """The pointer is there now, in the viewport's pixels."""
        way, self._last = at - self._last, at
        for bar, pixels in (
            (self._view.horizontalScrollBar(), way.x()),
            (self._view.verticalScrollBar(), way.y()),
        ):
            bar.setValue(bar.value() - pixels)

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Scene points move along with the view; only viewport pixels count."""

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._view.viewport().unsetCursor()

    def cancel(self) -> None:
        self._view.viewport().unsetCursor()
