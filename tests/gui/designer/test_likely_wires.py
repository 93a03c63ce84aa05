"""The menu of what a step could feed begins with what is likely meant."""

from __future__ import annotations

from studio.domain.node import Edge
from studio.gui.designer.linking import joints
from studio.gui.designer.page import DesignerPage


def _offered(page: DesignerPage, step: str) -> list[tuple[str, str, str]]:
    pipeline = page.editor.pipeline
    return [
        (start.port.name, pipeline.by_id[end.node_id].name, end.port.name)
        for start, end in joints(page.editor, pipeline.node(step))
    ]


def test_that_a_required_input_comes_before_one_that_is_never_meant(
    page: DesignerPage,
) -> None:
    page.editor.connections.disconnect_edge(_edge_of(page, "test", "data"))
    offered = _offered(page, "split")
    train = _edge_of(page, "train", "data")
    score = _step(page, "score")
    assert offered[0] == ("test", score, "data")
    never = ("train", train.target, "validation")
    assert offered.index(never) > offered.index(("test", *never[1:]))
    assert offered.index(never) > offered.index(("train", score, "data"))


def _edge_of(page: DesignerPage, output: str, into: str) -> Edge:
    found = (e for e in page.editor.pipeline.edges if e.source == "split")
    return next(e for e in found if (e.output, e.input) == (output, into))


def _step(page: DesignerPage, beginning: str) -> str:
    nodes = page.editor.pipeline.nodes
    return next(node.name for node in nodes if node.name.startswith(beginning))
