"""Plots are read by pointer and by keys, copied, saved, and shown as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from studio.gui.theme.theme import Theme
from studio.gui.viewers.plot_view import PlotRow, make_plot
from studio.gui.widgets.metric_plot import MetricPlot
from studio.gui.widgets.plot_verbs import save
from studio.gui.widgets.table import DataTable

ROC = {
    "kind": "roc",
    "title": "ROC",
    "x_label": "False positive rate",
    "y_label": "True positive rate",
    "series": [
        {"label": "Adelie", "x": [0, 0.1, 1], "y": [0, 0.9, 1], "area": 0.9},
        {"label": "Gentoo", "x": [0, 0.5, 1], "y": [0, 0.8, 1], "area": 0.65},
    ],
}
MATRIX = {
    "kind": "confusion_matrix",
    "title": "Confusion",
    "labels": ["no", "yes"],
    "values": [[8, 2], [1, 9]],
}
RESIDUALS = {"kind": "residuals", "title": "R", "x": [3, 1, 2], "y": [0.3, 0.1, 0.2]}
IMPORTANCE = {
    "kind": "importance",
    "title": "Importance",
    "labels": ["mass", "flipper"],
    "values": [0.7, 0.3],
}


@pytest.fixture
def drawn(qtbot: QtBot, theme: Theme) -> Any:
    def make(data: dict[str, Any]) -> MetricPlot:
        plot = make_plot(data)
        assert isinstance(plot, MetricPlot)
        qtbot.addWidget(plot)
        plot.resize(400, 300)
        plot.show()
        return plot

    return make


def press(plot: MetricPlot, *keys: Qt.Key) -> str:
    for key in keys:
        QTest.keyClick(plot, key)
    return plot.accessibleDescription()


def test_that_a_roc_names_the_area_of_each_curve(drawn: Any) -> None:
    names = [label.text for _, label in drawn(ROC).item.legend.items]
    assert names == ["Adelie (AUC 0.900)", "Gentoo (AUC 0.650)", "Chance"]


def test_that_arrows_walk_along_a_curve_and_to_the_next_one(drawn: Any) -> None:
    plot = drawn(ROC)
    assert "The arrow keys read its points" in plot.accessibleDescription()
    right, down, end = Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End
    assert press(plot, right, right) == (
        "Adelie (AUC 0.900): False positive rate 0.1000, True positive rate 0.9000"
    )
    assert press(plot, down).startswith("Gentoo (AUC 0.650): False positive rate 0,")
    assert press(plot, end, right).endswith(
        "False positive rate 1, True positive rate 1"
    )
    assert "The arrow keys" in press(plot, Qt.Key.Key_Escape)


def test_that_arrows_walk_through_the_cells_of_a_matrix(drawn: Any) -> None:
    plot = drawn(MATRIX)
    press(plot, Qt.Key.Key_Right)
    assert press(plot, Qt.Key.Key_Down, Qt.Key.Key_Right) == (
        "Actual yes, Predicted yes, Count 9, Share of actual 90.0 %"
    )


def test_that_points_are_walked_from_left_to_right_and_bars_as_they_stand(
    drawn: Any,
) -> None:
    plot = drawn(RESIDUALS)
    assert press(plot, Qt.Key.Key_Right) == "Predicted 1, Residual 0.1000"
    assert press(plot, Qt.Key.Key_Right) == "Predicted 2, Residual 0.2000"
    bars = drawn(IMPORTANCE)
    press(bars, Qt.Key.Key_Right)
    assert press(bars, Qt.Key.Key_Right) == "flipper, Value 0.3000"


@pytest.mark.parametrize("data", [ROC, MATRIX, RESIDUALS, IMPORTANCE])
def test_that_the_pointer_reads_every_plot(drawn: Any, data: dict[str, Any]) -> None:
    plot = drawn(data)
    box = plot.item.getViewBox()
    group = plot.readout._reading.groups[-1]
    place = QPointF(float(group.xs[1]), float(group.ys[1]))
    plot.item.scene().sigMouseMoved.emit(box.mapViewToScene(place))
    words = plot.accessibleDescription()
    assert (
        words
        == plot.readout.words
        == plot.readout._reading.words(len(plot.readout._reading.groups) - 1, 1)
    )
    plot.item.scene().sigMouseMoved.emit(QPointF(-50, -50))
    assert "The arrow keys" in plot.accessibleDescription()


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "residuals", "title": "R", "x": [], "y": []},
        {"kind": "bars", "title": "B", "labels": [], "values": []},
        {"kind": "bars", "title": "B", "labels": ["a"], "values": [float("nan")]},
    ],
)
def test_that_plots_without_a_finite_point_are_read_without_harm(
    drawn: Any, data: dict[str, Any]
) -> None:
    plot = drawn(data)
    center = plot.item.getViewBox().sceneBoundingRect().center()
    plot.item.scene().sigMouseMoved.emit(center)
    press(plot, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_End)
    assert plot.accessibleDescription()


def test_that_a_row_of_plots_is_as_high_as_its_place(
    qtbot: QtBot, theme: Theme
) -> None:
    row = PlotRow()
    qtbot.addWidget(row)
    row.resize(1200, 210)
    row.show_plots([ROC, MATRIX, IMPORTANCE], {"accuracy": 0.9})
    row.show()
    plots = row.findChildren(MetricPlot)
    assert len(plots) == 3
    bottoms = [plot.mapTo(row.viewport(), plot.rect().bottomLeft()) for plot in plots]
    assert all(bottom.y() <= row.viewport().height() for bottom in bottoms)


def choose(plot: MetricPlot, text: str) -> None:
    button = plot.findChild(QToolButton)
    assert button is not None
    button.click()
    menu = plot.findChildren(QMenu)[-1]
    next(a for a in menu.actions() if a.text() == text).trigger()
    menu.close()


def test_that_a_plot_is_a_table_and_a_plot_again(drawn: Any) -> None:
    plot = drawn(ROC)
    choose(plot, "Show as table")
    table = plot.findChild(DataTable)
    assert table is not None
    model = table.model()
    assert model.rowCount() == 6
    shown = [model.index(4, column).data() for column in range(3)]
    assert shown == ["Gentoo (AUC 0.650)", "0.5000", "0.8000"]
    choose(plot, "Show as plot")
    assert not plot.is_table
    assert press(plot, Qt.Key.Key_Right).startswith("Adelie")


def test_that_a_plot_is_copied_and_saved_as_a_picture(
    drawn: Any, tmp_path: Path
) -> None:
    plot = drawn(MATRIX)
    press(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().image()
    assert copied.width() >= 2 * plot.frame.width()
    assert save(plot, tmp_path / "plot.png") == ""
    assert QImage(str(tmp_path / "plot.png")).size() == copied.size()
    assert save(plot, tmp_path / "plot.svg") == ""
    assert "<svg" in (tmp_path / "plot.svg").read_text(encoding="utf-8")
    assert "can't be written" in save(plot, tmp_path / "none" / "plot.png")
