"""What all gestures share: they move, and end well or are called off."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, Qt

NO_KEYS = Qt.KeyboardModifier.NoModifier


class Gesture(Protocol):
    """From press to release. Points are in scene pixels."""

    def move(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The pointer is there now."""

    def finish(self, point: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The button was released there."""

    def cancel(self) -> None:
        """Escape, or the pipeline was closed: leave all as it was."""


def extends(keys: Qt.KeyboardModifier) -> bool:
    """Whether the keys say to add to the selection."""
    both = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return bool(keys & both)
