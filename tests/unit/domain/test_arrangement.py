"""Putting steps in order."""

from __future__ import annotations

import itertools
import random
import time

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.arrangement import GRID, Block, Link, arranged, columns, moved_to

SIZE = 216.0, 64.0


def chain(*names: str) -> list[Link]:
    return [Link(a, 32, b, 32) for a, b in itertools.pairwise(names)]


def blocks(*names: str) -> list[Block]:
    return [Block(name, *SIZE) for name in names]


def crossings(links: list[Link], places: dict[str, tuple[float, float]]) -> int:
    """Pairs of wires between the same two columns that change sides."""

    def ends(link: Link) -> tuple[float, float, float, float]:
        (x, y), (far, low) = places[link.source], places[link.target]
        return (x, y + link.leaves, far, low + link.arrives)

    found = [ends(link) for link in links]
    return sum(
        a[0] == b[0] and a[2] == b[2] and (a[1] - b[1]) * (a[3] - b[3]) < 0
        for n, a in enumerate(found)
        for b in found[:n]
    )


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Block], list[Link]]:
    count = draw(st.integers(1, 25))
    number = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(number, number), max_size=40))
    heights = draw(st.lists(st.integers(1, 9), min_size=count, max_size=count))
    made = [Block(f"s{n}", 216, 64 + 16 * h) for n, h in enumerate(heights)]
    return made, [Link(f"s{a}", 32, f"s{b}", 32) for a, b in pairs]


@given(graphs())
def test_that_cards_never_overlap_and_lie_on_the_grid(
    graph: tuple[list[Block], list[Link]],
) -> None:
    cards, links = graph
    places = arranged(cards, links)
    assert places.keys() == {card.key for card in cards}
    assert all(x % GRID == 0 and y % GRID == 0 for x, y in places.values())
    for number, one in enumerate(cards):
        for other in cards[:number]:
            (x, y), (far, low) = places[one.key], places[other.key]
            beside = abs(x - far) >= 216
            under = y + one.height <= low or low + other.height <= y
            assert beside or under, (one, other)
    assert arranged(cards, links) == places


@given(graphs())
def test_that_wires_run_from_left_to_right_unless_they_close_a_cycle(
    graph: tuple[list[Block], list[Link]],
) -> None:
    cards, links = graph
    forwards = [k for k in links if int(k.source[1:]) < int(k.target[1:])]
    places = arranged(cards, forwards)
    for link in forwards:
        assert places[link.source][0] + 216 < places[link.target][0]


def test_that_a_chain_is_one_straight_line() -> None:
    places = arranged(blocks("c", "a", "b"), chain("a", "b", "c"))
    assert places == {"a": (0, 0), "b": (288, 0), "c": (576, 0)}


def test_that_a_source_stands_beside_what_it_feeds() -> None:
    links = [*chain("a", "b", "c", "d"), Link("late", 32, "d", 48)]
    assert columns(["a", "b", "c", "d", "late"], links)["late"] == 2


def test_that_rows_are_ordered_so_that_wires_do_not_cross() -> None:
    names = [f"l{n}" for n in range(6)] + [f"r{n}" for n in range(6)]
    links = [Link(f"l{n}", 32, f"r{5 - n}", 32) for n in range(6)]
    links += [Link(f"l{n}", 32, f"r{4 - n}", 48) for n in range(5)]
    places = arranged(blocks(*names), links)
    assert crossings(links, places) == 0


def test_that_wires_that_leave_out_columns_have_room_between_cards() -> None:
    links = [*chain("a", "b", "c"), Link("a", 32, "c", 32)]
    cards = blocks("a", "b", "c")
    places = arranged(cards, links)
    straight = places["a"][1] + 32
    top = places["b"][1]
    assert not top < straight < top + 64


def test_that_loose_steps_lie_in_rows_under_the_rest() -> None:
    cards = blocks("a", "b", *(f"loose{n}" for n in range(8)))
    places = arranged(cards, chain("a", "b"))
    assert places["loose0"][1] > places["a"][1] + 64
    assert places["loose6"] == (0, places["loose0"][1] + 96)


def test_that_the_corner_is_kept() -> None:
    assert moved_to({"a": (0, 8), "b": (8, 0)}, (100, 50)) == {
        "a": (100, 58),
        "b": (108, 50),
    }
    assert moved_to({}, (1, 1)) == {}


def test_that_a_thousand_steps_are_arranged_in_half_a_second() -> None:
    chance = random.Random(3)
    cards = blocks(*(f"s{n}" for n in range(1000)))
    links = [
        Link(f"s{max(0, n - chance.randint(1, 40))}", 32, f"s{n}", 32)
        for n in range(1, 1000)
        for _ in range(2)
    ]
    seconds = []
    for _ in range(3):  # the least, as other programs share the processors
        start = time.thread_time()
        arranged(cards, links)
        seconds.append(time.thread_time() - start)
    print(f"1,000 steps, 2,000 wires: {min(seconds):.3f} s")
    assert min(seconds) < 0.5
