"""An empty canvas says what to do first, and only an empty one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.designer.first_step import FirstStep
from studio.gui.designer.page import DesignerPage

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow

SECONDS = 20_000


def test_that_an_empty_canvas_says_what_to_do_first(
    open_window: Callable[[Studio], MainWindow], empty_studio: Studio, qtbot: QtBot
) -> None:
    empty_studio.pipelines.create("p", "Fresh")
    window = open_window(empty_studio)
    page = window.page
    assert isinstance(page, DesignerPage)
    qtbot.waitUntil(lambda: page.document is not None, timeout=SECONDS)
    words = next(each for each in page.features if isinstance(each, FirstStep))
    qtbot.waitUntil(words.words.isVisible)
    assert page.view.viewport().rect().contains(words.words.geometry())
    push = next(
        b for b in words.words.findChildren(QPushButton) if b.text() == "Import data"
    )
    QTest.mouseClick(push, Qt.MouseButton.LeftButton)
    assert [node.name for node in page.editor.pipeline.nodes] == ["import_data"]
    assert not words.words.isVisible()
    page.undo()
    assert words.words.isVisible()
