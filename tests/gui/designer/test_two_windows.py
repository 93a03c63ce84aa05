"""Two windows on one pipeline: nobody overwrites unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio, open_workspace
from studio.domain.node import Value
from studio.gui.designer.page import DesignerPage
from studio.gui.errors import ErrorDialog
from studio.gui.main_window import MainWindow
from studio.services.pipelines.recovery import find_unsaved
from studio.services.pipelines.service import ChangedOutside

SECONDS = 60_000


@pytest.fixture
def pages(
    open_window: Callable[[Studio], MainWindow], studio: Studio, qtbot: QtBot
) -> Iterator[tuple[DesignerPage, DesignerPage]]:
    """The same pipeline, open in two windows that know nothing of each other."""
    other = open_workspace(studio.workspace.root)
    made = []
    for each in (studio, other):
        page = open_window(each).page
        assert isinstance(page, DesignerPage)
        qtbot.waitUntil(lambda p=page: p.document is not None, timeout=SECONDS)
        made.append(page)
    yield made[0], made[1]
    other.close()


@pytest.fixture
def at_odds(
    pages: tuple[DesignerPage, DesignerPage], qtbot: QtBot
) -> tuple[DesignerPage, DesignerPage]:
    """Both have edited the same field; the second has saved."""
    first, second = pages
    first.bench.saver.hold(True)
    _seed(first, 1)
    _seed(second, 2)
    second.save()
    qtbot.waitUntil(lambda: not second.document.dirty, timeout=SECONDS)
    first.bench.saver.hold(False)
    first.save()
    qtbot.waitUntil(first.bench.banner.isVisible, timeout=SECONDS)
    return first, second


def _seed(page: DesignerPage, seed: int) -> None:
    after = page.document.pipeline.bind("split", "seed", Value(seed))
    page.document.edit(after, "Change seed")


def _seed_of(page: DesignerPage) -> object:
    return page.editor.pipeline.node("split").inputs["seed"].value


def _press(page: DesignerPage, words: str) -> None:
    buttons = page.bench.banner.findChildren(QPushButton)
    wanted = next(b for b in buttons if b.text() == words)
    QTest.mouseClick(wanted, Qt.MouseButton.LeftButton)


def _close_errors() -> int:
    shown = [
        w
        for w in QApplication.topLevelWidgets()
        if isinstance(w, ErrorDialog) and w.isVisible()
    ]
    for dialog in shown:
        dialog.reject()
    return len(shown)


def test_that_what_one_window_saves_comes_to_the_other(
    pages: tuple[DesignerPage, DesignerPage], qtbot: QtBot
) -> None:
    first, second = pages
    _seed(first, 5)
    qtbot.waitUntil(lambda: _has_seed(second, 5), timeout=SECONDS)
    assert not second.document.dirty
    second.undo()
    qtbot.waitUntil(lambda: not _has_seed(first, 5), timeout=SECONDS)


def _has_seed(page: DesignerPage, seed: int) -> bool:
    found = page.editor.pipeline.node("split").inputs.get("seed")
    return found == Value(seed)


def test_that_two_edits_of_one_field_are_a_choice_in_the_later_window(
    at_odds: tuple[DesignerPage, DesignerPage], studio: Studio, qtbot: QtBot
) -> None:
    first, second = at_odds
    assert studio.pipelines.get("penguins").node("split").inputs["seed"] == Value(2)
    words = {b.text() for b in first.bench.banner.findChildren(QPushButton)}
    assert {"Merge both", "Keep mine", "Load the other one"} <= words
    _press(first, "Keep mine")
    qtbot.waitUntil(lambda: _has_seed(second, 1), timeout=SECONDS)
    kept = [
        studio.pipelines.version("penguins", v.number).node("split").inputs.get("seed")
        for v in studio.pipelines.versions("penguins")
    ]
    assert Value(2) in kept


def test_that_leaving_closing_and_running_wait_for_the_choice(
    at_odds: tuple[DesignerPage, DesignerPage], studio: Studio, qtbot: QtBot
) -> None:
    first, _ = at_odds
    document = first.document
    first.show_all()
    assert _close_errors() == 1
    assert first.document is document
    Hand(first).push("Run")
    qtbot.waitUntil(lambda: _close_errors() == 1, timeout=SECONDS)
    assert not first.running.starting
    with pytest.raises(ChangedOutside):
        first.save_all()
    assert studio.pipelines.get("penguins").node("split").inputs["seed"] == Value(2)
    _press(first, "Load the other one")
    qtbot.waitUntil(lambda: _has_seed(first, 2), timeout=SECONDS)
    assert first.running.can_run


def test_that_a_window_that_is_closed_all_the_same_leaves_its_edits_to_recovery(
    at_odds: tuple[DesignerPage, DesignerPage], studio: Studio
) -> None:
    first, _ = at_odds
    first.put_away()
    assert studio.pipelines.get("penguins").node("split").inputs["seed"] == Value(2)
    unsaved = find_unsaved(studio.pipelines, "penguins")
    assert unsaved is not None
    assert unsaved.pipeline.node("split").inputs["seed"] == Value(1)
