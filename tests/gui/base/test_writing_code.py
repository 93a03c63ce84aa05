"""The editor of code: indentation, and a mark that goes with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.gui.theme.theme import Theme
from studio.gui.widgets.code_view import CodeEdit

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def edit(qtbot: QtBot, theme: Theme) -> CodeEdit:
    made = CodeEdit("python")
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_enter_keeps_the_indentation(edit: CodeEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "def main(t):")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "for x in t:")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClicks(edit, "print(x)")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.keyClick(edit, Qt.Key.Key_Backtab)
    qtbot.keyClicks(edit, "return t")
    assert edit.text() == (
        "def main(t):\n    for x in t:\n        print(x)\n    return t"
    )
    edit.undo()


def test_that_tab_goes_to_the_next_stop(edit: CodeEdit, qtbot: QtBot) -> None:
    qtbot.keyClicks(edit, "ab")
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    qtbot.keyClicks(edit, "c")
    assert edit.text() == "ab  c"


def test_that_tab_and_backtab_move_all_selected_lines(
    edit: CodeEdit, qtbot: QtBot
) -> None:
    edit.set_text("a = 1\n\n  b = 2\nc = 3")
    cursor = edit.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(len("a = 1\n\n  b"), QTextCursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.text() == "    a = 1\n\n      b = 2\nc = 3"
    qtbot.keyClick(edit, Qt.Key.Key_Backtab)
    qtbot.keyClick(edit, Qt.Key.Key_Backtab)
    assert edit.text() == "a = 1\n\nb = 2\nc = 3"
    edit.undo()
    edit.undo()
    assert edit.text() == "    a = 1\n\n      b = 2\nc = 3"


def test_that_escape_and_tab_still_leave_it(qtbot: QtBot, theme: Theme) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    layout = QVBoxLayout(around)
    edit, after = CodeEdit("python"), QLineEdit()
    layout.addWidget(edit)
    layout.addWidget(after)
    around.show()
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.text() == ""
    assert around.focusWidget() is after


def test_that_the_red_line_goes_when_the_code_is_replaced(
    edit: CodeEdit, qtbot: QtBot
) -> None:
    edit.set_text("a\nb\nc")
    edit.mark_line(2)
    assert len(edit.extraSelections()) == 1
    edit.set_text("x\ny\nz")
    assert edit.extraSelections() == []
    edit.mark_line(2)
    qtbot.keyClick(edit, Qt.Key.Key_A, CTRL)
    qtbot.keyClicks(edit, "new")
    assert edit.extraSelections() == []


def test_that_the_red_line_moves_with_its_line(edit: CodeEdit, qtbot: QtBot) -> None:
    edit.set_text("a\nb\nc")
    edit.mark_line(3)
    cursor = edit.textCursor()
    cursor.setPosition(0)
    edit.setTextCursor(cursor)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    (mark,) = edit.extraSelections()
    assert mark.cursor.block().text() == "c"
    qtbot.keyClick(edit, Qt.Key.Key_End, CTRL)
    qtbot.keyClicks(edit, "!")
    assert edit.extraSelections() == []
