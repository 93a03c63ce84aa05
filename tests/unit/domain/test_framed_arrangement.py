"""Steps put in order with the frames and notes around them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from studio.domain import framing
from studio.domain.annotations import Annotations, Box, Frame, Note
from studio.domain.arrangement import Block, Link, arranged
from studio.domain.framed_arrangement import arranged_in_frames
from studio.domain.node import Node
from studio.domain.pipeline import Pipeline

WIDTH, HEIGHT = 216.0, 64.0


def laid_out(
    count: int, links: list[Link], annotations: Annotations
) -> tuple[Pipeline, dict[str, Box]]:
    """A pipeline of so many steps after it was put in order, and the cards' boxes."""
    blocks = [Block(f"s{n}", WIDTH, HEIGHT) for n in range(count)]
    places = arranged_in_frames(blocks, links, annotations)
    boxes = {
        key: (x, y, x + WIDTH, y + HEIGHT)
        for key, (x, y) in places.items()
        if key.startswith("s")
    }
    assert boxes.keys() == {block.key for block in blocks}
    nodes = tuple(
        Node(key, key, "azureml:x@1", position=at[:2]) for key, at in boxes.items()
    )
    pipeline = Pipeline("p", nodes, annotations=annotations)
    return framing.refitted(pipeline, boxes, boxes, places), boxes


def meet(one: Box, other: Box) -> bool:
    across = one[0] < other[2] and other[0] < one[2]
    return across and one[1] < other[3] and other[1] < one[3]


@st.composite
def framed_graphs(draw: st.DrawFn) -> tuple[int, list[Link], Annotations]:
    count = draw(st.integers(2, 14))
    number = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(number, number), max_size=25))
    links = [Link(f"s{a}", 32, f"s{b}", 32) for a, b in pairs if a < b]
    owners = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
    annotations = Annotations()
    for owner in {1, 2, 3}.intersection(owners):
        nodes = tuple(f"s{n}" for n, of in enumerate(owners) if of == owner)
        x = 2000.0 * owner
        frame = Frame(f"f{owner}", "", "", x, 0, 1000, 1000, nodes)
        note = Note(f"n{owner}", "Why", "", x + 100, 100, 300, 90)
        annotations = annotations.put(frame, note)
    return count, links, annotations


@given(framed_graphs())
def test_that_a_frame_holds_its_steps_and_notes_and_meets_nothing_else(
    graph: tuple[int, list[Link], Annotations],
) -> None:
    pipeline, boxes = laid_out(*graph)
    frames = pipeline.annotations.frames
    for frame in frames:
        for key, box in boxes.items():
            assert meet(frame.box, box) == (key in frame.nodes)
        note = pipeline.annotations.find(frame.id.replace("f", "n"))
        assert note is not None
        assert pipeline.annotations.inside(frame).notes == (note,)
        assert not any(meet(note.box, box) for box in boxes.values())
        assert not any(meet(frame.box, f.box) for f in frames if f != frame)


def test_that_without_frames_nothing_is_other_than_before_and_notes_stay() -> None:
    links = [Link("s0", 32, "s1", 32), Link("s1", 32, "s2", 40)]
    blocks = [Block(f"s{n}", WIDTH, HEIGHT) for n in range(4)]
    note = Note("n", "Free", "", 10, 10, 200, 80)
    free = Annotations((Frame("f", "Empty", "", 0, 0, 400, 400),), (note,))
    assert arranged_in_frames(blocks, links, free) == arranged(blocks, links)
    assert laid_out(4, links, free)[0].annotations == free


def test_that_a_frame_in_a_frame_stays_in_it() -> None:
    inner = Frame("in", "", "", 100, 100, 300, 300, ("s1", "s2"))
    outer = Frame("out", "", "", 0, 0, 1000, 1000, ("s0", "s1", "s2", "s3"))
    links = [Link(f"s{n}", 32, f"s{n + 1}", 32) for n in range(4)]
    pipeline, boxes = laid_out(5, links, Annotations((outer, inner)))
    large, small = pipeline.annotations.frames
    assert pipeline.annotations.inside(large).frames == (small,)
    assert [meet(small.box, boxes[f"s{n}"]) for n in range(5)] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert not meet(large.box, boxes["s4"])


def test_that_aligned_steps_leave_no_note_of_their_frame_outside() -> None:
    frame = Frame("f", "", "", 0, 0, 900, 600, ("s0",))
    note = Note("n", "Below", "", 400, 500, 200, 80)
    node = Node("s0", "s0", "azureml:x@1", position=(0.0, 0.0))
    pipeline = Pipeline("p", (node,), annotations=Annotations((frame,), (note,)))
    boxes = {"s0": (0.0, 0.0, WIDTH, HEIGHT)}
    after = framing.refitted(pipeline, boxes, boxes)
    assert after.annotations.inside(after.annotations.frames[0]).notes == (note,)
    assert replace(after, annotations=pipeline.annotations) == pipeline
