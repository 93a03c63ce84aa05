"""Parallel coordinates: places on axes, brushing, walking by keys, looks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.gui.theme.theme import Theme, tokens
from studio.gui.widgets.parallel_axes import Axis, Trace, categories, nearest, numbers
from studio.gui.widgets.parallel_paint import trace_color
from studio.gui.widgets.parallel_plot import ParallelPlot

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
AXES = (
    numbers("rate", 0.001, 1.0, log=True),
    categories("how", ("a", "b")),
    numbers("score", 0.0, 1.0),
)
TRACES = (
    Trace(0, (0.01, "a", 0.5), 0.5, told="zero"),
    Trace(1, (1.0, "b", 1.0), 1.0, told="one"),
    Trace(2, (0.001, "b", 0.0), 0.0, told="two"),
    Trace(3, (0.1, "a", None), None, faint=True, told="three"),
)


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> ParallelPlot:
    made = ParallelPlot("Trials")
    qtbot.addWidget(made)
    made.resize(500, 240)
    made.show_traces(AXES, TRACES)
    made.show()
    return made


def pulled(plot: ParallelPlot, axis: int, low: float, high: float) -> None:
    ends = [plot.point(axis, place).toPoint() for place in (low, high)]
    QTest.mousePress(plot, LEFT, NONE, ends[0])
    QTest.mouseMove(plot, QPoint((ends[0] + ends[1]) / 2))
    QTest.mouseMove(plot, ends[1])
    QTest.mouseRelease(plot, LEFT, NONE, ends[1])


def test_that_values_have_places_by_size_logarithm_or_order() -> None:
    assert numbers("n", 0, 10).place(2.5) == pytest.approx(0.25)
    assert numbers("n", 0.001, 1, log=True).place(0.1) == pytest.approx(2 / 3)
    assert numbers("n", 3, 3).place(3) == 0.5
    assert categories("c", ("a", "b", "c")).place("b") == 0.5
    assert categories("c", ("True", "False")).place(False) == 1.0
    for value in (None, "x", float("nan"), 11, True):
        assert numbers("n", 0, 10).place(value) is None


def test_that_ticks_are_round_numbers_decades_or_the_values_that_were_listed() -> None:
    def words(axis: Axis) -> list[str]:
        return [word for _, word in axis.ticks]

    assert words(numbers("n", 0, 10)) == ["0", "2.5", "5", "7.5", "10"]
    assert words(numbers("n", 0.0001, 1, log=True)) == [
        *("0.0001", "0.001", "0.01", "0.1", "1")
    ]
    assert words(numbers("n", 2, 16, at=(2, 4, 8, 16))) == ["2", "4", "8", "16"]


def test_that_the_nearest_line_is_found_within_reach() -> None:
    lines = [(7, [(0.0, 0.0), (10.0, 10.0)]), (8, [(0.0, 8.0), (10.0, 8.0)])]
    assert nearest(lines, 2.0, 2.5, 3.0) == 7
    assert nearest(lines, 2.0, 7.0, 3.0) == 8
    assert nearest(lines, 2.0, 40.0, 3.0) is None


def test_that_brushes_keep_lines_that_cross_all_of_them(
    plot: ParallelPlot, qtbot: QtBot
) -> None:
    told: list[frozenset[int] | None] = []
    plot.brushed.connect(told.append)
    pulled(plot, 0, 0.2, 1.0)
    assert told[-1] == {0, 1, 3}
    pulled(plot, 2, 0.9, 1.0)
    assert told[-1] == {1}
    QTest.mouseClick(plot, LEFT, NONE, plot.point(2, 0.5).toPoint())
    assert told[-1] == {0, 1, 3}
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert told[-1] is None


def test_that_lines_are_walked_by_number_and_by_how_good_they_are(
    plot: ParallelPlot,
) -> None:
    picked: list[int] = []
    plot.picked.connect(picked.append)
    plot.setFocus()
    after, up, down = Qt.Key.Key_PageDown, Qt.Key.Key_Up, Qt.Key.Key_Down
    for key in (after, after, after, after, after, up, down, down):
        QTest.keyClick(plot, key)
    assert picked == [0, 1, 2, 3, 3, 1, 0, 2]
    assert plot.accessibleDescription() == "two"


def test_that_axes_are_chosen_and_brushed_by_keys_alone(plot: ParallelPlot) -> None:
    told: list[frozenset[int] | None] = []
    plot.brushed.connect(told.append)
    left, right, escape = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Escape
    up, down, shift = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier
    plot.activateWindow()
    plot.setFocus()

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(
            plot.holds[plot.axis] if plot.axis is not None else plot, key, modifier
        )

    press(left)
    assert plot.axis == 2
    assert plot.holds[2].accessibleName() == "Axis score"
    assert plot.holds[2].accessibleDescription() == "0 to 1, the whole axis"
    press(up)  # the end is where it can't go further
    assert (plot.brushes, told) == ({}, [])
    press(down)
    assert told[-1] == {0, 2}
    for _ in range(10):
        press(up, shift)
    assert plot.brushes[2] == pytest.approx((0.5, 0.95))
    assert told[-1] == {0}
    words = "0.5 to 0.95, 1 of 4 lines inside"
    assert plot.holds[2].accessibleDescription() == words
    press(left)
    press(up, shift)
    assert plot.holds[1].accessibleDescription() == "b, 0 of 4 lines inside"
    press(up, shift)  # the ends don't cross
    assert plot.brushes[1] == (1.0, 1.0)
    press(escape)
    assert (plot.axis, told[-1]) == (1, {0})
    press(escape)
    assert plot.axis is None
    assert plot.hasFocus()
    press(escape)
    assert told[-1] is None
    press(right)
    press(down)
    assert plot.axis == 0
    assert (
        plot.holds[0].accessibleDescription() == "0.001 to 0.7079, 3 of 4 lines inside"
    )
    assert plot.chosen is None


def test_that_an_axis_that_goes_leaves_the_focus_with_the_plot(
    plot: ParallelPlot,
) -> None:
    plot.activateWindow()
    plot.holds[2].setFocus()
    plot.show_traces(AXES[:2], [])
    assert len(plot.holds) == 2
    assert plot.hasFocus()


def test_that_a_range_pulled_by_mouse_is_stepped_to_the_next_place() -> None:
    axis = numbers("n", 0, 10)
    assert axis.step(0.512, 1) == pytest.approx(0.55)
    assert axis.step(0.512, -1) == pytest.approx(0.5)
    words = categories("c", ("a", "b", "c"))
    assert (words.step(1.0, -1), words.step(0.0, -1)) == (0.5, 0.0)
    assert words.range_words(0.2, 0.3) == ""
    assert words.range_words(0.0, 0.5) == "a to b"


def test_that_a_line_is_told_under_the_pointer_and_chosen_by_a_click(
    plot: ParallelPlot,
) -> None:
    first, second = plot.point(1, 1.0), plot.point(2, 1.0)
    middle = ((first + second) / 2).toPoint()
    QTest.mouseMove(plot, middle)
    assert plot.told == "one"
    QTest.mouseClick(plot, LEFT, NONE, middle)
    assert plot.chosen == 1


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_that_the_best_line_has_the_accent_and_others_fade(
    plot: ParallelPlot, theme: Theme, mode: str
) -> None:
    theme.set("dark" if mode == "dark" else "light")
    assert trace_color(TRACES[1], "plain").name() == tokens().accent.lower()
    assert trace_color(TRACES[2], "plain").name() == tokens().text3.lower()
    assert trace_color(TRACES[1], "out").name() == tokens().border.lower()
    image = plot.grab().toImage()
    at = ((plot.point(1, 1.0) + plot.point(2, 1.0)) / 2).toPoint()
    shown = image.pixelColor(at * plot.devicePixelRatioF()).name()
    assert shown == tokens().accent.lower()
    theme.set("light")
