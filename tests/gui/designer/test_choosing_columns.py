"""Columns are chosen from a list; what is typed counts once one has paused."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.page import DesignerPage
from studio.gui.widgets.column_field import KIND, ColumnField

SECONDS = 30_000
ALT = Qt.KeyboardModifier.AltModifier


def _stratify(page: DesignerPage, hand: Hand, qtbot: QtBot) -> ColumnField:
    """The empty field of Split, once its columns are known."""
    hand.click(hand.middle("split"))
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    field = panel.form.field("stratify")
    assert isinstance(field, ColumnField)
    field.input.clear()
    field.flush()
    qtbot.waitUntil(field.arrow.isEnabled, timeout=SECONDS)
    field.input.setFocus()
    return field


def _popup(field: ColumnField) -> QListView:
    popup = field._completer.popup()
    assert isinstance(popup, QListView)
    return popup


def test_that_down_in_an_empty_field_lists_the_columns_with_their_kinds(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    field = _stratify(page, hand, qtbot)
    popup = _popup(field)
    for keys in (Qt.KeyboardModifier.NoModifier, ALT):
        QTest.keyClick(field.input, Qt.Key.Key_Down, keys)
        assert popup.isVisible()
        rows = popup.model()
        listed = [rows.index(row, 0) for row in range(rows.rowCount())]
        kinds = {index.data(): index.data(KIND) for index in listed}
        assert kinds["species"] == "text"
        assert kinds["body_mass_g"] == "number"
        popup.hide()
    QTest.mouseClick(field.arrow, Qt.MouseButton.LeftButton)
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Return)
    name = popup.model().index(0, 0).data()
    assert hand.node("split").inputs["stratify"] == Value(name)


def test_that_a_name_counts_once_it_is_typed_and_is_warned_about_below_the_field(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    field = _stratify(page, hand, qtbot)
    steps = page.bench.editor.document.stack.count()
    at = field.input.mapTo(page, QPoint(0, 0))
    QTest.keyClicks(field.input, "speces")
    assert "stratify" not in hand.node("split").inputs
    assert field.error == ""
    QTest.keyClick(field.input, Qt.Key.Key_Return)
    assert hand.node("split").inputs["stratify"] == Value("speces")
    assert page.bench.editor.document.stack.count() == steps + 1
    qtbot.waitUntil(lambda: "no column 'speces'" in field.error, timeout=SECONDS)
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    assert "speces" not in panel.banner.text
    assert field._error.geometry().top() > field.input.geometry().bottom()
    assert field.input.mapTo(page, QPoint(0, 0)) == at


def test_that_a_list_that_is_open_holds_back_what_is_half_typed(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    field = _stratify(page, hand, qtbot)
    QTest.keyClicks(field.input, "is")
    assert _popup(field).isVisible()
    field._idle.timeout.emit()
    assert "stratify" not in hand.node("split").inputs
    _popup(field).hide()
    field._idle.timeout.emit()
    assert hand.node("split").inputs["stratify"] == Value("is")
