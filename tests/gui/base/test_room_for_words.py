"""What a small window does with long words and many things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from studio.gui.frame import TopBar
from studio.gui.theme.theme import Theme
from studio.gui.widgets.basics import in_menu
from studio.gui.widgets.reflow import Reflow

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")


def test_that_a_long_title_gives_way_to_the_buttons(qtbot: QtBot, theme: Theme) -> None:
    bar = TopBar()
    qtbot.addWidget(bar)
    run = QPushButton("Run")
    bar.set_buttons([run])
    bar.set_heading("Churn of customers who called twice " * 8, "Version 3")
    bar.resize(700, 46)
    bar.show()
    assert run.geometry().right() < 700
    assert bar._title.shown.endswith("…")
    assert bar._title.toolTip() == bar.title
    bar.set_heading("Churn", "Version 3")
    assert (bar._title.shown, bar._title.toolTip()) == ("Churn", "")


@pytest.mark.parametrize(
    ("width", "columns", "then"),
    [(900, 5, 4), (520, 3, 4), (300, 2, 2), (100, 1, 1)],
)
def test_that_things_stand_in_as_many_columns_as_fit(
    width: int, columns: int, then: int, qtbot: QtBot, theme: Theme
) -> None:
    things = [QWidget() for _ in range(5)]
    made = Reflow(things, least=120, gap=8)
    qtbot.addWidget(made)
    made.resize(width, 400)
    made.show()
    assert made.columns == columns
    assert all(each.geometry().right() < width for each in things)
    things[0].hide()
    assert made.columns == then


def test_that_an_ampersand_of_a_title_stays_in_a_menu() -> None:
    assert in_menu("Train & test") == "Train && test"
