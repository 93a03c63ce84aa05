"""Bars with a name each: upright while the names fit below them, else lying."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from studio.gui.theme.theme import tokens
from studio.gui.widgets.formats import format_number
from studio.gui.widgets.plot_surface import (
    elided,
    name_ticks,
    set_axes,
    tick_font,
    widest,
)

AXIS_ROOM, GAP, MOST_SHARE = 56.0, 8.0, 0.4


@dataclass(frozen=True)
class BarLayout:
    """`names` as they are written."""

    lying: bool
    names: tuple[str, ...]


def bar_layout(names: Sequence[str], width: float) -> BarLayout:
    """How bars stand in a plot that is `width` pixels wide."""
    room = max(width - AXIS_ROOM, AXIS_ROOM)
    each = room / max(1, len(names)) - GAP
    lying = widest(names) > each
    return BarLayout(lying, tuple(elided(names, room * MOST_SHARE if lying else each)))


def draw_bars(item: Any, values: Sequence[float], y: str, layout: BarLayout) -> None:
    """Draw into an empty PlotItem; `y` is the title of the values' axis."""
    lying = layout.lying
    set_axes(item, y if lying else "", "" if lying else y, grid="x" if lying else "y")
    name_ticks(item.getAxis("left" if lying else "bottom"), layout.names)
    drawn = [value if math.isfinite(value) else 0.0 for value in values]
    _add_bars(item, drawn, lying)
    for place, value in enumerate(values):
        _add_text(item, place, drawn[place], format_number(value), lying)
    _frame(item, drawn, lying)


def _add_bars(item: Any, values: Sequence[float], lying: bool) -> None:
    import pyqtgraph as pg

    look = {"brush": pg.mkBrush(tokens().accent), "pen": pg.mkPen(None)}
    places, sizes = list(range(len(values))), list(values)
    if lying:
        item.addItem(pg.BarGraphItem(x0=0, width=sizes, y=places, height=0.6, **look))
    else:
        item.addItem(pg.BarGraphItem(x=places, width=0.6, height=sizes, **look))


def _add_text(item: Any, place: int, value: float, words: str, lying: bool) -> None:
    import pyqtgraph as pg

    text = pg.TextItem(words, color=tokens().text2)
    text.setFont(tick_font())
    beyond = 1.0 if value < 0 else 0.0
    text.setAnchor((beyond, 0.5) if lying else (0.5, 1.0 - beyond))
    text.setPos(*((value, place) if lying else (place, value)))
    item.addItem(text, ignoreBounds=True)


def _frame(item: Any, values: Sequence[float], lying: bool) -> None:
    room = (0.4 if lying else 0.25) * max((abs(v) for v in values), default=1.0)
    low, high = min([0.0, *values]), max([0.0, *values])
    size = (low - room * (low < 0), high + room)
    names = (-0.6, len(values) - 0.4)
    across, up = (size, names) if lying else (names, size)
    item.invertY(lying)  # the first name stands at the top
    item.setRange(xRange=across, yRange=up, padding=0)
