"""Ids and positions of steps, in a file beside the pipeline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from studio.domain.errors import InvalidError
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.interchange.pipeline_writer import written


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
    return replace(pipeline, nodes=tuple(nodes))


def apply_positions(pipeline: Pipeline, other: Pipeline) -> Pipeline:
    """Steps where those with the same ids stand in another pipeline."""
    found = ((node.name, other.by_id.get(node.id)) for node in pipeline.nodes)
    return pipeline.move({name: same.position for name, same in found if same})


def layout_of(pipeline: Pipeline) -> dict[str, Any]:
    """What the side file holds: id, position and content of each step."""
    return {
        "version": 1,
        "steps": {
            node.name: {
                "id": node.id,
                "x": node.position[0],
                "y": node.position[1],
                "content": _content(node),
                **({"breakpoint": True} if node.breakpoint else {}),
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
    )


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
