"""A double click and Enter on a card lead to what is set there."""

from __future__ import annotations

from designer_hand import Hand
from PySide6.QtCore import Qt

from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.page import DesignerPage


def test_that_a_double_click_and_enter_lead_to_the_settings(
    page: DesignerPage, hand: Hand
) -> None:
    document = page.document
    assert document is not None
    document.edit(page.editor.pipeline.bind("train", "target", None), "Clear")
    hand.click(hand.middle("train"))
    hand.double_click(hand.middle("train"))
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    target = panel.form.field("target").input
    assert page.window().focusWidget() is target
    page.undo()
    page.view.setFocus()
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_Return)
    panel = page.bench.inspector.panel
    assert isinstance(panel, NodePanel)
    first = next(iter(panel.form.values()))
    assert page.window().focusWidget() is panel.form.field(first).input
    assert hand.node("split").title == "Split 75 / 25"
