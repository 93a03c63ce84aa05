"""What features paint with a card: under it and over it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter


class Mark(Protocol):
    """A value: equal marks look the same. It may reach 12 px beyond the card."""

    def __hash__(self) -> int: ...

    def paint_under(self, painter: QPainter, card: QRectF) -> None:
        """Before the card, in its own pixels."""

    def paint_over(self, painter: QPainter, card: QRectF) -> None:
        """After the card and its ports."""
