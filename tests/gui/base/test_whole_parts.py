"""A line of parts that gives way by whole parts."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.gui.theme.theme import Theme
from studio.gui.widgets.elided import WholePartsLabel


def test_that_parts_without_room_are_left_out_whole(qtbot: QtBot, theme: Theme) -> None:
    made = WholePartsLabel("caption")
    qtbot.addWidget(made)
    made.setText("Enter open · L connect · Tab add")
    made.show()
    two = made.fontMetrics().horizontalAdvance("Enter open · L connect")
    made.resize(two + 12, 20)
    assert made.shown == "Enter open · L connect"
    assert made.toolTip() == made.text()
    made.resize(two - 1, 20)
    assert made.shown == "Enter open"
    made.resize(two * 2, 20)
    assert (made.shown, made.toolTip()) == (made.text(), "")
