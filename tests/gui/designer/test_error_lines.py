"""From a failed step, and from its log, to the line of code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from workspaces import run_to_end, step, write_component

from studio.domain.pipeline import Pipeline
from studio.gui.designer.error_lines import ErrorLines
from studio.gui.designer.page import DesignerPage
from studio.gui.viewers.code_place import CodePlace
from studio.gui.widgets.log_view import LogView

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 60_000
SCRIPT = """
    def deep():
        return 1 / 0

    deep()
"""
BACKWARDS = QTextDocument.FindFlag.FindBackward
LINE = 3  # the script begins with an empty line


@pytest.fixture
def failed(
    empty_studio: Studio, open_window: Callable[[Studio], MainWindow], qtbot: QtBot
) -> DesignerPage:
    """A step that fails in line 3 of its script, selected."""
    write_component(
        empty_studio.workspace.root,
        "fails",
        SCRIPT,
        outputs={"out": {"type": "uri_file"}},
    )
    pipeline = Pipeline("p", (step("fails"),)).move({"fails": (144.0, 144.0)})
    run_to_end(empty_studio, pipeline)
    page = open_window(empty_studio).page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    qtbot.waitUntil(lambda: bool(page.editor.situation.steps), timeout=SECONDS)
    hand = Hand(page)
    hand.click(hand.middle("fails"))
    return page


def code(page: DesignerPage) -> CodePlace:
    feature = next(one for one in page.features if isinstance(one, ErrorLines))
    return feature.tab.place


def shows_the_line(page: DesignerPage) -> bool:
    place = code(page)
    at = place.code.textCursor().blockNumber() + 1
    return (
        page.bench.bottom.currentWidget() is place
        and place.title.text() == f"script.py, line {LINE}"
        and at == LINE
    )


def click_place(log: LogView) -> None:
    """Click on the last place that a traceback names."""
    end = log.edit.document().characterCount() - 1
    cursor = log.edit.document().find("File", end, BACKWARDS)
    cursor.setPosition(cursor.selectionStart() + 2)
    log.edit.setTextCursor(QTextCursor(cursor))
    at = log.edit.cursorRect(cursor).center() + QPoint(2, 0)
    QTest.mouseClick(log.edit.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_that_the_button_of_a_failure_opens_its_line_to_be_read(
    failed: DesignerPage, qtbot: QtBot
) -> None:
    panel = failed.bench.inspector.panel
    assert panel is not None
    found = panel.findChildren(QPushButton)
    opens = next(one for one in found if one.text() == f"Open script.py, line {LINE}")
    QTest.mouseClick(opens, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shows_the_line(failed), timeout=SECONDS)
    place = code(failed)
    assert "return 1 / 0" in place.code.text()
    assert place.code.isReadOnly()
    place.closed.emit()
    assert failed.bench.bottom.indexOf(place) < 0


def test_that_a_click_on_a_place_in_the_log_opens_it(
    failed: DesignerPage, qtbot: QtBot
) -> None:
    bottom = failed.bench.bottom
    bottom.turn_to(bottom.log)
    log = bottom.log.view
    qtbot.waitUntil(lambda: "ZeroDivisionError" in log.shown_text(), timeout=SECONDS)
    click_place(log)
    qtbot.waitUntil(lambda: shows_the_line(failed), timeout=SECONDS)


def test_that_a_line_whose_code_is_gone_says_so(
    failed: DesignerPage, qtbot: QtBot
) -> None:
    from studio.gui.errors import ErrorDialog

    run = failed.bench.follower.run
    assert run is not None
    (failed.studio.runs.folder(run.id) / "fails" / "code" / "script.py").unlink()
    failed.services.actions.refresh()
    failed.services.actions.get("step.error_line").trigger()
    window = failed.window()
    qtbot.waitUntil(lambda: bool(window.findChildren(ErrorDialog)), timeout=SECONDS)
    (told,) = window.findChildren(ErrorDialog)
    assert told.title == "The code 'script.py' is no longer there"
    assert failed.bench.bottom.indexOf(code(failed)) < 0
