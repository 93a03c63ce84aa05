"""Parallel coordinates as values: axes, and lines that cross them.

axis = numbers("rate", 0.001, 1.0, log=True)
axis.place(0.1)        # 0.66: the part of the way from the axis's foot to its head
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_PIECES, _DECADES = 4, 2
STEPS = 20
Brush: TypeAlias = tuple[float, float]
"""The part of an axis that lines must cross, as places."""


@dataclass(frozen=True)
class Axis:
    """`ticks` are places (0 at the foot, 1 at the head) with their words.

    An axis has `words` in order, or else goes from `low` to `high`.
    """

    title: str
    ticks: tuple[tuple[float, str], ...] = ()
    words: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def place(self, value: object) -> float | None:
        """Where a value is; None if it has no place here."""
        if self.words:
            word = str(value)
            return (
                _even(self.words.index(word), len(self.words))
                if word in self.words
                else None
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return _part(value, self.low, self.high, self.log)

    def value(self, place: float) -> float:
        """The number at a place, the opposite of `place`."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return float(10.0 ** (low + place * (high - low)))
        return self.low + place * (self.high - self.low)

    def step(self, place: float, way: int) -> float:
        """The next place up (1) or down (-1): of a word, or a twentieth of the axis."""
        count = max(1, len(self.words) - 1) if self.words else STEPS
        number = place * count
        near = round(number)
        if abs(number - near) > 1e-6:  # it was pulled by mouse: to the next one
            near = math.floor(number) if way > 0 else math.ceil(number)
        return min(count, max(0, near + way)) / count

    def range_words(self, low: float, high: float) -> str:
        """`10 to 50`; the words between; "" if none."""
        if not self.words:
            ends = self.value(low), self.value(high)
            return " to ".join(f"{end:,.4g}" for end in ends)
        places = (
            (_even(n, len(self.words)), word) for n, word in enumerate(self.words)
        )
        inside = [word for place, word in places if low - 1e-9 <= place <= high + 1e-9]
        return " to ".join(dict.fromkeys([*inside[:1], *inside[-1:]]))


@dataclass(frozen=True)
class Trace:
    """One line. `rank` colours it: 1 is best, 0 worst, None is not known.

    A `faint` line is dashed; `told` is what one reads of it.
    """

    key: int
    values: tuple[object, ...]
    rank: float | None = None
    faint: bool = False
    told: str = ""


def categories(title: str, words: Sequence[str]) -> Axis:
    """Words at even distances, the first at the foot."""
    ticks = tuple((_even(n, len(words)), word) for n, word in enumerate(words))
    return Axis(title, ticks, words=tuple(words))


def numbers(
    title: str,
    low: float,
    high: float,
    *,
    log: bool = False,
    at: Iterable[float] = (),
) -> Axis:
    """Numbers from `low` to `high`, with ticks `at` these, or else at round ones."""
    given = tuple(at)
    marks = given or (_decades(low, high) if log else _round_numbers(low, high))
    places = ((_part(mark, low, high, log), f"{mark:,.6g}") for mark in marks)
    ticks = tuple((place, word) for place, word in places if place is not None)
    return Axis(title, ticks, low=low, high=high, log=log)


def nearest(
    lines: Iterable[tuple[int, Sequence[tuple[float, float]]]],
    x: float,
    y: float,
    reach: float,
) -> int | None:
    """The key of the line of points that comes nearest, within `reach`."""
    found, best = None, reach
    for key, points in lines:
        for (x0, y0), (x1, y1) in pairwise(points):
            if x0 - reach <= x <= x1 + reach:
                apart = _distance(x, y, x0, y0, x1, y1)
                if apart <= best:
                    found, best = key, apart
    return found


def _part(value: float, low: float, high: float, log: bool) -> float | None:
    if not math.isfinite(value) or (log and value <= 0):
        return None
    if low == high:
        return 0.5
    if log:
        value, low, high = math.log10(value), math.log10(low), math.log10(high)
    part = (value - low) / (high - low)
    return part if -1e-9 <= part <= 1 + 1e-9 else None


def _even(number: int, count: int) -> float:
    return 0.5 if count == 1 else number / (count - 1)


def _decades(low: float, high: float) -> tuple[float, ...]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.log10(high) + 1e-9
    inside = tuple(10.0**n for n in range(first, math.floor(last) + 1))
    return inside if len(inside) >= _DECADES else (low, high)


def _round_numbers(low: float, high: float) -> tuple[float, ...]:
    if low == high:
        return (low,)
    rough = (high - low) / _PIECES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in _ROUND if power * one >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(n * step, 12) for n in range(first, last + 1))


def _distance(x: float, y: float, x0: float, y0: float, x1: float, y1: float) -> float:
    dx, dy = x1 - x0, y1 - y0
    size = dx * dx + dy * dy
    part = (
        0.0 if not size else min(1.0, max(0.0, ((x - x0) * dx + (y - y0) * dy) / size))
    )
    return math.hypot(x - x0 - part * dx, y - y0 - part * dy)
