"""How a wire is led around the cards it would pass behind: over or under them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Ends: TypeAlias = tuple[float, float, float, float]
"""Where a wire leaves a card (x, y), and where it arrives (x, y)."""
Way: TypeAlias = tuple[float, float, float]
"""From x to x at one height: the level part of a wire that is led around."""
CardsNear: TypeAlias = Callable[[Box], Iterable[Box]]
"""The cards that touch an area, without those at the wire's own ends."""

MOST_LED = 300
"""With more wires none is led around: looking for ways would be felt in each move."""
LEAST_LENGTH = 80.0
TOUCH = 4.0
"""A wire so near to a card seems to belong to it."""
ASIDE, LANE, LANES, APART, STUB = 14.0, 16.0, 3, 6.0, 12.0
REACH = 480.0
"""How far above and below its ends a free way is looked for."""
_PARTS = 24
_CURVE = [(1.5 * t * (1 - t) + t**3, 3 * t**2 - 2 * t**3)
          for t in (n / _PARTS for n in range(_PARTS + 1))]  # fmt: skip
_ALONG = [along for along, _ in _CURVE]


def way_around(ends: Ends, near: CardsNear, lane: int = 0) -> Way | None:
    """The level part of a wire that a card is in the way of; None for one that may
    run as it likes. Wires with different lanes don't run upon each other."""
    x, y, far, low = ends
    if far - x < LEAST_LENGTH:
        return None
    top, bottom = min(y, low), max(y, low)
    band = (x, top - TOUCH, far, bottom + TOUCH)
    hidden = [card for card in near(band) if _passes(ends, card)]
    if not hidden:
        return None
    room = (x, top - REACH, far, bottom + REACH)
    cards, off = list(near(room)), LANE + lane % LANES * APART
    ways = [_found(ends, cards, hidden, off, up) for up in (True, False)]
    return min(ways, key=lambda way: abs(way[2] - y) + abs(way[2] - low))


def _found(
    ends: Ends, cards: Sequence[Box], hidden: Sequence[Box], off: float, up: bool
) -> Way:
    """Past the cards that hide the wire, and past what lies in the way then."""
    past = list(hidden)
    way = _level(ends, past, off, up)
    for _ in cards:
        met = [card for card in cards if card not in past and _meets(ends, way, card)]
        if not met:
            break
        past += met
        way = _level(ends, past, off, up)
    return way


def _level(ends: Ends, past: Sequence[Box], off: float, up: bool) -> Way:
    x, _, far, _ = ends
    first = max(x + STUB, min(card[0] for card in past) - ASIDE)
    last = min(far - STUB, max(card[2] for card in past) + ASIDE)
    if up:
        return (first, last, min(card[1] for card in past) - off)
    return (first, last, max(card[3] for card in past) + off)


def _meets(ends: Ends, way: Way, card: Box) -> bool:
    """Whether a card is in the way of any of the three parts."""
    x, y, far, low = ends
    first, last, level = way
    left, top, right, bottom = card
    if left < last and right > first and top - TOUCH < level < bottom + TOUCH:
        return True
    return _passes((x, y, first, level), card) or _passes((last, level, far, low), card)


def _passes(ends: Ends, card: Box) -> bool:
    """Whether the curve between two points goes behind a card."""
    x, _, far, _ = ends
    left, top, right, bottom = card
    if right <= x or left >= far or far <= x:
        return False
    one, other = (_height(ends, max(x, left)), _height(ends, min(far, right)))
    return max(one, other) > top - TOUCH and min(one, other) < bottom + TOUCH


def _height(ends: Ends, at: float) -> float:
    """How far down the curve is there."""
    x, y, far, low = ends
    along = (at - x) / (far - x)
    number = min(max(1, bisect_left(_ALONG, along)), _PARTS)
    (before, down), (behind, below) = _CURVE[number - 1], _CURVE[number]
    share = (along - before) / (behind - before)
    return y + (low - y) * (down + share * (below - down))
