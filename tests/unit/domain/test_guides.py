"""A dragged card in line with others."""

from __future__ import annotations

from studio.domain.alignment import Box
from studio.domain.guides import Guide, Pull, lined_up

FIXED = Box(0, 0, 216, 64)


def test_that_edges_within_reach_pull_a_card_into_line() -> None:
    found = lined_up(Box(300, 5, 216, 64), [FIXED], [], 6)
    assert (found.dx, found.dy) == (None, -5)
    assert found.guides == (Guide(False, 0, -12, 528),)


def test_that_nothing_happens_beyond_the_reach() -> None:
    found = lined_up(Box(300, 7, 216, 64), [FIXED], [], 6)
    assert (found.dx, found.dy, found.guides) == (None, None, ())


def test_that_middles_and_far_edges_of_unlike_cards_are_found() -> None:
    tall = Box(300, 34, 216, 128)
    found = lined_up(tall, [Box(0, 100, 216, 64)], [], 6)
    assert found.dy == 2
    assert [guide.at for guide in found.guides] == [164]
    found = lined_up(Box(300, 70, 216, 128), [Box(0, 100, 216, 64)], [], 6)
    assert found.dy == -2
    assert [guide.at for guide in found.guides] == [132]


def test_that_the_nearest_line_wins_on_each_axis() -> None:
    others = [Box(4, 300, 216, 64), Box(-3, 600, 216, 64)]
    found = lined_up(Box(0, 0, 216, 64), others, [], 6)
    assert found.dx == -3
    assert found.guides == (Guide(True, -3, -12, 676),)


def test_that_a_wire_becomes_straight_before_edges_come_in_line() -> None:
    pull = Pull(300, 5 + 64 / 3, 216, 32)
    found = lined_up(Box(300, 5, 216, 64), [FIXED], [pull], 6)
    assert found.dy is not None
    assert pull.y + found.dy == pull.low
    assert Guide(False, 32, 216, 300) in found.guides
