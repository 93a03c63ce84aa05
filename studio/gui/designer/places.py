"""Where steps lie on the canvas, and which frames they are in for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.domain import framing
from studio.domain.annotations import Box
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.geometry import HEIGHT, WIDTH
from studio.gui.designer.scene import DesignerScene


def boxes_of(nodes: Iterable[Node], scene: DesignerScene) -> dict[str, Box]:
    """The box of each step's card, by id, where its value says it is."""
    found: dict[str, Box] = {}
    for node in nodes:
        item, (x, y) = scene.nodes.get(node.id), node.position
        height = item.height if item is not None else HEIGHT
        found[node.id] = (x, y, x + WIDTH, y + height)
    return found


def refitted(
    pipeline: Pipeline,
    scene: DesignerScene,
    ids: Iterable[str],
    notes: Mapping[str, tuple[float, float]] | None = None,
) -> Pipeline:
    """Frames go where their steps, and the notes in them, were put in order."""
    if not pipeline.annotations.frames:
        return pipeline
    return framing.refitted(pipeline, boxes_of(pipeline.nodes, scene), ids, notes)


def settled(pipeline: Pipeline, scene: DesignerScene, ids: Iterable[str]) -> Pipeline:
    """Steps that have come to another place are in the frames there."""
    if not pipeline.annotations.frames:
        return pipeline
    nodes = (pipeline.by_id[i] for i in ids)
    return framing.settled(pipeline, boxes_of(nodes, scene))
