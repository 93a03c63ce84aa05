"""A function or a table in the clipboard becomes a step; other text is told plainly."""

from __future__ import annotations

import pytest
from designer_hand import Hand
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.gui.designer.page import DesignerPage
from studio.interchange.pasted_table import table_in

CTRL = Qt.KeyboardModifier.ControlModifier
SECONDS = 30_000
FUNCTION = """
def add_share(data: pd.DataFrame, over: str = "a") -> pd.DataFrame:
    return data.assign(share=data[over] / data[over].sum())
"""


def pasted(hand: Hand, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    hand.key(Qt.Key.Key_V, CTRL)


def _stands_free(page: DesignerPage) -> bool:
    """Whether the one selected card lies upon no other."""
    (node,) = page.editor.selected()
    boxes = {i: QRectF(item.box) for i, item in page.bench.scene.nodes.items()}
    own = boxes.pop(node.id)
    return not any(own.intersects(box) for box in boxes.values())


def test_that_a_plain_typed_function_becomes_a_step_beside_the_others(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    page.view.centerOn(hand.middle("split"))
    pasted(hand, FUNCTION)
    known = page.editor
    qtbot.waitUntil(lambda: "add_share" in known.pipeline.by_name, timeout=SECONDS)
    assert _stands_free(page)


def test_that_rows_of_a_sheet_become_a_step_that_holds_them(
    page: DesignerPage, hand: Hand
) -> None:
    page.view.centerOn(hand.middle("split"))
    pasted(hand, "name\tcount\r\nan owl\t3\r\na, wren\t5\r\n")
    node = hand.node("enter_data")
    assert node.inputs["rows"] == Value("name\tcount\nan owl\t3\na, wren\t5\n")
    assert node.inputs["delimiter"] == Value("tab")
    assert _stands_free(page)
    assert page.document is not None
    assert page.document.stack.undoText() == "Paste 2 rows of 2 columns"


def test_that_a_table_too_large_for_a_step_is_told(
    page: DesignerPage, hand: Hand
) -> None:
    before = page.editor.pipeline
    pasted(hand, "a,b\n" + "1,2\n" * 40_000)
    assert page.editor.pipeline is before


def test_that_other_text_is_answered_in_one_plain_sentence(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    for text in ("some words: and {more", "- a\n  b: [", "<html>"):
        with qtbot.waitSignal(page.editor.refused) as refused:
            pasted(hand, text)
        assert "nothing the canvas can take" in refused.args[0]
        assert "YAML" not in refused.args[0]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2", "comma"),
        ('a;b\n"x;y";2\n', "semicolon"),
        ("a\tb\n1\t\n", "tab"),
        ("a,b", None),
        ("a,b\n1,2,3", None),
        ("one\ntwo", None),
        ("a,b\n1,2\0", None),
    ],
)
def test_that_only_lines_with_as_many_fields_are_a_table(
    text: str, delimiter: str | None
) -> None:
    table = table_in(text)
    assert (table and table.delimiter) == delimiter
