"""Edits of a pipeline, picked by letters and numbers, and what its files hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from studio.domain.framing import coloured, framed, without
from studio.domain.node import Edge, Node, Value
from studio.domain.pipeline import Pipeline
from studio.gui.designer import copying, edits
from studio.interchange.pipeline_layout import layout_of
from studio.interchange.pipeline_writer import write_pipeline

KINDS = "aadrcmvpusixfgo"
NUMBERS = st.integers(min_value=0, max_value=9)
STEPS = st.tuples(st.sampled_from(KINDS), NUMBERS, NUMBERS, st.booleans())


def one_edit(pipeline: Pipeline, kind: str, first: int, second: int) -> Pipeline:
    """One edit of a kind; steps are picked by number."""
    nodes = pipeline.nodes
    if kind == "a" or not nodes:
        name = pipeline.free_name(f"step{first}")
        place = (8.0 * first, 8.0 * second)
        return pipeline.add(Node(f"id{name}", name, "azureml:split", position=place))
    one, other = nodes[first % len(nodes)], nodes[second % len(nodes)]
    changes: dict[str, Callable[[], Pipeline]] = {
        "d": lambda: pipeline.remove([one.name]),
        "r": lambda: edits.titled(pipeline, one, f"Title {second}"),
        "c": lambda: pipeline.connect(Edge(one.name, "out", other.name, "in")),
        "m": lambda: pipeline.move({one.name: (8.0 * second, 0.0)}),
        "v": lambda: pipeline.bind(one.name, "x", Value(second)),
        "p": lambda: replace(pipeline, description=f"{first} {second}"),
        "u": lambda: copying.copies(
            pipeline, [one, other][: 1 + (one != other)], 24.0, keep_outside=True
        )[0],
        "s": lambda: copying.pasted(
            pipeline,
            copying.part_of(
                pipeline,
                copying.picked(pipeline, {one.id}, pipeline.annotations.frames[:1]),
            ),
        )[0],
        "i": lambda: pipeline.bind(one.name, "in", None),
        "x": lambda: replace(pipeline, tags={"k": str(first)}),
        "f": lambda: framed(
            pipeline, {n.id: (0.0, 0.0, 8.0, 8.0) for n in (one, other)}, f"F{second}"
        )[0],
        "g": lambda: without(
            pipeline, {f.id for f in pipeline.annotations.frames[second:]}
        ),
        "o": lambda: coloured(pipeline, "train", [one], pipeline.annotations.all),
    }
    return changes[kind]()


def as_files(pipeline: Pipeline) -> tuple[str, str]:
    """The texts of pipeline.yml and layout.json."""
    return write_pipeline(pipeline), json.dumps(layout_of(pipeline))
