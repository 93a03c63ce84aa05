"""Where cards that come in find room among those that are there (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from studio.gui.designer.geometry import HEIGHT, WIDTH

Place = tuple[float, float]
GAP = 24.0
MOST_PAIRS = 200_000
"""Beyond it the newcomers go below all: looking for a hole would be felt."""


def free_shift(taken: Sequence[Place], coming: Sequence[Place], wanted: Place) -> Place:
    """How far `coming` has to move so that no card lies upon another: at best as far
    as `wanted`, else further down or to the right, whichever is nearer."""
    if not taken or not coming:
        return wanted
    if len(taken) * len(coming) > MOST_PAIRS:
        lowest = max(y for _, y in taken) + HEIGHT + GAP
        return (wanted[0], max(wanted[1], lowest - min(y for _, y in coming)))
    dx, dy = wanted
    down = _slid(taken, [(x + dx, y + dy) for x, y in coming], HEIGHT + GAP)
    turned = [(y, x) for x, y in taken]
    aside = [(y + dy, x + dx) for x, y in coming]
    right = _slid(turned, aside, WIDTH + GAP, across=HEIGHT + GAP)
    return (dx, dy + down) if down <= right else (dx + right, dy)


def _slid(
    taken: Sequence[Place],
    coming: Sequence[Place],
    length: float,
    across: float = WIDTH + GAP,
) -> float:
    """How far all have to go along the second axis until nothing is hit."""
    gone = 0.0
    while True:
        push = max(
            (
                b + length - y - gone
                for x, y in coming
                for a, b in taken
                if abs(x - a) < across and abs(y + gone - b) < length
            ),
            default=0.0,
        )
        if push <= 0.0:
            return gone
        gone += push
