"""All wires of an area in one pass: plain ones as one path a sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import cast

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.gui.designer.geometry import BLOCK_ZOOM, PLAIN_ZOOM, around, straight
from studio.gui.designer.items.edge_item import DASH, EdgeItem
from studio.gui.designer.items.stamps import stamp
from studio.gui.designer.sheets import Box, Sheet, Sheets
from studio.gui.theme import icons
from studio.gui.theme.theme import tokens

MARK = 14.0


def paint_wires(
    painter: QPainter, wires: Sheets[EdgeItem], area: Box, zoom: float
) -> None:
    """Draw every wire that may touch an area of the scene."""
    sheets = list(wires.sheets(area))
    small, plain = zoom < BLOCK_ZOOM, zoom < PLAIN_ZOOM
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for failed in (False, True):
        painter.setPen(_failed_pen(small) if failed else _plain_pen(small))
        for sheet in sheets:
            if plain:
                painter.drawLines(_lines(sheet, failed))
            else:
                painter.drawPath(_path(sheet, failed))
    for sheet in sheets:
        for wire in _apart(sheet):
            _paint_apart(painter, wire, zoom)
        if not small:
            for wire in sheet.things:
                if wire.flow == "failed":
                    _paint_failure(painter, wire)


def _path(sheet: Sheet[EdgeItem], failed: bool) -> QPainterPath:
    """All wires of a sheet that look alike."""
    key = "failed path" if failed else "path"
    found = sheet.drawn.get(key)
    if found is None:
        path = QPainterPath()
        for wire in _alike(sheet, failed):
            path.addPath(wire.path)
        found = sheet.drawn[key] = path
    return cast("QPainterPath", found)


def _lines(sheet: Sheet[EdgeItem], failed: bool) -> list[QLineF]:
    key = "failed lines" if failed else "lines"
    found = sheet.drawn.get(key)
    if found is None:
        wires = _alike(sheet, failed)
        found = [line for wire in wires for line in straight(*wire.ends)]
        sheet.drawn[key] = found
    return cast("list[QLineF]", found)


def _alike(sheet: Sheet[EdgeItem], failed: bool) -> Iterable[EdgeItem]:
    return (w for w in sheet.things if w.plain and (w.flow == "failed") == failed)


def _apart(sheet: Sheet[EdgeItem]) -> Iterable[EdgeItem]:
    found = sheet.drawn.get("apart")
    if found is None:
        found = [wire for wire in sheet.things if not wire.plain]
        sheet.drawn["apart"] = found
    return cast("list[EdgeItem]", found)


def _paint_apart(painter: QPainter, wire: EdgeItem, zoom: float) -> None:
    painter.setPen(_pen_of(wire, zoom))
    if zoom < PLAIN_ZOOM:
        painter.drawLines(straight(*wire.ends))
        return
    painter.drawPath(wire.path)


def _pen_of(wire: EdgeItem, zoom: float) -> QPen:
    thin = zoom < BLOCK_ZOOM
    if wire.selected:
        return _pen("accent", 2.0, thin)
    if wire.marked:
        return _pen("accent", 3.0, thin)
    if wire.flow == "running":
        return _dashes(QPen(_pen("run", 2.0)), wire.offset)
    return _pen("text2", 2.0, thin)


def _dashes(pen: QPen, offset: float) -> QPen:
    # Patterns are counted in pen widths.
    pen.setDashPattern([part / pen.widthF() for part in DASH])
    pen.setDashOffset(-offset / pen.widthF())
    return pen


def _paint_failure(painter: QPainter, wire: EdgeItem) -> None:
    stamp(painter, around(wire.middle, MARK + 2), "failure", _failure_at(wire.middle))


def _failure_at(middle: QPointF) -> Callable[[QPainter], object]:
    def paint(painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().canvas))
        painter.drawEllipse(around(middle, MARK + 2))
        picture = icons.pixmap("x-circle", "err", int(MARK), ratio=2.0)
        painter.drawPixmap(around(middle, MARK), picture, QRectF(picture.rect()))

    return paint


def _pen(color: str, width: float, cosmetic: bool = False) -> QPen:
    """A pen of a token; width 0 stands for a wire's own."""
    today = tokens()
    return _made_pen(today.color(color), width or today.wire_width, cosmetic)


def _failed_pen(small: bool) -> QPen:
    return _pen("err", 1.0 if small else 2.0, small)


def _plain_pen(small: bool) -> QPen:
    """Thin where a wire is so small that its own width could not be seen."""
    return _pen("wire", 1.0 if small else 0.0, small)


@lru_cache(maxsize=64)
def _made_pen(color: str, width: float, cosmetic: bool) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCosmetic(cosmetic)
    return pen
