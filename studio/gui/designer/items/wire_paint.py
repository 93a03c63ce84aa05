"""All wires of an area in one pass: plain ones as one path a sheet."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias, cast

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from studio.gui.designer.geometry import BLOCK_ZOOM, DETAIL_ZOOM
from studio.gui.designer.items.edge_item import DASH, EdgeItem
from studio.gui.designer.items.wire_marks import CLOSE_ZOOM, paint_marks
from studio.gui.designer.sheets import Box, Sheet, Sheets, among, share
from studio.gui.theme.theme import tokens

Look: TypeAlias = Literal["plain", "stale", "failed"]
FAR_SHARE = 0.25
"""A sheet is drawn whole where so much of it is seen: far out lines are so thin that
many at once take less than each alone."""
LOOKS: tuple[Look, ...] = ("plain", "stale", "failed")


def paint_wires(
    painter: QPainter, wires: Sheets[EdgeItem], area: Box, zoom: float, *, plain: bool
) -> None:
    """Draw every wire that may touch an area; `plain` ones as straight lines."""
    sheets, small = list(wires.sheets(area)), zoom < BLOCK_ZOOM
    least = FAR_SHARE if zoom < DETAIL_ZOOM else 1.0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for look in LOOKS:
        painter.setPen(_look_pen(look, small))
        for sheet in sheets:
            if not _alike(sheet, look):
                continue
            if plain:
                painter.drawLines(_lines(sheet, look))
            elif look == "stale" and zoom >= CLOSE_ZOOM:
                painter.drawLines(_dashes_of(sheet))
            elif share(sheet.bounds, area) >= least:
                painter.drawPath(_path(sheet, look))
            else:  # curves take long: only those that are seen
                for wire in among(_alike(sheet, look), area):
                    painter.drawPath(wire.path)
    for sheet in sheets:
        for wire in _alike(sheet, None):
            _paint_apart(painter, wire, zoom, plain)
    if not small:
        paint_marks(painter, sheets, area, zoom)


def _path(sheet: Sheet[EdgeItem], look: Look) -> QPainterPath:
    """All wires of a sheet that look alike."""
    key = f"{look} path"
    found = sheet.drawn.get(key)
    if found is None:
        path = QPainterPath()
        for wire in _alike(sheet, look):
            path.addPath(wire.path)
        found = sheet.drawn[key] = path
    return cast("QPainterPath", found)


def _dashes_of(sheet: Sheet[EdgeItem]) -> list[QLineF]:
    """The dashes of stale wires, cut once: a dashed pen would cut them each time."""
    found = sheet.drawn.get("dashes")
    if found is None:
        found = [dash for wire in _alike(sheet, "stale") for dash in wire.dashes]
        sheet.drawn["dashes"] = found
    return cast("list[QLineF]", found)


def _lines(sheet: Sheet[EdgeItem], look: Look) -> list[QLineF]:
    key = f"{look} lines"
    found = sheet.drawn.get(key)
    if found is None:
        wires = _alike(sheet, look)
        found = [line for wire in wires for line in wire.lines]
        sheet.drawn[key] = found
    return cast("list[QLineF]", found)


def _alike(sheet: Sheet[EdgeItem], look: Look | None) -> list[EdgeItem]:
    """A sheet's wires of one look; None for those that are drawn one by one."""
    found = cast("dict[Look | None, list[EdgeItem]] | None", sheet.drawn.get("looks"))
    if found is None:
        found = {each: [] for each in (*LOOKS, None)}
        for wire in sheet.things:
            found[_look_of(wire)].append(wire)
        sheet.drawn["looks"] = found
    return found[look]


def _look_of(wire: EdgeItem) -> Look | None:
    if not wire.plain:
        return None
    return wire.flow if wire.flow in ("failed", "stale") else "plain"


def _paint_apart(painter: QPainter, wire: EdgeItem, zoom: float, plain: bool) -> None:
    painter.setPen(_pen_of(wire, zoom))
    if plain:
        painter.drawLines(wire.lines)
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


def _pen(color: str, width: float, cosmetic: bool = False) -> QPen:
    """A pen of a token; width 0 stands for a wire's own."""
    today = tokens()
    return _made_pen(today.color(color), width or today.wire_width, cosmetic)


def _look_pen(look: Look, small: bool) -> QPen:
    """Thin where a wire is so small that its own width could not be seen."""
    color, width = {"failed": ("err", 2.0), "stale": ("warn", 0.0)}.get(
        look, ("wire", 0.0)
    )
    return _pen(color, 1.0 if small else width, small)


@lru_cache(maxsize=64)
def _made_pen(color: str, width: float, cosmetic: bool) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCosmetic(cosmetic)
    return pen
