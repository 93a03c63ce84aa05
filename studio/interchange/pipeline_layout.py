"""What the canvas knows of a pipeline, in a file beside it: ids, positions, frames."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from math import isfinite
from typing import Any, TypeAlias

from studio.domain.annotations import COLOURS, Annotations, Frame, Note
from studio.domain.errors import InvalidError
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.interchange.pipeline_writer import written

_Entry: TypeAlias = dict[str, Any]
_Sides: TypeAlias = tuple[float, float, float, float]
LEAST = 40.0
"""A frame or note that is smaller could not be found again."""


def apply_layout(pipeline: Pipeline, layout: Mapping[str, Any]) -> Pipeline:
    """Ids and positions from the side file.

    A step renamed outside takes over the entry left without a step whose
    content (component and inputs) is the same, so that its history follows.
    """
    steps = layout.get("steps")
    listed = steps if isinstance(steps, dict) else {}
    entries = {name: entry for name, entry in listed.items() if isinstance(entry, dict)}
    orphans = {n: e for n, e in entries.items() if n not in pipeline.by_name}
    nodes = []
    for node in pipeline.nodes:
        entry = entries.get(node.name) or _adopt(node, orphans)
        nodes.append(_placed(node, entry) if entry else node)
    known = {node.id for node in nodes}
    return replace(
        pipeline,
        nodes=tuple(nodes),
        annotations=_annotations(layout).only_nodes(known),
    )


def apply_positions(pipeline: Pipeline, other: Pipeline) -> Pipeline:
    """Steps where those with the same ids stand in another pipeline, in their colours
    and frames."""
    nodes = tuple(
        replace(node, position=same.position, colour=same.colour)
        if (same := other.by_id.get(node.id))
        else node
        for node in pipeline.nodes
    )
    frames = other.annotations.only_nodes(pipeline.by_id.keys())
    return replace(pipeline, nodes=nodes, annotations=frames)


def layout_of(pipeline: Pipeline) -> dict[str, Any]:
    """What the side file holds: id, position and content of each step, frames and
    notes."""
    return {
        "version": 1,
        **_written(pipeline.annotations),
        "steps": {
            node.name: {
                "id": node.id,
                "x": node.position[0],
                "y": node.position[1],
                "content": _content(node),
                **({"breakpoint": True} if node.breakpoint else {}),
                **({"colour": node.colour} if node.colour else {}),
            }
            for node in pipeline.nodes
        },
    }


def _adopt(node: Node, orphans: dict[str, Any]) -> dict[str, Any] | None:
    content = _content(node)
    for name, entry in list(orphans.items()):
        if entry.get("content") == content:
            adopted: dict[str, Any] = orphans.pop(name)
            return adopted
    return None


def _placed(node: Node, entry: Mapping[str, Any]) -> Node:
    x, y = entry.get("x"), entry.get("y")
    position = node.position
    if isinstance(x, (int, float)) and isinstance(y, (int, float)):
        position = (float(x), float(y))
    return replace(
        node,
        id=str(entry.get("id") or node.id),
        position=position,
        breakpoint=entry.get("breakpoint") is True,
        colour=_colour(entry),
    )


def _written(annotations: Annotations) -> dict[str, Any]:
    """Nothing for nothing: files without frames stay as they were."""
    frames = [asdict(frame) for frame in annotations.frames]
    notes = [asdict(note) for note in annotations.notes]
    listed = {"frames": frames, "notes": notes}
    return {name: things for name, things in listed.items() if things}


def _annotations(layout: Mapping[str, Any]) -> Annotations:
    """What a file says that may have been edited by hand: the readable of it."""
    frames = (
        Frame(
            str(entry["id"]),
            str(entry.get("title", "")),
            _colour(entry),
            *sides,
            tuple(str(node) for node in _listed(entry, "nodes")),
        )
        for entry, sides in _entries(layout, "frames")
    )
    notes = (
        Note(str(entry["id"]), str(entry.get("text", "")), _colour(entry), *sides)
        for entry, sides in _entries(layout, "notes")
    )
    return Annotations().put(*frames, *notes)


def _entries(layout: Mapping[str, Any], kind: str) -> Iterator[tuple[_Entry, _Sides]]:
    for entry in _listed(layout, kind):
        if isinstance(entry, dict) and entry.get("id"):
            asked = (entry.get(name) for name in ("x", "y", "width", "height"))
            sides = [float(n) for n in asked if isinstance(n, (int, float))]
            if len(sides) == 4 and all(map(isfinite, sides)):
                x, y, width, height = sides
                yield entry, (x, y, max(LEAST, width), max(LEAST, height))


def _listed(entry: Mapping[str, Any], name: str) -> list[Any]:
    found = entry.get(name)
    return found if isinstance(found, list) else []


def _colour(entry: Mapping[str, Any]) -> str:
    """A colour of ours; another version may know more."""
    colour = entry.get("colour")
    return colour if isinstance(colour, str) and colour in COLOURS else ""


def _content(node: Node) -> str:
    component = node.component
    reference = component if isinstance(component, str) else component.command
    inputs = {name: written(b) for name, b in sorted(node.inputs.items())}
    return json.dumps([reference, inputs], sort_keys=True)


def arranged(nodes: list[Node]) -> list[Node]:
    """Steps of a file without positions, left to right by depth."""
    pipeline = Pipeline("", tuple(nodes))
    depth: dict[str, int] = {}
    try:
        order = pipeline.order()
    except InvalidError:
        order = tuple(nodes)
    rows: dict[int, int] = {}
    placed = {}
    for node in order:
        before = [depth.get(name, 0) for name in pipeline.predecessors[node.name]]
        column = depth[node.name] = max(before, default=-1) + 1
        row = rows[column] = rows.get(column, -1) + 1
        placed[node.name] = replace(node, position=(column * 288.0, row * 120.0))
    return [placed[node.name] for node in nodes]
