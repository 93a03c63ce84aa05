"""Frames around steps and notes beside them: they explain, and change no result."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, TypeVar

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom."""

COLOURS: Final[Mapping[str, str]] = {
    "data": "Data",
    "prepare": "Prepare",
    "train": "Train",
    "evaluate": "Evaluate",
    "deploy": "Deploy",
    "attention": "Attention",
}
"""Colours by what they mean; "" is none."""


@dataclass(frozen=True)
class Frame:
    """A titled rectangle that owns steps (by id): they go where it goes."""

    id: str
    title: str = ""
    colour: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    nodes: tuple[str, ...] = ()

    @property
    def box(self) -> Box:
        return (self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True)
class Note:
    """A text in Markdown."""

    id: str
    text: str = ""
    colour: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0

    @property
    def box(self) -> Box:
        return (self.x, self.y, self.x + self.width, self.y + self.height)


Annotation: TypeAlias = Frame | Note
_Kind = TypeVar("_Kind", bound=Frame | Note)
_NodesOf: TypeAlias = Callable[[Frame], tuple[str, ...]]


@dataclass(frozen=True)
class Annotations:
    """All of a pipeline, the lowest first."""

    frames: tuple[Frame, ...] = ()
    notes: tuple[Note, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.frames or self.notes)

    def find(self, wanted: str) -> Annotation | None:
        """The frame or note of an id."""
        return next((one for one in self.all if one.id == wanted), None)

    @property
    def all(self) -> tuple[Annotation, ...]:
        return (*self.frames, *self.notes)

    def put(self, *things: Annotation) -> Annotations:
        """With these added, or in place of those with their ids."""
        frames = {frame.id: frame for frame in self.frames}
        notes = {note.id: note for note in self.notes}
        for one in things:
            if isinstance(one, Frame):
                frames[one.id] = one
            else:
                notes[one.id] = one
        return Annotations(tuple(frames.values()), tuple(notes.values()))

    def remove(self, ids: Collection[str]) -> Annotations:
        """Without these; the steps they own stay."""
        return Annotations(
            tuple(frame for frame in self.frames if frame.id not in ids),
            tuple(note for note in self.notes if note.id not in ids),
        )

    def without_nodes(self, ids: Collection[str]) -> Annotations:
        """Frames that don't own these steps."""
        return self._owning(lambda f: tuple(i for i in f.nodes if i not in ids))

    def only_nodes(self, ids: Collection[str]) -> Annotations:
        """Frames that own no others than these steps."""
        return self._owning(lambda frame: tuple(i for i in frame.nodes if i in ids))

    def renamed_nodes(self, ids: Mapping[str, str]) -> Annotations:
        """Frames that own the same steps under other ids."""
        return self._owning(lambda frame: tuple(ids.get(i, i) for i in frame.nodes))

    def with_in_place(self, node: str, others: tuple[str, ...]) -> Annotations:
        """Frames that own other steps where they owned one."""
        put = {node: others}
        return self._owning(
            lambda f: tuple(i for owned in f.nodes for i in put.get(owned, (owned,)))
        )

    def around_only(self, nodes: Collection[str]) -> Annotations:
        """The frames that own steps, and only some of these."""
        own = set(nodes)
        return Annotations(
            tuple(f for f in self.frames if f.nodes and own.issuperset(f.nodes))
        )

    def inside(self, frame: Frame) -> Annotations:
        """The frames and notes that lie within a frame."""
        frames = (f for f in self.frames if f.id != frame.id and _holds(frame, f))
        notes = (note for note in self.notes if _holds(frame, note))
        return Annotations(tuple(frames), tuple(notes))

    def shifted(self, dx: float, dy: float) -> Annotations:
        """All of them so much further right and down."""
        return Annotations(
            tuple(_shifted(frame, dx, dy) for frame in self.frames),
            tuple(_shifted(note, dx, dy) for note in self.notes),
        )

    def settled(self, boxes: Mapping[str, Box]) -> Annotations:
        """Steps (by id, with where they lie now) have come into frames, or left them.

        A step is in a frame when its middle is.
        """
        return self._owning(lambda frame: _settled(frame, boxes))

    def frames_at(self, box: Box) -> tuple[Frame, ...]:
        """The frames that a step lying there is in."""
        return tuple(f for f in self.frames if _is_middle_in(box, f.box))

    def _owning(self, nodes_of: _NodesOf) -> Annotations:
        frames = tuple(replace(f, nodes=nodes_of(f)) for f in self.frames)
        return self if frames == self.frames else replace(self, frames=frames)


def around(boxes: Iterable[Box], room: float, grid: float = 8.0) -> Box:
    """The smallest box on the grid that holds others with so much room."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (
        (min(lefts) - room) // grid * grid,
        (min(tops) - room) // grid * grid,
        -(-(max(rights) + room) // grid) * grid,
        -(-(max(bottoms) + room) // grid) * grid,
    )


def laid(thing: _Kind, box: Box) -> _Kind:
    """A frame or note that lies there."""
    left, top, right, bottom = box
    return replace(thing, x=left, y=top, width=right - left, height=bottom - top)


def _settled(frame: Frame, boxes: Mapping[str, Box]) -> tuple[str, ...]:
    now = {i for i, box in boxes.items() if _is_middle_in(box, frame.box)}
    stay = [i for i in frame.nodes if i not in boxes or i in now]
    return (*stay, *(i for i in boxes if i in now and i not in frame.nodes))


def _is_middle_in(box: Box, outer: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _holds(frame: Frame, other: Annotation) -> bool:
    outer, inner = frame.box, other.box
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and outer[2] >= inner[2]
        and outer[3] >= inner[3]
        and outer != inner
    )


def _shifted(thing: _Kind, dx: float, dy: float) -> _Kind:
    return replace(thing, x=thing.x + dx, y=thing.y + dy)
