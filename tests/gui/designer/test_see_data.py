"""What resting on a port tells of its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer_hand import Hand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from studio.domain.component import Port
from studio.domain.table import TableColumn, TableShape
from studio.gui.designer.items.node_item import PortRef
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.see_data import tip

if TYPE_CHECKING:
    import pytest

REF = PortRef("n1", "out", Port("train", "mltable"))


def test_that_a_port_tells_rows_and_columns_once_they_are_known() -> None:
    columns = tuple(TableColumn(f"c{n}", "double") for n in range(14))
    told = tip(REF, "sha", TableShape(columns, 1_000_000)).splitlines()
    assert told[1] == "1,000,000 rows × 14 columns"
    assert told[2] == "  c0: double"
    assert told[-2] == "  and 2 more"
    assert told[-1] == "Click to see it below"


def test_that_a_port_whose_step_has_not_run_says_so() -> None:
    assert tip(REF, "", None).splitlines()[-1] == "Nothing here yet: run the pipeline"


def test_that_resting_on_a_port_shows_its_tip(
    page: DesignerPage, hand: Hand, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = page.view.viewport()
    place = page.view.mapFromScene(hand.port("split", "out", "train"))
    at: QPoint = canvas.mapToGlobal(place)
    monkeypatch.setattr(QCursor, "pos", staticmethod(lambda: at))
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda *given: told.append(given[1]))
    button = Qt.MouseButton.NoButton
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(place),
        QPointF(at),
        button,
        button,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas, event)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith("train: ")
