"""Saved versions, the edits of a session, and the family of clones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.gui.designer.compare.feature import Compare
from studio.gui.designer.history.feature import History
from studio.gui.designer.page import DesignerPage
from studio.services.pipelines.versions import HistoryEntry

LEFT = Qt.MouseButton.LeftButton
SECONDS = 20_000
TITLE = "Penguins: predict the species (open)"


def _history(page: DesignerPage) -> History:
    return next(f for f in page.features if isinstance(f, History))


def _compare(page: DesignerPage) -> Compare:
    return next(f for f in page.features if isinstance(f, Compare))


def _edit(page: DesignerPage, qtbot: QtBot) -> None:
    """Two saved versions: the sample's, and one with a changed value."""
    page.studio.pipelines.keep("penguins")
    document = page.document
    after = document.pipeline.bind("split", "shuffle", Value(False))
    document.edit(after, "Change shuffle")
    page.save()
    qtbot.waitUntil(lambda: not document.dirty, timeout=SECONDS)


def _show(page: DesignerPage, qtbot: QtBot, rows: int) -> History:
    history = _history(page)
    page.services.actions.get("history.versions").trigger()
    model = history.versions.table.rows_model
    qtbot.waitUntil(lambda: len(model.rows) == rows, timeout=SECONDS)
    return history


def test_that_each_version_says_what_changed_in_it(
    page: DesignerPage, qtbot: QtBot
) -> None:
    _edit(page, qtbot)
    versions = _show(page, qtbot, 2).versions
    told = [(e.version, e.summary) for e in versions.table.rows_model.rows]
    assert told == [(2, "shuffle default → no"), (1, "First version")]
    document = page.document
    document.edit(replace(document.pipeline, description="Birds"), "Describe")
    qtbot.waitUntil(lambda: len(versions.table.rows_model.rows) == 3, timeout=SECONDS)
    newest = versions.table.rows_model.rows[0]
    assert newest.summary.startswith("description Learns to tell")
    assert newest.summary.endswith("→ Birds")


def test_that_a_version_is_restored_as_a_new_one_and_undone(
    page: DesignerPage, qtbot: QtBot
) -> None:
    first = page.editor.pipeline
    _edit(page, qtbot)
    second = page.editor.pipeline
    versions = _show(page, qtbot, 2).versions
    versions.table.select_key(1)
    QTest.mouseClick(versions.restore, LEFT)
    qtbot.waitUntil(lambda: page.editor.pipeline == first)
    qtbot.waitUntil(lambda: page.document.version == 3, timeout=SECONDS)
    page.undo()
    assert page.editor.pipeline == second


def test_that_a_version_is_looked_at_and_compared(
    page: DesignerPage, qtbot: QtBot
) -> None:
    _edit(page, qtbot)
    versions = _show(page, qtbot, 2).versions
    compare = _compare(page)
    versions.table.select_key(1)
    QTest.mouseClick(versions.preview, LEFT)
    qtbot.waitUntil(lambda: compare.is_shown and compare.panel.compared is not None)
    assert compare.panel.title.text() == "Version 1, as it was"
    assert not compare.panel.table.isVisible()
    QTest.mouseClick(compare.panel.close_button, LEFT)
    qtbot.waitUntil(versions.isVisible)
    QTest.mouseClick(versions.compare, LEFT)
    qtbot.waitUntil(lambda: compare.panel.table.isVisible())
    qtbot.waitUntil(lambda: len(compare.panel.table.rows_model.rows) == 1)
    assert compare.panel.table.rows_model.rows[0].text == "shuffle yes → no"


def test_that_a_click_in_the_list_of_edits_goes_there(
    page: DesignerPage, qtbot: QtBot
) -> None:
    start = page.editor.pipeline
    for number in (1, 2, 3):
        page.document.edit(start.bind("split", "seed", Value(number)), f"Seed {number}")
    edits = _show(page, qtbot, 0).versions.edits
    model = edits.model()
    texts = [model.index(n, 0).data() for n in range(model.rowCount())]
    assert texts == ["As it was opened", "Seed 1", "Seed 2", "Seed 3"]
    at = edits.visualRect(model.index(1, 0)).center()
    QTest.mouseClick(edits.viewport(), LEFT, pos=at)
    assert page.editor.pipeline.node("split").inputs["seed"] == Value(1)
    page.document.stack.setIndex(0)
    assert page.editor.pipeline == start


def test_that_clones_are_a_tree_from_which_one_is_opened_and_compared(
    page: DesignerPage, qtbot: QtBot
) -> None:
    page.studio.pipelines.clone("penguins", "second")
    page.studio.pipelines.clone("second", "third")
    family = _history(page).family
    page.services.actions.get("history.clones").trigger()
    qtbot.waitUntil(lambda: family.tree.topLevelItemCount() == 1, timeout=SECONDS)
    root = family.tree.topLevelItem(0)
    assert root.text(0).endswith("(open)")
    child = root.child(0)
    assert (child.childCount(), child.text(1)) == (1, "version 1")
    assert not family.open_button.isEnabled()
    family.tree.setCurrentItem(child)
    QTest.mouseClick(family.compare, LEFT)
    compare = _compare(page)
    qtbot.waitUntil(lambda: compare.is_shown and compare.panel.compared is not None)
    texts = [line.text for line in compare.panel.table.rows_model.rows]
    assert len(texts) == 1
    assert texts[0].startswith("title ")
    compare.close()
    family.tree.setCurrentItem(child.child(0))
    QTest.mouseClick(family.open_button, LEFT)
    qtbot.waitUntil(lambda: page.editor.pipeline.name == "third", timeout=SECONDS)

    def is_told() -> bool:
        current = family.tree.currentItem()
        return current is not None and current.text(0) == "Copy of " * 2 + TITLE

    qtbot.waitUntil(is_told, timeout=SECONDS)


def test_that_the_saves_of_a_sitting_stand_under_one_row(
    page: DesignerPage, qtbot: QtBot
) -> None:
    _edit(page, qtbot)
    versions = _show(page, qtbot, 2).versions
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    ages = (1, 2, 100, 101, 102, 500)
    versions.show_entries(
        [
            HistoryEntry(9 - n, now - timedelta(minutes=age), "me", "", f"edit {n}")
            for n, age in enumerate(ages)
        ]
    )
    table = versions.table
    versions.restored.disconnect()  # these versions are in no database

    def shown() -> list[tuple[int, str]]:
        return [(row.version, row.summary) for row in table.rows_model.rows]

    closed = [(9, "edit 0"), (8, "edit 1"), (7, "3 saves · edit 2"), (4, "edit 5")]
    assert shown() == closed
    table.select_key(4)
    assert not versions.saves.isEnabled()
    table.select_key(7)
    QTest.mouseClick(versions.saves, LEFT)
    assert [number for number, _ in shown()] == [9, 8, 7, 6, 5, 4]
    table.select_key(5)
    with qtbot.waitSignal(versions.restored) as restored:
        versions.restore.click()
    assert restored.args == [5]
    QTest.mouseClick(versions.saves, LEFT)
    assert shown() == closed
    assert table.current() is not None
    assert table.current().version == 7


def test_that_versions_older_than_the_newest_fifty_are_shown_on_request(
    page: DesignerPage, qtbot: QtBot
) -> None:
    pipelines, pipeline = page.studio.pipelines, page.editor.pipeline
    page.bench.saver.hold(True)  # these saves come at once, not from the window
    for seed in range(1, 60):
        pipelines.save(pipeline.bind("split", "seed", Value(seed)))
    history = _history(page)
    page.services.actions.get("history.versions").trigger()
    versions = history.versions
    qtbot.waitUntil(versions.older.isVisible, timeout=SECONDS)

    def oldest() -> int:
        rows = versions.table.rows_model.rows
        return min((row.version for row in rows), default=0)

    newest = pipelines.versions("penguins", 1)[0].number
    qtbot.waitUntil(lambda: oldest() == newest - 49, timeout=SECONDS)
    QTest.mouseClick(versions.older, LEFT)
    qtbot.waitUntil(lambda: oldest() == 1, timeout=SECONDS)
    qtbot.waitUntil(versions.older.isHidden, timeout=SECONDS)
