"""Edits of a pipeline's frames and notes (pure); `boxes` say where steps lie, by id."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from studio.domain.annotations import (
    Annotation,
    Annotations,
    Box,
    Frame,
    around,
    laid,
)
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline, new_id

ROOM = 24.0
"""Between a frame and the steps it is made around."""


def framed(
    pipeline: Pipeline, boxes: Mapping[str, Box], title: str
) -> tuple[Pipeline, Frame]:
    """With a frame around steps; the frame owns them."""
    frame = Frame(new_id(), title, _common_colour(pipeline, boxes), nodes=tuple(boxes))
    frame = laid(frame, around(boxes.values(), ROOM))
    return with_annotation(pipeline, frame), frame


def with_annotation(pipeline: Pipeline, thing: Annotation) -> Pipeline:
    """With a frame or note added, or in place of the one with its id."""
    return replace(pipeline, annotations=pipeline.annotations.put(thing))


def moved(
    pipeline: Pipeline,
    things: Annotations,
    nodes: Collection[str],
    dx: float,
    dy: float,
) -> Pipeline:
    """Frames, notes and steps (by id) so much further right and down."""
    places = {
        node.name: (node.position[0] + dx, node.position[1] + dy)
        for node in pipeline.nodes
        if node.id in nodes
    }
    return with_all(pipeline.move(places), things.shifted(dx, dy))


def carried(
    annotations: Annotations, chosen: Iterable[Annotation]
) -> tuple[Annotations, frozenset[str]]:
    """What moves with frames and notes: all that is in them, and the steps' ids."""
    found = Annotations()
    for thing in chosen:
        found = found.put(thing)
        if isinstance(thing, Frame):
            found = found.put(*annotations.inside(thing).all)
    return found, frozenset(i for frame in found.frames for i in frame.nodes)


def with_all(pipeline: Pipeline, things: Annotations) -> Pipeline:
    """With these in place of those with their ids."""
    if not things:
        return pipeline
    return replace(pipeline, annotations=pipeline.annotations.put(*things.all))


def resized(
    pipeline: Pipeline, thing: Annotation, box: Box, boxes: Mapping[str, Box]
) -> Pipeline:
    """A frame or note as large as that; a frame owns the steps it covers now."""
    if not isinstance(thing, Frame):
        return with_annotation(pipeline, laid(thing, box))
    alone = Annotations((laid(thing, box),)).settled(boxes)
    return with_annotation(pipeline, alone.frames[0])


def settled(pipeline: Pipeline, boxes: Mapping[str, Box]) -> Pipeline:
    """Steps that have come to lie there are in the frames around them, in no other."""
    after = pipeline.annotations.settled(boxes)
    if after is pipeline.annotations:
        return pipeline
    return replace(pipeline, annotations=after)


def refitted(
    pipeline: Pipeline,
    boxes: Mapping[str, Box],
    ids: Iterable[str],
    notes: Mapping[str, tuple[float, float]] | None = None,
) -> Pipeline:
    """Frames fit their steps again where some of them (`ids`) were put in order.

    Their notes stay in them, where they are or where they were put, too.
    """
    placed, before = set(ids), pipeline.annotations
    moved = {
        note.id: replace(note, x=notes[note.id][0], y=notes[note.id][1])
        for note in before.notes
        if notes and note.id in notes
    }
    after = before.put(*moved.values())
    fitted: dict[str, Frame] = {}
    for frame in sorted(before.frames, key=lambda f: f.width * f.height):
        if placed.isdisjoint(frame.nodes):
            continue
        inside = before.inside(frame)
        held = [boxes[i] for i in frame.nodes if i in boxes]
        held += [moved.get(note.id, note).box for note in inside.notes]
        held += [fitted[one.id].box for one in inside.frames if one.id in fitted]
        fitted[frame.id] = laid(frame, around(held, ROOM))
    return replace(pipeline, annotations=after.put(*fitted.values()))


def without(pipeline: Pipeline, ids: Collection[str]) -> Pipeline:
    """Without frames and notes; steps stay."""
    return replace(pipeline, annotations=pipeline.annotations.remove(ids))


def coloured(
    pipeline: Pipeline, colour: str, nodes: Iterable[Node], things: Iterable[Annotation]
) -> Pipeline:
    """Steps, frames and notes in one colour."""
    for node in nodes:
        pipeline = pipeline.update(replace(node, colour=colour))
    for thing in things:
        pipeline = with_annotation(pipeline, replace(thing, colour=colour))
    return pipeline


def with_copies(
    pipeline: Pipeline,
    originals: Annotations,
    ids: Mapping[str, str],
    by: tuple[float, float] = (0.0, 0.0),
) -> Pipeline:
    """With copies of frames and notes beside copied steps (`ids`: old to new)."""
    shifted = originals.renamed_nodes(ids).shifted(*by)
    made = (replace(thing, id=new_id()) for thing in shifted.all)
    return replace(pipeline, annotations=pipeline.annotations.put(*made))


def regrouped(
    annotations: Annotations, inside: Collection[str], stands_for: str
) -> tuple[Annotations, Annotations]:
    """Outside and inside, when one step stands for some.

    Frames around only these go in; the others own the step if they owned one of them.
    """
    inner = annotations.around_only(inside)
    gone = {frame.id for frame in inner.frames}
    outer = annotations.remove(gone)
    owners = {f.id for f in outer.frames if not set(inside).isdisjoint(f.nodes)}
    outer = outer.without_nodes(inside)
    joined = (
        replace(f, nodes=(*f.nodes, stands_for)) for f in outer.frames if f.id in owners
    )
    return outer.put(*joined), inner


def _common_colour(pipeline: Pipeline, ids: Iterable[str]) -> str:
    """The colour that all these steps have."""
    found = {pipeline.by_id[i].colour for i in ids}
    return found.pop() if len(found) == 1 else ""
