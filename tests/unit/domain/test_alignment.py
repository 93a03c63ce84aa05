"""Cards in line, and cards spread evenly."""

from __future__ import annotations

import pytest

from studio.domain.alignment import Box, Line, aligned, distributed

CARDS = {
    "low": Box(0, 0, 216, 64),
    "high": Box(300, 40, 216, 128),
    "far": Box(700, 200, 216, 64),
}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("left", {(0, 0), (0, 40), (0, 200)}),
        ("right", {(700, 0), (700, 40), (700, 200)}),
        ("centre", {(350, 0), (350, 40), (350, 200)}),
        ("top", {(0, 0), (300, 0), (700, 0)}),
        ("bottom", {(0, 200), (300, 136), (700, 200)}),
        ("middle", {(0, 100), (300, 68), (700, 100)}),
    ],
)
def test_that_a_line_of_all_comes_into_one_place(
    line: Line, wanted: set[tuple[float, float]]
) -> None:
    assert set(aligned(CARDS, line).values()) == wanted


def test_that_gaps_become_equal_and_the_outer_cards_stay() -> None:
    across = distributed(CARDS, "across")
    assert across == {"low": (0, 0), "high": (350, 40), "far": (700, 200)}
    down = distributed(CARDS, "down")
    assert down == {"low": (0, 0), "high": (300, 68), "far": (700, 200)}


def test_that_two_cards_and_none_stay_where_they_are() -> None:
    two = {key: CARDS[key] for key in ("low", "far")}
    assert distributed(two, "down") == {"low": (0, 0), "far": (700, 200)}
    assert aligned({}, "left") == distributed({}, "down") == {}


def test_that_one_card_over_all_others_keeps_the_outer_edges() -> None:
    cards = {
        "wide": Box(0, 0, 900, 64),
        "a": Box(100, 100, 50, 64),
        "b": Box(500, 200, 50, 64),
    }
    places = distributed(cards, "across")
    assert places["wide"] == (0, 0)
    assert all(0 <= x <= 850 for x, _ in places.values())
