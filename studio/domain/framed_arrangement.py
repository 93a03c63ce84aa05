"""Steps put in order with their frames: a frame holds its own steps and no others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from studio.domain.annotations import Annotations, Frame, Note
from studio.domain.arrangement import Block, Link, Place, arranged

ROOM, TITLE = 24.0, 32.0
"""Between a frame and its steps, and for the title above it."""


def arranged_in_frames(
    blocks: Sequence[Block], links: Iterable[Link], annotations: Annotations
) -> dict[str, Place]:
    """A place for each step, and for the notes in their frames (by id).

    What a frame holds is laid out as one, its notes under its steps.
    """
    wires = list(links)
    owner = _owners({block.key for block in blocks}, annotations.frames)
    frames = {frame.id: frame for frame in annotations.frames}
    groups: dict[str, list[Block]] = {}
    for block in blocks:
        groups.setdefault(owner.get(block.key, block.key), []).append(block)
    inner: dict[str, Place] = {}
    outer: list[Block] = []
    for key, members in groups.items():
        if key not in frames:
            outer.append(members[0])
            continue
        within = annotations.inside(frames[key])
        notes = [Block(n.id, n.width, n.height) for n in _outside_frames(within)]
        among = [w for w in wires if owner.get(w.source) == owner.get(w.target) == key]
        found = arranged_in_frames([*members, *notes], among, within)
        inner |= {i: (x + ROOM, y + ROOM + TITLE) for i, (x, y) in found.items()}
        owner |= dict.fromkeys(found, key)
        outer.append(_around(key, [*members, *notes], inner))
    places = arranged(outer, _between(wires, owner, inner))
    alone = {key: at for key, at in places.items() if key not in frames}
    return alone | {i: _sum(places[owner[i]], at) for i, at in inner.items()}


def _owners(keys: set[str], frames: Iterable[Frame]) -> dict[str, str]:
    """The outermost frame that owns each step."""
    found: dict[str, str] = {}
    for frame in sorted(frames, key=lambda f: -f.width * f.height):
        inside = (key for key in frame.nodes if key in keys and key not in found)
        found |= dict.fromkeys(inside, frame.id)
    return found


def _outside_frames(things: Annotations) -> list[Note]:
    """The notes that no frame among these holds, as far as it owns steps."""
    held = {
        note.id
        for frame in things.frames
        if frame.nodes
        for note in things.inside(frame).notes
    }
    return [note for note in things.notes if note.id not in held]


def _around(key: str, members: Sequence[Block], inner: Mapping[str, Place]) -> Block:
    width = max(inner[one.key][0] + one.width for one in members) + ROOM
    height = max(inner[one.key][1] + one.height for one in members) + ROOM
    return Block(key, width, height)


def _between(
    links: Iterable[Link], owner: Mapping[str, str], inner: Mapping[str, Place]
) -> list[Link]:
    """The wires that leave or enter frames, with ends at the frames' edges."""

    def lower(key: str) -> float:
        return inner[key][1] if key in inner else 0.0

    moved = (
        replace(
            link,
            source=owner.get(link.source, link.source),
            leaves=link.leaves + lower(link.source),
            target=owner.get(link.target, link.target),
            arrives=link.arrives + lower(link.target),
        )
        for link in links
    )
    return [link for link in moved if link.source != link.target]


def _sum(corner: Place, at: Place) -> Place:
    return (corner[0] + at[0], corner[1] + at[1])
