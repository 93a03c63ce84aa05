"""NaN and infinity in curves, tables and lines of metrics."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from studio.domain.metrics import warns
from studio.gui.theme.theme import Theme
from studio.gui.widgets.listing import in_order
from studio.gui.widgets.measures import metrics_text
from studio.gui.widgets.metric_plot import Curve, MetricPlot
from studio.gui.widgets.rows_model import WARNS, Column, RowsModel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

VALUE: Column[float] = Column("Value", lambda value: value, kind="number")


def test_that_a_curve_has_a_gap_where_it_is_nan(qtbot: QtBot, theme: Theme) -> None:
    plot = MetricPlot()
    qtbot.addWidget(plot)
    plot.show_curves([Curve("loss", [0, 1, 2, 3], [1.0, math.nan, math.inf, 0.5])])
    plot.resize(400, 300)
    plot.show()
    plot.grab()
    (drawn,) = plot.item.listDataItems()
    assert [math.isfinite(y) for y in drawn.yData] == [True, False, False, True]
    assert drawn.opts["connect"] == "finite"
    low, high = plot.item.getViewBox().viewRange()[1]
    assert -1 < low < high < 2


def test_that_bars_of_nan_are_named_and_empty(qtbot: QtBot, theme: Theme) -> None:
    plot = MetricPlot()
    qtbot.addWidget(plot)
    plot.show_bars(["loss", "f1"], [math.nan, 0.5])
    plot.resize(400, 300)
    plot.show()
    plot.grab()
    texts = [i.toPlainText() for i in plot.item.items if hasattr(i, "toPlainText")]
    assert "NaN" in texts


def test_that_a_cell_of_nan_says_so_in_the_colour_of_warnings(theme: Theme) -> None:
    model: RowsModel[Any] = RowsModel([VALUE])
    model.set_rows([math.nan, 0.5, math.inf])
    cells = [model.index(row, 0) for row in range(3)]
    assert [cell.data() for cell in cells] == ["NaN", "0.5000", "∞"]
    assert [cell.data(WARNS) for cell in cells] == [True, False, True]


def test_that_nan_is_sorted_behind_all_numbers() -> None:
    rows = [2.0, math.nan, 1.0]
    assert in_order(rows, VALUE, False)[:2] == [1.0, 2.0]
    assert in_order(rows, VALUE, True)[:2] == [2.0, 1.0]


def test_that_a_line_of_metrics_keeps_nan_and_warns() -> None:
    assert metrics_text({"loss": math.nan}) == "loss NaN"
    assert metrics_text({"rows": 344.0, "importance.a": 0.1}) == "rows 344"
    assert metrics_text({"rows": 3.0, "training_accuracy": 0.5}).startswith("training_")
    assert warns({"loss": math.nan})
    assert not warns({"accuracy": 0.9, "auc": 0.8, "odd": math.nan})
