"""Steps, frames and notes copied and pasted as pure functions: a value in, one out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from studio.domain.annotations import Annotation, Annotations, Box
from studio.domain.framing import carried, with_copies
from studio.domain.node import Binding, Edge, FromInput, FromStep, Node
from studio.domain.pipeline import Pipeline, new_id
from studio.gui.designer.edits import SHIFT
from studio.gui.designer.free_room import free_shift

GRID = 8.0


@dataclass(frozen=True)
class Picked:
    """What is copied at once."""

    nodes: tuple[Node, ...] = ()
    things: Annotations = field(default_factory=Annotations)

    def __bool__(self) -> bool:
        return bool(self.nodes or self.things)

    @property
    def words(self) -> str:
        return words_of(self.nodes, self.things.all)


def picked(
    pipeline: Pipeline, ids: Collection[str], chosen: Iterable[Annotation]
) -> Picked:
    """Selected steps (by id), frames and notes, with what belongs to them.

    All that is in a frame goes with it, and a frame with all of its steps.
    """
    things, inside = carried(pipeline.annotations, chosen)
    wanted = inside.union(ids)
    things = things.put(*pipeline.annotations.around_only(wanted).all)
    known = {thing.id for thing in things.all}
    others = {thing.id for thing in pipeline.annotations.all} - known
    nodes = tuple(node for node in pipeline.nodes if node.id in wanted)
    return Picked(nodes, pipeline.annotations.remove(others))


def words_of(nodes: Collection[Node], things: Iterable[Annotation]) -> str:
    """`Train`, `3 steps and a note`; "" for nothing."""
    kinds = [type(thing).__name__.lower() for thing in things]
    parts = []
    if nodes:
        title = next(iter(nodes)).title
        parts.append(title if len(nodes) == 1 else f"{len(nodes)} steps")
    for kind in ("frame", "note"):
        if count := kinds.count(kind):
            parts.append(f"a {kind}" if count == 1 else f"{count} {kind}s")
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def copies(
    pipeline: Pipeline, nodes: Iterable[Node], shift: float, *, keep_outside: bool
) -> tuple[Pipeline, list[str]]:
    """With copies of steps beside them, and the copies' ids.

    Edges among the copied are kept; those from other steps if `keep_outside`.
    """
    originals = list(nodes)
    free = pipeline.free_names(node.name for node in originals)
    names = {node.name: name for node, name in zip(originals, free, strict=True)}
    made = []
    for node in originals:
        inputs = {
            key: moved
            for key, binding in node.inputs.items()
            if (moved := _follow(binding, names, pipeline, keep_outside)) is not None
        }
        copy = _copy(node, names[node.name], shift)
        made.append(replace(copy, inputs=inputs))
    return pipeline.add(*made), [node.id for node in made]


def duplicated(pipeline: Pipeline, copied: Picked) -> tuple[Pipeline, list[str]]:
    """With copies beside what is there, fed by the same outputs."""
    after, made = copies(pipeline, copied.nodes, SHIFT, keep_outside=True)
    ids = {old.id: new for old, new in zip(copied.nodes, made, strict=True)}
    return with_copies(after, copied.things, ids, (SHIFT, SHIFT)), made


def part_of(pipeline: Pipeline, copied: Picked) -> Pipeline:
    """A pipeline of these alone, with the pipeline inputs they use."""
    kept = {node.name for node in copied.nodes}
    nodes = tuple(_cut(node, kept) for node in copied.nodes)
    used = {
        b.name for n in nodes for b in n.inputs.values() if isinstance(b, FromInput)
    }
    inputs = {k: v for k, v in pipeline.inputs.items() if k in used}
    things = copied.things.only_nodes({node.id for node in nodes})
    return Pipeline(pipeline.name, nodes, inputs, annotations=things)


def pasted(
    pipeline: Pipeline, part: Pipeline, links: Iterable[Edge] = ()
) -> tuple[Pipeline, list[str]]:
    """With all of another pipeline (or an earlier copy) added.

    `links` lead into its steps from steps that are there already.
    """
    known = set(pipeline.by_name)
    inputs = {**part.inputs, **pipeline.inputs}
    whole = replace(pipeline, inputs=inputs)
    after, made = copies(whole, part.nodes, 0.0, keep_outside=False)
    pairs = list(zip(part.nodes, made, strict=True))
    names = {old.name: after.by_id[i].name for old, i in pairs}
    after = with_copies(after, part.annotations, {old.id: i for old, i in pairs})
    for link in links:
        if link.source in known and link.target in names:
            target = names[link.target]
            after = after.connect(Edge(link.source, link.output, target, link.input))
    return after, made


def placed(pipeline: Pipeline, part: Pipeline, seen: Box | None) -> Pipeline:
    """The part where it can be seen, and not upon what is there: a copy of that beside
    it, and anything else on free room.

    `seen` is left, top, right and bottom of what is in view.
    """
    taken, corners = set(_corners(pipeline)), _corners(part)
    is_copy = any(corner in taken for corner in corners)
    dx = dy = 0.0
    if seen is not None and corners and not any(_inside(seen, at) for at in corners):
        xs, ys = zip(*corners, strict=True)
        dx = _on_grid((seen[0] + seen[2] - min(xs) - max(xs)) / 2)
        dy = _on_grid((seen[1] + seen[3] - min(ys) - max(ys)) / 2)
    if not is_copy:
        dx, dy = free_shift(tuple(taken), corners, (dx, dy))
        dx, dy = _on_grid(dx + GRID / 2 - 1), _on_grid(dy + GRID / 2 - 1)
    while any((x + dx, y + dy) in taken for x, y in corners):
        dx, dy = dx + SHIFT, dy + SHIFT
    moved = part.move(
        {n.name: (n.position[0] + dx, n.position[1] + dy) for n in part.nodes}
    )
    return replace(moved, annotations=part.annotations.shifted(dx, dy))


def _corners(pipeline: Pipeline) -> list[tuple[float, float]]:
    """The left upper corner of everything."""
    things = [(thing.x, thing.y) for thing in pipeline.annotations.all]
    return [*(node.position for node in pipeline.nodes), *things]


def _inside(box: Box, at: tuple[float, float]) -> bool:
    return box[0] <= at[0] <= box[2] and box[1] <= at[1] <= box[3]


def _on_grid(length: float) -> float:
    return round(length / GRID) * GRID


def _copy(node: Node, name: str, shift: float) -> Node:
    title = node.display_name
    if title and name != node.name:
        number = name.rpartition("_")[2]
        title = re.sub(r" \d+$", "", title)
        title = f"{title} {number}" if number.isdigit() else title
    x, y = node.position
    return replace(
        node,
        id=new_id(),
        name=name,
        display_name=title,
        position=(x + shift, y + shift),
    )


def _follow(
    binding: Binding, names: Mapping[str, str], pipeline: Pipeline, keep_outside: bool
) -> Binding | None:
    if not isinstance(binding, FromStep):
        return binding
    if binding.step in names:
        return FromStep(names[binding.step], binding.output)
    return binding if keep_outside and binding.step in pipeline.by_name else None


def _cut(node: Node, kept: set[str]) -> Node:
    inputs = {
        name: binding
        for name, binding in node.inputs.items()
        if not (isinstance(binding, FromStep) and binding.step not in kept)
    }
    return replace(node, inputs=inputs)
