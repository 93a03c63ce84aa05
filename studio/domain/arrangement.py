"""Where steps lie when they are put in order: in columns from left to right.

A step's column is the longest way to it; rows are ordered to cross few wires, and
then shifted so that wires run as straight as they can.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.domain.arrangement_rows import Joint, Rows

GRID = 8
COLUMN_GAP, PART_GAP, LOOSE_GAP = 72.0, 64.0, 32.0
LOOSE_COLUMNS = 6
_WIDE, _LOW = 4.0, 1.0
"""Wires that leave out columns take up little room in them."""

Place = tuple[float, float]


@dataclass(frozen=True)
class Block:
    """A step's card."""

    key: str
    width: float
    height: float


@dataclass(frozen=True)
class Link:
    """A wire: its ends are heights below the tops of the cards."""

    source: str
    leaves: float
    target: str
    arrives: float


def arranged(blocks: Sequence[Block], links: Iterable[Link]) -> dict[str, Place]:
    """A place on the grid for each block, from 0, 0 on; blocks never overlap."""
    sizes = {block.key: block for block in blocks}
    inside = [k for k in links if k.source in sizes and k.target in sizes]
    parts = _parts(sizes, inside)
    joined = [part for part in parts if len(part) > 1]
    loose = [part[0] for part in parts if len(part) == 1]
    places: dict[str, Place] = {}
    top = 0.0
    for part in joined:
        among = set(part)
        wires = [link for link in inside if link.source in among]
        found = _part(part, wires, sizes)
        for key, (x, y) in found.items():
            places[key] = (x, top + y)
        top = max(places[key][1] + sizes[key].height for key in part) + PART_GAP
    places.update(_loose([sizes[key] for key in loose], _up(top)))
    return {key: (_up(x), round(y / GRID) * GRID) for key, (x, y) in places.items()}


def moved_to(places: Mapping[str, Place], corner: Place) -> dict[str, Place]:
    """All of them, shifted so that their top left corner is there."""
    if not places:
        return {}
    left = min(x for x, _ in places.values())
    top = min(y for _, y in places.values())
    dx, dy = corner[0] - left, corner[1] - top
    return {key: (x + dx, y + dy) for key, (x, y) in places.items()}


def columns(keys: Sequence[str], links: Iterable[Link]) -> dict[str, int]:
    """The longest way to each; a step that only feeds stands beside what it feeds."""
    after: defaultdict[str, set[str]] = defaultdict(set)
    waiting = dict.fromkeys(keys, 0)
    for link in links:
        if link.source != link.target and link.target not in after[link.source]:
            after[link.source].add(link.target)
            waiting[link.target] += 1
    fed = {key for key, count in waiting.items() if count}
    found = dict.fromkeys(keys, 0)
    done: set[str] = set()
    ready = deque(key for key, count in waiting.items() if not count)
    while len(done) < len(keys):
        if not ready:  # a cycle: cut it at the first step that waits
            ready.append(next(key for key in keys if key not in done))
        key = ready.popleft()
        if key in done:
            continue
        done.add(key)
        for follower in after[key] - done:
            found[follower] = max(found[follower], found[key] + 1)
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    for key in keys:
        if key not in fed and after[key]:
            found[key] = max(0, min(found[one] for one in after[key]) - 1)
    return found


def _parts(sizes: Mapping[str, Block], links: Iterable[Link]) -> list[list[str]]:
    """What hangs together, each in the blocks' order."""
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        beside[link.source].append(link.target)
        beside[link.target].append(link.source)
    part_of: dict[str, int] = {}
    parts = 0
    for key in sizes:
        if key in part_of:
            continue
        queue = deque([key])
        part_of[key] = parts
        while queue:
            for near in beside[queue.popleft()]:
                if near not in part_of:
                    part_of[near] = parts
                    queue.append(near)
        parts += 1
    found: list[list[str]] = [[] for _ in range(parts)]
    for key in sizes:
        found[part_of[key]].append(key)
    return found


def _part(
    keys: Sequence[str], links: Sequence[Link], sizes: Mapping[str, Block]
) -> dict[str, Place]:
    at = columns(keys, links)
    rows = Rows(max(at.values()) + 1)
    for key in keys:
        rows.add(key, at[key], sizes[key].height, loose=False)
    for joint in _joints(links, at, rows):
        rows.join(joint)
    tops = rows.settle()
    left, lefts = 0.0, []
    for column in range(rows.count):
        lefts.append(left)
        widths = [sizes[key].width for key in keys if at[key] == column]
        left += _up(max(widths, default=0.0)) + COLUMN_GAP
    least = min(tops[key] for key in keys)
    return {key: (lefts[at[key]], tops[key] - least) for key in keys}


def _joints(links: Iterable[Link], at: Mapping[str, int], rows: Rows) -> list[Joint]:
    """Links between neighbouring columns; longer ones go through bends.

    Wires of one output share their bends: they run side by side anyway.
    """
    made: dict[Joint, None] = {}
    for link in links:
        first, last = at[link.source], at[link.target]
        if first >= last:  # the one that closes a cycle
            continue
        end, leaves = link.source, link.leaves
        for column in range(first + 1, last):
            bend = f"{link.source}\n{link.leaves}\n{column}"
            rows.add(bend, column, _LOW, loose=True)
            made[Joint(end, leaves, bend, 0.0, straight=_WIDE)] = None
            end, leaves = bend, 0.0
        weight = _WIDE if end != link.source else 1.0
        made[Joint(end, leaves, link.target, link.arrives, straight=weight)] = None
    return list(made)


def _loose(blocks: Sequence[Block], top: float) -> dict[str, Place]:
    """Steps without wires, in rows under the rest."""
    places: dict[str, Place] = {}
    columns = max(LOOSE_COLUMNS, round(len(blocks) ** 0.5))
    for start in range(0, len(blocks), columns):
        left = 0.0
        for block in blocks[start : start + columns]:
            places[block.key] = (left, top)
            left += _up(block.width) + COLUMN_GAP
        tallest = max(b.height for b in blocks[start : start + columns])
        top += _up(tallest) + LOOSE_GAP
    return places


def _up(length: float) -> float:
    """The next line of the grid."""
    return -(-length // GRID) * GRID
