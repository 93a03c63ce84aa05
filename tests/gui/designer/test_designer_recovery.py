"""Edits that a killed window left behind, offered when the pipeline is opened again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio
from studio.domain.node import Value
from studio.domain.pipeline import Pipeline
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.page import DesignerPage
from studio.gui.main_window import MainWindow
from studio.services.pipelines.recovery import Journal, find_unsaved, journals


@pytest.fixture
def lost(studio: Studio) -> Pipeline:
    """An edit of the sample that a killed window had journaled."""
    pipeline = studio.pipelines.get("penguins")
    edited = pipeline.bind("split", "shuffle", Value(False))
    journal = Journal(studio.pipelines.folder("penguins"))
    journal.write(edited, studio.pipelines.content_hash("penguins"))
    journal.close()
    return edited


def _press(page: DesignerPage, text: str) -> None:
    buttons = page.bench.banner.findChildren(QPushButton)
    wanted = next(b for b in buttons if b.text() == text)
    QTest.mouseClick(wanted, Qt.MouseButton.LeftButton)


def test_that_lost_edits_are_offered_and_recovered_undoably(
    lost: Pipeline, page: DesignerPage, qtbot: QtBot
) -> None:
    banner = page.bench.banner
    assert banner.isVisible()
    assert "before these edits were saved" in banner.text
    assert "shuffle default → no" in banner.accessibleName()
    before = page.editor.pipeline
    _press(page, "Recover")
    assert page.editor.pipeline == lost
    assert not banner.isVisible()
    saved = page.studio.pipelines.get
    qtbot.waitUntil(lambda: saved("penguins") == lost)
    assert find_unsaved(page.studio.pipelines, "penguins") is None
    page.undo()
    assert page.editor.pipeline == before


def test_that_lost_edits_can_be_seen_before_deciding_and_discarded(
    lost: Pipeline, page: DesignerPage, qtbot: QtBot
) -> None:
    before = page.editor.pipeline
    _press(page, "Show the difference")
    compare = next(f for f in page.features if isinstance(f, Compare))
    qtbot.waitUntil(lambda: compare.is_shown and compare.panel.compared is not None)
    (line,) = compare.panel.table.rows_model.rows
    assert line.text.endswith("→ no")
    compare.close()
    _press(page, "Discard")
    pipelines = page.studio.pipelines
    qtbot.waitUntil(lambda: find_unsaved(pipelines, "penguins") is None)
    assert page.editor.pipeline == before


def test_that_a_clean_end_never_asks(
    open_window: Callable[[Studio], MainWindow],
    page: DesignerPage,
    hand: Hand,
    qtbot: QtBot,
) -> None:
    folder = page.studio.pipelines.folder("penguins")
    hand.drop("sql", page.view.middle())
    qtbot.waitUntil(lambda: len(journals(folder)) == 1)
    page.save_all()
    assert not journals(folder)
    assert find_unsaved(page.studio.pipelines, "penguins") is None


def test_that_the_journal_goes_when_an_edit_is_saved_or_undone(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    folder = page.studio.pipelines.folder("penguins")
    hand.drop("sql", page.view.middle())
    qtbot.waitUntil(lambda: len(journals(folder)) == 1)
    page.undo()
    qtbot.waitUntil(lambda: not journals(folder))
    page.redo()
    qtbot.waitUntil(lambda: len(journals(folder)) == 1)
    qtbot.waitUntil(lambda: not page.document.dirty)
    qtbot.waitUntil(lambda: not journals(folder))


def test_that_opening_it_again_while_it_is_edited_asks_nothing(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.drop("sql", page.view.middle())
    page.bench.saver.journal.settle()
    assert find_unsaved(page.studio.pipelines, "penguins") is None
