"""A spatial index: things lie on sheets by their middle, found by their box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeAlias, TypeVar

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom: plain numbers, as thousands are compared in a frame."""

SIDE = 768.0
_SPAN = 2 * SIDE  # of two sides' sum


class Lies(Protocol):
    @property
    def bounds(self) -> Box:
        """All that it may cover, in scene pixels."""


Thing = TypeVar("Thing", bound=Lies)


class Sheet(Generic[Thing]):
    """Some things that lie near each other; `drawn` is whatever a painter keeps."""

    def __init__(self, place: tuple[float, float]) -> None:
        self.place = place
        self.things: dict[Thing, None] = {}
        self.drawn: dict[str, object] = {}
        self._bounds: Box | None = None

    @property
    def bounds(self) -> Box:
        if self._bounds is None:
            boxes = [thing.bounds for thing in self.things]
            lefts, tops, rights, bottoms = zip(*boxes, strict=True)
            self._bounds = (min(lefts), min(tops), max(rights), max(bottoms))
        return self._bounds

    def touched(self) -> None:
        """Something on it looks or lies different."""
        if self.drawn:
            self.drawn.clear()
        self._bounds = None


class Sheets(Generic[Thing]):
    """Put things again after they have moved."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[float, float], Sheet[Thing]] = {}
        self._where: dict[Thing, Sheet[Thing]] = {}

    def __len__(self) -> int:
        return len(self._where)

    def put(self, *things: Thing) -> None:
        """Lay things where their bounds say, and off where they lay."""
        touched: set[Sheet[Thing]] = set()
        where = self._where
        for thing in things:
            left, top, right, bottom = thing.bounds
            place = ((left + right) // _SPAN, (top + bottom) // _SPAN)
            sheet = where.get(thing)
            if sheet is None or sheet.place != place:
                if sheet is not None:
                    self.take(thing)
                sheet = where[thing] = self._at(place)
                sheet.things[thing] = None
            touched.add(sheet)
        for sheet in touched:
            sheet.touched()

    def take(self, *things: Thing) -> None:
        """Take things away; unknown ones are ignored."""
        touched: set[Sheet[Thing]] = set()
        for thing in things:
            sheet = self._where.pop(thing, None)
            if sheet is not None:
                del sheet.things[thing]
                touched.add(sheet)
        for sheet in touched:
            sheet.touched()
            if not sheet.things:
                del self._sheets[sheet.place]

    def touch(self, thing: Thing) -> None:
        """A thing looks different where it lies."""
        if (sheet := self._where.get(thing)) is not None:
            sheet.drawn.clear()

    def clear_drawn(self) -> None:
        for sheet in self._sheets.values():
            sheet.drawn.clear()

    @property
    def all(self) -> Iterable[Sheet[Thing]]:
        return self._sheets.values()

    def sheets(self, area: Box) -> Iterator[Sheet[Thing]]:
        """Sheets with something that may touch an area."""
        for sheet in self._sheets.values():
            if overlap(sheet.bounds, area):
                yield sheet

    def near(self, area: Box) -> Iterator[Thing]:
        """Things whose bounds touch an area, in no particular order."""
        for sheet in self.sheets(area):
            yield from among(sheet.things, area)

    def bounds(self) -> Box | None:
        """The box of all things; None if there are none."""
        boxes = [sheet.bounds for sheet in self._sheets.values()]
        if not boxes:
            return None
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return (min(lefts), min(tops), max(rights), max(bottoms))

    def _at(self, place: tuple[float, float]) -> Sheet[Thing]:
        sheet = self._sheets.get(place)
        if sheet is None:
            sheet = self._sheets[place] = Sheet(place)
        return sheet


def among(things: Iterable[Thing], area: Box) -> list[Thing]:
    """Those of some things whose bounds touch an area."""
    left, top, right, bottom = area
    return [
        thing
        for thing in things
        if (box := thing.bounds)[0] <= right
        and box[2] >= left
        and box[1] <= bottom
        and box[3] >= top
    ]


def overlap(one: Box, other: Box) -> bool:
    return (
        one[0] <= other[2]
        and one[2] >= other[0]
        and one[1] <= other[3]
        and one[3] >= other[1]
    )


def share(one: Box, other: Box) -> float:
    """How much of one box, which isn't flat, lies in another: 0 to 1."""
    left, top, right, bottom = one
    across = min(right, other[2]) - max(left, other[0])
    down = min(bottom, other[3]) - max(top, other[1])
    if across <= 0 or down <= 0:
        return 0.0
    return across * down / ((right - left) * (bottom - top))
