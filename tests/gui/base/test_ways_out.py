"""A message's focus is the way out, and its words are all there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio.domain.errors import RefusedError
from studio.gui.errors import ErrorDialog
from studio.gui.widgets.empty_state import EmptyState


@pytest.mark.parametrize(("again", "way_out"), [(None, "Close"), (list, "Try again")])
def test_that_an_error_has_its_focus_on_the_way_out(
    theme: object, qtbot: QtBot, again: type[list[int]] | None, way_out: str
) -> None:
    dialog = ErrorDialog(None, RefusedError("No", "Do it otherwise"), again)
    qtbot.addWidget(dialog)
    dialog.open()
    focused = dialog.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == way_out


@pytest.mark.parametrize("height", [120, 160, 400])
def test_that_an_empty_state_cuts_no_line(
    theme: object, qtbot: QtBot, height: int
) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    state = EmptyState("list-checks", "No plan yet", "", parent=around)
    around.resize(800, height)
    state.setGeometry(around.rect())
    around.show()
    state.set_text(
        "Pipeline 'pipeline' can't run: The pipeline has no steps at all",
        "Add a step: press Ctrl+Space on the canvas, or drag one from the list here",
    )
    qtbot.waitExposed(around)
    labels = [one for one in state.findChildren(QLabel) if one.text()]
    assert len(labels) == 2
    for one in labels:
        assert one.height() >= one.heightForWidth(one.width())
        corner = one.mapTo(state, QPoint())
        assert state.rect().contains(QRect(corner, one.size()))
