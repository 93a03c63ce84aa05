"""What a plot's points say, read by the pointer or walked with the arrow keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from PySide6.QtCore import QPointF, Qt

from studio.gui.theme.theme import tokens
from studio.gui.widgets.formats import format_number

Cells: TypeAlias = tuple[str, ...]
MOST_LINES, RING, BESIDE = 8, 11, 10.0


@dataclass(frozen=True)
class Curve:
    """One named line; `xs` and `ys` have the same length."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    dashed: bool = False


@dataclass(frozen=True)
class Group:
    """Points that belong together; `cells` are one's values under the headings."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    cells: Callable[[int], Cells]


@dataclass(frozen=True)
class Reading:
    """All that can be read from a plot.

    `by_x`: the values of all groups at one x belong together, as those of curves.
    """

    headings: Cells
    groups: tuple[Group, ...]
    by_x: bool = False

    def words(self, group: int, point: int) -> str:
        """`Adelie: False positive rate 0.1, True positive rate 0.9`."""
        one = self.groups[group]
        parts = zip(self.headings, one.cells(point), strict=False)
        told = ", ".join(f"{name} {value}".strip() for name, value in parts)
        return f"{one.name}: {told}" if one.name else told

    def rows(self) -> Iterator[Cells]:
        """Every point, its group first where groups have names."""
        named = any(group.name for group in self.groups)
        for group in self.groups:
            for point in range(len(group.xs)):
                head = (group.name,) if named else ()
                yield (*head, *group.cells(point))

    @property
    def columns(self) -> Cells:
        named = any(group.name for group in self.groups)
        return (*(("Series",) if named else ()), *self.headings)


def reading_of_curves(
    curves: Sequence[Curve], x: str, y: str, *, by_x: bool = True
) -> Reading:
    """Curves or clouds over two axes."""

    def group(curve: Curve) -> Group:
        def cells(n: int) -> Cells:
            return format_number(float(curve.xs[n])), format_number(float(curve.ys[n]))

        return Group(curve.name, curve.xs, curve.ys, cells)

    solid = [c for c in curves if not c.dashed and len(c.xs)]
    return Reading((x or "x", y or "y"), tuple(group(c) for c in solid), by_x)


def reading_of_bars(
    names: Sequence[str], values: Sequence[float], y: str, *, lying: bool
) -> Reading:
    """A name and a value each; lying bars stand below each other."""
    places = [float(place) for place in range(len(values))]
    sizes = [v if math.isfinite(v) else 0.0 for v in values]

    def cells(n: int) -> Cells:
        return names[n], format_number(values[n])

    across = (sizes, places) if lying else (places, sizes)
    return Reading(("", y or "Value"), (Group("", *across, cells),))


def reading_of_matrix(
    counts: Sequence[Sequence[float]],
    shares: Sequence[Sequence[float]],
    labels: Sequence[str],
) -> Reading:
    """Cells of a confusion matrix, a group for each row."""

    def group(row: int) -> Group:
        def cells(n: int) -> Cells:
            share = f"{100 * shares[row][n]:.1f} %"
            return labels[row], labels[n], format_number(counts[row][n]), share

        places = [n + 0.5 for n in range(len(labels))]
        return Group("", places, [row + 0.5] * len(labels), cells)

    headings = ("Actual", "Predicted", "Count", "Share of actual")
    return Reading(headings, tuple(group(row) for row in range(len(labels))))


class Readout:
    """A crosshair on one point, and what it says; `told` is called with each change."""

    def __init__(
        self, surface: Any, reading: Reading, told: Callable[[str], object]
    ) -> None:
        import pyqtgraph as pg

        self._reading, self._told = _in_order(reading), told
        self.at: tuple[int, int] | None = None
        item = surface.getPlotItem()
        self._box = item.getViewBox()
        pen = pg.mkPen(tokens().border_strong, style=Qt.PenStyle.DotLine)
        self._lines = [pg.InfiniteLine(angle=angle, pen=pen) for angle in (90, 0)]
        self._ring = pg.ScatterPlotItem(
            size=RING, brush=pg.mkBrush(None), pen=pg.mkPen(tokens().focus, width=2)
        )
        self._text = pg.TextItem(
            color=tokens().text,
            fill=pg.mkBrush(tokens().surface2),
            border=pg.mkPen(tokens().border),
        )
        self._text.setZValue(10)
        self._item, self._added = item, False
        self._signal = surface.scene().sigMouseMoved
        self._signal.connect(self.point_at)

    @property
    def words(self) -> str:
        """Of the point that is marked; "" if none is."""
        return self._reading.words(*self.at) if self.at is not None else ""

    def detach(self) -> None:
        self._signal.disconnect(self.point_at)

    def hide(self) -> None:
        """Mark nothing."""
        if self.at is not None:
            self.at = None
            for part in self._parts:
                part.hide()
            self._show_legend(True)
            self._told("")

    def point_at(self, where: QPointF) -> None:
        """Mark what is nearest to a place of the scene."""
        if not self._box.sceneBoundingRect().contains(where):
            self.hide()
            return
        found = self._nearest(where)
        if found is None:
            self.hide()
        else:
            self._mark(*found)

    def step(self, across: int, up: int) -> None:
        """To a neighbour: along a group, or to the group before or after."""
        groups = self._reading.groups
        if not groups:
            return
        if self.at is None:
            self._mark(0, 0)
            return
        group, point = self.at
        if up and len(groups) > 1:
            other = min(len(groups) - 1, max(0, group + up))
            x = groups[group].xs[point]
            point = _nearest_number(groups[other].xs, x) if other != group else point
            self._mark(other, point)
            return
        # One group alone is walked with all four keys: lying bars go down.
        last = len(groups[group].xs) - 1
        self._mark(group, min(last, max(0, point + (across or up))))

    def end(self, last: bool) -> None:
        """To the first or last point of the group."""
        group = self.at[0] if self.at else 0
        if self._reading.groups:
            self._mark(group, len(self._reading.groups[group].xs) - 1 if last else 0)

    # -- inside ------------------------------------------------------------------------

    @property
    def _parts(self) -> tuple[Any, ...]:
        return (*self._lines, self._ring, self._text)

    def _nearest(self, where: QPointF) -> tuple[int, int] | None:
        groups = self._reading.groups
        if self._reading.by_x:
            x = self._box.mapSceneToView(where).x()
            y = self._box.mapSceneToView(where).y()
            near = [(g, _nearest_number(one.xs, x)) for g, one in enumerate(groups)]
            return min(
                near, key=lambda at: abs(groups[at[0]].ys[at[1]] - y), default=None
            )
        return self._nearest_in_pixels(where)

    def _nearest_in_pixels(self, where: QPointF) -> tuple[int, int] | None:
        import numpy as np

        place, size = self._box.mapSceneToView(where), self._box.viewPixelSize()
        best: tuple[float, int, int] | None = None
        for number, group in enumerate(self._reading.groups):
            far = np.hypot(
                (np.asarray(group.xs, float) - place.x()) / (size[0] or 1.0),
                (np.asarray(group.ys, float) - place.y()) / (size[1] or 1.0),
            )
            if not np.isfinite(far).any():
                continue
            point = int(np.nanargmin(far))
            if best is None or far[point] < best[0]:
                best = (float(far[point]), number, point)
        return best[1:] if best is not None else None

    def _mark(self, group: int, point: int) -> None:
        if self.at == (group, point):
            return
        if not self._added:
            self._added = True
            for part in self._parts:
                self._item.addItem(part, ignoreBounds=True)
        self.at = (group, point)
        one = self._reading.groups[group]
        x, y = float(one.xs[point]), float(one.ys[point])
        known = math.isfinite(y)
        for line, value in zip(self._lines, (x, y), strict=True):
            line.setVisible(math.isfinite(value))
            if math.isfinite(value):
                line.setValue(value)
        self._ring.setData([x], [y if known else 0.0])
        self._ring.setVisible(known)
        self._text.setText(self._label())
        self._place_text(x, y if known else sum(self._box.viewRange()[1]) / 2)
        self._text.show()
        self._show_legend(False)
        self._told(self.words)

    def _show_legend(self, on: bool) -> None:
        """It would hide what is written beside a point, which names the curves too."""
        if self._item.legend is not None:
            self._item.legend.setVisible(on)

    def _place_text(self, x: float, y: float) -> None:
        """Beside the point, moved so far that all of it can be seen."""
        area, size = self._box.sceneBoundingRect(), self._text.boundingRect()
        at = self._box.mapViewToScene(QPointF(x, y)) - area.topLeft()
        anchor = (
            _anchor(at.x(), size.width(), area.width()),
            _anchor(at.y(), size.height(), area.height()),
        )
        self._text.setAnchor(anchor)
        self._text.setPos(x, y)

    def _label(self) -> str:
        """What is written beside the point: one line for each value, or curve."""
        assert self.at is not None
        group, point = self.at
        one = self._reading.groups[group]
        if not self._reading.by_x or len(self._reading.groups) == 1:
            pairs = zip(self._reading.headings, one.cells(point), strict=False)
            lines = [f"{name}  {value}".strip() for name, value in pairs]
            return "\n".join([*([one.name] if one.name else []), *lines])
        x = one.xs[point]
        lines = [
            f"{each.name}  {each.cells(_nearest_number(each.xs, x))[1]}"
            for each in self._reading.groups
        ]
        return "\n".join([one.cells(point)[0], *lines[:MOST_LINES]])


def _in_order(reading: Reading) -> Reading:
    """Points from left to right, so that keys walk as the eye does; no empty group."""
    filled = tuple(group for group in reading.groups if len(group.xs))
    reading = replace(reading, groups=filled)

    def sorted_group(group: Group) -> Group:
        order = sorted(range(len(group.xs)), key=lambda n: group.xs[n])
        if order == list(range(len(order))):
            return group
        xs, ys = [group.xs[n] for n in order], [group.ys[n] for n in order]
        return Group(group.name, xs, ys, lambda n: group.cells(order[n]))

    if not reading.by_x and len(reading.groups) == 1 and reading.headings[0] == "":
        return reading  # bars stay as they are named
    return replace(reading, groups=tuple(sorted_group(g) for g in reading.groups))


def _anchor(place: float, size: float, room: float) -> float:
    """Which part of a text lies at a place, that it stays within a room."""
    start = place + BESIDE if place + BESIDE + size <= room else place - BESIDE - size
    return (place - max(0.0, min(start, room - size))) / max(size, 1.0)


def _nearest_number(xs: Sequence[float], x: float) -> int:
    return min(range(len(xs)), key=lambda number: abs(xs[number] - x))
