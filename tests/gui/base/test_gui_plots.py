"""Plots keep their names legible and leave the wheel to the page around them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from studio.gui.theme.theme import Theme
from studio.gui.viewers.plot_view import make_plot
from studio.gui.widgets.metric_plot import MetricPlot
from studio.gui.widgets.panel import scrolled
from studio.gui.widgets.plot_bars import bar_layout

LONG = [f"a_rather_long_column_name_{number}" for number in range(8)]
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def test_that_bars_lie_down_where_their_names_would_overlap(theme: Theme) -> None:
    assert not bar_layout(["Adelie", "Gentoo"], 340).lying
    layout = bar_layout(LONG, 340)
    assert layout.lying
    assert all("…" in name for name in layout.names)
    assert not bar_layout(LONG, 4_000).lying
    assert bar_layout(LONG, 4_000).names == tuple(LONG)


def test_that_bars_rise_when_the_plot_becomes_wide_enough(
    qtbot: QtBot, theme: Theme
) -> None:
    plot = MetricPlot("Importance")
    qtbot.addWidget(plot)
    plot.resize(340, 240)
    plot.show()
    plot.show_bars(LONG, [0.1 * number for number in range(8)])
    assert plot.item.getViewBox().yInverted()
    plot.resize(3_000, 240)
    qtbot.waitUntil(lambda: not plot.item.getViewBox().yInverted())


def test_that_each_cloud_has_points_of_its_own_colour_and_a_name(
    qtbot: QtBot, theme: Theme
) -> None:
    labels = {"title": "Clusters", "x_label": "First", "y_label": "Second"}
    series = [{"label": str(n), "x": [n, n + 1], "y": [n, n]} for n in range(3)]
    plot = make_plot({"kind": "clouds", **labels, "series": series})
    qtbot.addWidget(plot)
    assert isinstance(plot, MetricPlot)
    clouds = plot.item.items
    assert [cloud.getData()[0].tolist() for cloud in clouds] == [[0, 1], [1, 2], [2, 3]]
    colours = {cloud.opts["brush"].color().name() for cloud in clouds}
    assert len(colours) == 3
    names = [label.text for _, label in plot.item.legend.items]
    assert names == ["0", "1", "2"]


def test_that_the_wheel_scrolls_the_page_and_with_ctrl_zooms_the_plot(
    qtbot: QtBot, theme: Theme
) -> None:
    inner = QWidget()
    layout = QVBoxLayout(inner)
    plots = [MetricPlot(f"Plot {number}") for number in range(6)]
    for plot in plots:
        plot.setMinimumHeight(240)
        plot.show_bars(["a", "b"], [1.0, 2.0])
        layout.addWidget(plot)
    area = scrolled(inner)
    qtbot.addWidget(area)
    area.resize(400, 300)
    area.show()
    qtbot.waitExposed(area)
    surface = plots[0].findChildren(QGraphicsView)[0].viewport()
    bar, before = area.verticalScrollBar(), plots[0].item.viewRange()

    wheel(surface, NONE)
    assert bar.value() > 0
    assert plots[0].item.viewRange() == before

    scrolled_to = bar.value()
    wheel(surface, CTRL)
    assert bar.value() == scrolled_to
    assert plots[0].item.viewRange() != before

    QTest.mouseDClick(surface, Qt.MouseButton.LeftButton)
    assert plots[0].item.viewRange() == before


def wheel(widget: QWidget, keys: Qt.KeyboardModifier) -> None:
    """One notch down in the middle of a widget, as the system sends it."""
    at = widget.mapTo(widget.window(), widget.rect().center())
    down = QPoint(0, -120)
    QTest.wheelEvent(widget.window().windowHandle(), at, down, stateKey=keys)
