"""Cards brought into line with each other, or spread evenly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Line: TypeAlias = Literal["left", "centre", "right", "top", "middle", "bottom"]
Way: TypeAlias = Literal["across", "down"]
Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A card where it lies."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height


def aligned(boxes: Mapping[str, Box], line: Line) -> dict[str, Place]:
    """The place of each, with that line of all in the same place.

    An edge comes to lie where the outermost one is, the middle in the middle of all.
    """
    if not boxes:
        return {}
    whole = bounds(boxes.values())
    return {key: _placed(box, whole, line) for key, box in boxes.items()}


def distributed(boxes: Mapping[str, Box], way: Way) -> dict[str, Place]:
    """The place of each, with equal gaps between them; the outer ones stay."""
    across = way == "across"
    spans = {
        key: (box.left, box.width) if across else (box.top, box.height)
        for key, box in boxes.items()
    }
    starts = _spread(spans) if len(boxes) > 2 else {k: s[0] for k, s in spans.items()}
    return {
        key: (starts[key], box.top) if across else (box.left, starts[key])
        for key, box in boxes.items()
    }


def _spread(spans: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Starts on whole pixels, from starts and lengths."""
    order = sorted(spans, key=lambda key: (spans[key], key))
    last = max(order, key=lambda key: sum(spans[key]))
    order = [*(key for key in order if key != last), last]
    at = spans[order[0]][0]
    filled = sum(spans[key][1] for key in order[:-1])
    gap = (spans[last][0] - at - filled) / (len(order) - 1)
    starts: dict[str, float] = {}
    for key in order[:-1]:
        starts[key] = float(round(at))
        at += spans[key][1] + gap
    return {**starts, last: spans[last][0]}


def bounds(boxes: Collection[Box]) -> Box:
    """The smallest box that holds all."""
    left, top = min(b.left for b in boxes), min(b.top for b in boxes)
    right, bottom = max(b.right for b in boxes), max(b.bottom for b in boxes)
    return Box(left, top, right - left, bottom - top)


def _placed(box: Box, whole: Box, line: Line) -> Place:
    match line:
        case "left":
            return (whole.left, box.top)
        case "centre":
            return (whole.left + (whole.width - box.width) / 2, box.top)
        case "right":
            return (whole.right - box.width, box.top)
        case "top":
            return (box.left, whole.top)
        case "middle":
            return (box.left, whole.top + (whole.height - box.height) / 2)
        case "bottom":
            return (box.left, whole.bottom - box.height)
