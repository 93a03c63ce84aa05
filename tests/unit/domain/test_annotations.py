"""Frames that own steps, notes, and what edits of the pipeline do to them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from studio.domain import framing
from studio.domain.annotations import Annotations, Box, Frame, Note
from studio.domain.component import Component
from studio.domain.composition import as_component
from studio.domain.grouping import grouped, unpacked
from studio.domain.node import FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_merge import merge_pipelines
from studio.interchange.pipeline_layout import (
    apply_layout,
    apply_positions,
    layout_of,
)
from studio.interchange.pipeline_writer import write_pipeline


def _step(name: str, x: float, *, after: str = "") -> Node:
    inputs = {"data": FromStep(after, "out")} if after else {}
    return Node(f"id-{name}", name, f"azureml:{name}@1", inputs, position=(x, 0.0))


STEPS = (
    _step("read", 0),
    _step("split", 300, after="read"),
    _step("train", 600, after="split"),
)
PLAIN = Pipeline("p", STEPS)


def _boxes(pipeline: Pipeline, *names: str) -> dict[str, Box]:
    nodes = [pipeline.node(name) for name in names]
    return {
        n.id: (n.position[0], n.position[1], n.position[0] + 216, n.position[1] + 64)
        for n in nodes
    }


def _framed(*names: str) -> tuple[Pipeline, Frame]:
    return framing.framed(PLAIN, _boxes(PLAIN, *names), "Data")


def _owned(pipeline: Pipeline) -> list[set[str]]:
    return [set(frame.nodes) for frame in pipeline.annotations.frames]


def test_that_a_frame_holds_its_steps_with_room() -> None:
    pipeline, frame = _framed("read", "split")
    assert frame.box == (-24.0, -24.0, 544.0, 88.0)
    assert _owned(pipeline) == [{"id-read", "id-split"}]


def test_that_a_moved_frame_takes_its_steps_and_what_lies_in_it() -> None:
    pipeline, frame = _framed("read", "split")
    pipeline, inner = framing.framed(pipeline, _boxes(pipeline, "read"), "Inner")
    inner = replace(inner, x=-16.0, y=-16.0, width=240.0, height=96.0)
    note = Note("n", "Hello", "", 300.0, 70.0, 100.0, 16.0)
    apart = Note("far", "Apart", "", 900.0, 0.0, 100.0, 60.0)
    for thing in (inner, note, apart):
        pipeline = framing.with_annotation(pipeline, thing)
    things, nodes = framing.carried(pipeline.annotations, [frame])
    moved = framing.moved(pipeline, things, nodes, 80.0, 16.0)
    assert [n.position for n in moved.nodes] == [(80, 16), (380, 16), (600, 0)]
    for one in (frame, inner, note):
        found = moved.annotations.find(one.id)
        assert found is not None
        assert (found.x - one.x, found.y - one.y) == (80.0, 16.0)
    assert moved.annotations.find("far") == apart


def test_that_a_step_joins_a_frame_by_its_middle_and_leaves_so() -> None:
    pipeline, _ = _framed("read", "split")
    out = pipeline.move({"read": (0.0, 400.0)})
    left = framing.settled(out, _boxes(out, "read"))
    assert _owned(left) == [{"id-split"}]
    back = left.move({"read": (16.0, 8.0)})
    assert _owned(framing.settled(back, _boxes(back, "read"))) == [
        {"id-read", "id-split"}
    ]


def test_that_a_frame_pulled_over_a_step_owns_it() -> None:
    pipeline, frame = _framed("read")
    wide = framing.resized(
        pipeline, frame, (-24.0, -24.0, 840.0, 88.0), _boxes(pipeline, "read", "train")
    )
    assert _owned(wide) == [{"id-read", "id-train"}]


def test_that_removing_steps_leaves_the_frame_and_removing_it_the_steps() -> None:
    pipeline, frame = _framed("read", "split")
    assert _owned(pipeline.remove(["read", "split"])) == [set()]
    assert framing.without(pipeline, {frame.id}) == PLAIN


def test_that_a_clone_s_frames_own_the_clone_s_steps() -> None:
    pipeline, _ = _framed("read", "split")
    clone = pipeline.clone("q")
    assert _owned(clone) == [{clone.node("read").id, clone.node("split").id}]


def test_that_frames_are_kept_beside_the_pipeline_and_change_nothing_in_it() -> None:
    pipeline, frame = _framed("read", "split")
    pipeline = framing.with_annotation(
        pipeline, Note("n", "# Why\n*so*", "attention", 1.5, 2.0, 300.0, 80.0)
    )
    pipeline = framing.coloured(pipeline, "data", pipeline.nodes[:1], [frame])
    assert write_pipeline(pipeline) == write_pipeline(PLAIN)
    stored = json.loads(json.dumps(layout_of(pipeline)))
    assert apply_layout(PLAIN, stored) == pipeline
    plain = layout_of(PLAIN)
    assert set(plain) == {"version", "steps"}
    for name, entry in stored["steps"].items():
        assert entry["content"] == plain["steps"][name]["content"]


@pytest.mark.parametrize(
    "frames",
    [
        "nothing",
        [1, None, {}],
        [{"id": "f", "x": "1", "y": 0, "width": 1, "height": 1}],
        [{"id": "f", "x": float("nan"), "y": 0, "width": 1, "height": 1}],
    ],
)
def test_that_unreadable_frames_of_a_file_are_left_out(frames: object) -> None:
    assert apply_layout(PLAIN, {"frames": frames}) == PLAIN


def test_that_a_frame_of_a_file_owns_only_steps_that_are_there() -> None:
    entry = {"id": "f", "x": 0, "y": 0, "width": 1, "height": 300}
    listed = [{**entry, "nodes": ["id-read", "gone", 7], "colour": "mauve"}]
    (frame,) = apply_layout(PLAIN, {"frames": listed}).annotations.frames
    assert frame.nodes == () or set(frame.nodes) <= {n.id for n in PLAIN.nodes}
    assert (frame.colour, frame.width) == ("", 40.0)


def test_that_a_pipeline_read_again_keeps_frames_and_colours() -> None:
    pipeline, _ = _framed("read", "split")
    pipeline = framing.coloured(pipeline, "data", pipeline.nodes[:1], [])
    assert apply_positions(PLAIN, pipeline) == pipeline
    shorter = apply_positions(PLAIN.remove(["split"]), pipeline)
    assert _owned(shorter) == [{"id-read"}]


def test_that_steps_made_a_pipeline_take_their_frame_along_and_back() -> None:
    pipeline, frame = _framed("read", "split")
    pipeline, _ = framing.framed(
        pipeline, _boxes(pipeline, "read", "split", "train"), "All"
    )
    made = grouped(pipeline, ["read", "split"], "part", "Part", {})
    assert [f.title for f in made.outer.annotations.frames] == ["All"]
    assert _owned(made.outer) == [{"id-train", made.node.id}]
    assert made.inner.annotations.frames == (frame,)
    component: Component = as_component(made.inner, {})
    flat = unpacked(made.outer, made.node, component)
    inside = {flat.node("read").id, flat.node("split").id}
    assert _owned(flat) == [{"id-train", *inside}, inside]
    assert [f.title for f in flat.annotations.frames] == ["All", "Data"]
    assert all("." not in node.id for node in flat.nodes)
    assert [n.title for n in flat.nodes] == [n.title for n in pipeline.nodes]


def test_that_a_merge_keeps_the_frames_of_both_sides() -> None:
    base, frame = _framed("read", "split")
    mine = framing.with_annotation(base, replace(frame, title="Mine"))
    theirs, _ = framing.framed(base, _boxes(base, "train"), "Theirs")
    theirs = theirs.remove(["split"])
    merge = merge_pipelines(base, mine, theirs)
    assert not merge.conflicts
    frames = merge.pipeline.annotations.frames
    assert [f.title for f in frames] == ["Mine", "Theirs"]
    assert frames[0].nodes == ("id-read",)


def test_that_copies_of_frames_own_the_copied_steps() -> None:
    pipeline, _ = _framed("read", "split")
    part = pipeline.annotations.around_only({"id-read", "id-split", "id-train"})
    assert pipeline.annotations.around_only({"id-read"}) == Annotations()
    after = framing.with_copies(
        pipeline, part, {"id-read": "r2", "id-split": "s2"}, (24.0, 24.0)
    )
    first, second = after.annotations.frames
    assert second.nodes == ("r2", "s2")
    assert (second.x, second.id != first.id) == (0.0, True)
