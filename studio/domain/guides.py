"""Where a card that is being dragged would stand in line with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.domain.alignment import Box

SAME = 0.5
OUT = 12.0
"""How far a guide reaches beyond the cards, and what counts as one line."""


@dataclass(frozen=True)
class Guide:
    """A thin line: `upright` ones stand at an x, others lie at a y."""

    upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Pull:
    """A wire of the dragged card: its own end and the one that stays."""

    x: float
    y: float
    far: float
    low: float


@dataclass(frozen=True)
class Lined:
    """How far a card is to be shifted to stand in line; None where nothing is near."""

    dx: float | None
    dy: float | None
    guides: tuple[Guide, ...]


def lined_up(
    card: Box, others: Sequence[Box], pulls: Iterable[Pull], reach: float
) -> Lined:
    """The least shifts, up to `reach`, with the lines to show for them.

    A wire that becomes straight is worth more than edges in line.
    """
    dx = _least(_shifts(_upright(card), map(_upright, others)), reach)
    straight = [pull.low - pull.y for pull in pulls]
    dy = _least(straight, reach)
    if dy is None:
        dy = _least(_shifts(_lying(card), map(_lying, others)), reach)
    placed = Box(card.left + (dx or 0), card.top + (dy or 0), card.width, card.height)
    guides: list[Guide] = []
    if dx is not None:
        guides += _guides(placed, others, upright=True)
    if dy is not None:
        guides += _guides(placed, others, upright=False)
        guides += [
            Guide(False, pull.low, min(pull.x, pull.far), max(pull.x, pull.far))
            for pull in pulls
            if abs(pull.y + dy - pull.low) < SAME
        ]
    return Lined(dx, dy, tuple(guides))


def _upright(box: Box) -> tuple[float, float, float]:
    return (box.left, box.left + box.width / 2, box.right)


def _lying(box: Box) -> tuple[float, float, float]:
    return (box.top, box.top + box.height / 2, box.bottom)


def _shifts(
    own: tuple[float, ...], others: Iterable[tuple[float, ...]]
) -> Iterable[float]:
    """From each line of the card to the same line of another."""
    for other in others:
        for line, wanted in zip(own, other, strict=True):
            yield wanted - line


def _least(shifts: Iterable[float], reach: float) -> float | None:
    near = [shift for shift in shifts if abs(shift) <= reach]
    return min(near, key=abs) if near else None


def _guides(card: Box, others: Iterable[Box], *, upright: bool) -> list[Guide]:
    """One for each of the card's lines that others share, as long as all of them;
    of equal cards the first line says it all."""
    lines = _upright if upright else _lying
    own, sharing = lines(card), [(lines(box), box) for box in others]
    found: dict[frozenset[Box], Guide] = {}
    for number, at in enumerate(own):
        on = [box for their, box in sharing if abs(their[number] - at) < SAME]
        if on and frozenset(on) not in found:
            ends = [_ends(box, upright) for box in (card, *on)]
            start, end = min(e[0] for e in ends), max(e[1] for e in ends)
            found[frozenset(on)] = Guide(upright, at, start - OUT, end + OUT)
    return list(found.values())


def _ends(box: Box, upright: bool) -> tuple[float, float]:
    return (box.top, box.bottom) if upright else (box.left, box.right)
