"""Thin lines that say with what a dragged card stands in line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.domain.guides import Guide
from studio.gui.theme.theme import tokens

HEIGHT = 3
"""Over the cards."""


class GuideLines(QGraphicsItem):
    def __init__(self) -> None:
        super().__init__()
        self.guides: tuple[Guide, ...] = ()
        self._lines: list[QLineF] = []
        self._area = QRectF()
        self.setZValue(HEIGHT)

    def show_guides(self, guides: Sequence[Guide]) -> None:
        if tuple(guides) == self.guides:
            return
        self.prepareGeometryChange()
        self.guides = tuple(guides)
        self._lines = [_line(guide) for guide in guides]
        self._area = QRectF()
        for line in self._lines:
            ends = QRectF(line.p1(), line.p2()).normalized()
            self._area = self._area.united(ends.adjusted(-1, -1, 1, 1))
        self.update()

    def boundingRect(self) -> QRectF:
        return self._area

    def shape(self) -> QPainterPath:
        return QPainterPath()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        pen = QPen(QColor(tokens().accent), 1.0)
        pen.setCosmetic(True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(pen)
        painter.drawLines(self._lines)


def _line(guide: Guide) -> QLineF:
    if guide.upright:
        return QLineF(guide.at, guide.start, guide.at, guide.end)
    return QLineF(guide.start, guide.at, guide.end, guide.at)
