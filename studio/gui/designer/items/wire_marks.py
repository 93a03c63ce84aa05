"""What stands at the middle of a wire: a failure, or how many rows went through."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import cast

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from studio.gui.designer.geometry import around
from studio.gui.designer.items.edge_item import EdgeItem
from studio.gui.designer.items.stamps import stamp, stamp_at
from studio.gui.designer.sheets import Box, Sheet, among
from studio.gui.theme import fonts, icons
from studio.gui.theme.theme import tokens

MARK, CLOSE_ZOOM = 14.0, 0.8
LABEL_HEIGHT, LABEL_PAD, LABEL_SIZE = 16.0, 4.0, 11
PORT_ROOM = 14.0
"""What the two ports at the ends of a wire cover of it."""


def paint_marks(
    painter: QPainter, sheets: Iterable[Sheet[EdgeItem]], area: Box, zoom: float
) -> None:
    """Draw the marks of the wires on these sheets that may touch an area."""
    failed: list[QPointF] = []
    for sheet in sheets:
        failures, labelled = _marked(sheet)
        if zoom >= CLOSE_ZOOM:
            for wire in among(labelled, area):
                _paint_label(painter, wire)
        failed += [wire.middle for wire in among(failures, area)]
    stamp_at(painter, failed, MARK + 2, "failure", _paint_failure)


def _marked(sheet: Sheet[EdgeItem]) -> tuple[list[EdgeItem], list[EdgeItem]]:
    """A sheet's wires with a failure, and those with only a label."""
    found = sheet.drawn.get("marked")
    if found is None:
        failures = [wire for wire in sheet.things if wire.flow == "failed"]
        labelled = [w for w in sheet.things if w.label and w.flow != "failed"]
        found = sheet.drawn["marked"] = (failures, labelled)
    return cast("tuple[list[EdgeItem], list[EdgeItem]]", found)


def _paint_label(painter: QPainter, wire: EdgeItem) -> None:
    """Only where it fits: a label longer than its wire would hide it."""
    area = label_area(wire)
    start, end = wire.ends
    length = math.hypot(end.x() - start.x(), end.y() - start.y())
    if area.width() + PORT_ROOM <= length:
        stamp(painter, area, ("label", wire.label), _label_in(area, wire.label))


def label_area(wire: EdgeItem) -> QRectF:
    """Where its label stands: over the wire, which it doesn't hide."""
    width = _width(wire.label, fonts.scaled(LABEL_SIZE)) + 2 * LABEL_PAD
    area = QRectF(QPointF(), QSizeF(width, LABEL_HEIGHT))
    area.moveCenter(wire.middle - QPointF(0, LABEL_HEIGHT / 2 + 2))
    return area


@lru_cache(maxsize=1024)
def _width(text: str, _pixels: int) -> float:
    return math.ceil(QFontMetricsF(fonts.font(LABEL_SIZE)).horizontalAdvance(text))


def _label_in(area: QRectF, text: str) -> Callable[[QPainter], object]:
    def paint(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().canvas))
        painter.drawRoundedRect(area, 4, 4)
        painter.setPen(QColor(tokens().text3))
        painter.setFont(fonts.font(LABEL_SIZE))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    return paint


def _paint_failure(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens().canvas))
    painter.drawEllipse(around(QPointF(), MARK + 2))
    picture = icons.pixmap("x-circle", "err", int(MARK), ratio=2.0)
    painter.drawPixmap(around(QPointF(), MARK), picture, QRectF(picture.rect()))
