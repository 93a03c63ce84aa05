"""What is pasted from elsewhere lies upon nothing that is there."""

from __future__ import annotations

import random
from itertools import product

import pytest

from studio.domain.node import Node
from studio.domain.pipeline import Pipeline, new_id
from studio.gui.designer import free_room
from studio.gui.designer.copying import placed
from studio.gui.designer.edits import SHIFT
from studio.gui.designer.geometry import HEIGHT, WIDTH

Places = list[tuple[float, float]]


def of(places: Places, letter: str) -> Pipeline:
    nodes = [
        Node(new_id(), f"{letter}{n}", "azureml:split@latest", {}, position=at)
        for n, at in enumerate(places)
    ]
    return Pipeline("p", tuple(nodes))


def overlaps(one: Pipeline, other: Pipeline) -> list[tuple[str, str]]:
    return [
        (a.name, b.name)
        for a, b in product(one.nodes, other.nodes)
        if abs(a.position[0] - b.position[0]) < WIDTH
        and abs(a.position[1] - b.position[1]) < HEIGHT
    ]


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("pairs", [free_room.MOST_PAIRS, 10])
def test_that_no_pasted_card_lies_upon_another_and_their_order_stays(
    seed: int, pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(free_room, "MOST_PAIRS", pairs)
    chance = random.Random(seed)
    grid = [(x * 8.0, y * 8.0) for x, y in product(range(0, 120, 3), range(0, 80, 3))]
    there = of(chance.sample(grid, 12), "a")
    part = of([(x + 4.0, y + 4.0) for x, y in chance.sample(grid, 5)], "b")
    for seen in (None, (5000.0, 5000.0, 6000.0, 5600.0), (0.0, 0.0, 900.0, 700.0)):
        moved = placed(there, part, seen)
        assert overlaps(there, moved) == []
        shifts = {
            (new.position[0] - old.position[0], new.position[1] - old.position[1])
            for old, new in zip(part.nodes, moved.nodes, strict=True)
        }
        assert len(shifts) == 1


def test_that_what_has_room_stays_and_a_copy_goes_right_beside() -> None:
    there = of([(0, 0), (320, 0)], "a")
    apart = of([(0, 400)], "b")
    assert placed(there, apart, None) == apart
    copy = of([(0, 0)], "b")
    assert placed(there, copy, None).nodes[0].position == (SHIFT, SHIFT)


def test_that_it_goes_where_the_way_is_shorter() -> None:
    column = of([(0, y) for y in range(0, 1000, 88)], "a")
    (node,) = placed(column, of([(160, 400)], "b"), None).nodes
    assert node.position == (240, 400)
    row = of([(x, 0) for x in range(0, 2000, 240)], "a")
    (node,) = placed(row, of([(16, 48)], "b"), None).nodes
    assert node.position == (16, 88)
