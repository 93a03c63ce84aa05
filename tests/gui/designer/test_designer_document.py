"""Undo and redo as a property; saving, and edits from outside."""

from __future__ import annotations

from designer_hand import Hand
from edit_sequences import STEPS, as_files, one_edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.errors import StudioError
from studio.domain.pipeline import Pipeline
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.saving import store


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, max_size=60))
def test_that_undoing_all_is_the_start_and_redoing_all_is_the_end(
    qapp: object, steps: list[tuple[str, int, int, bool]]
) -> None:
    document = PipelineDocument(Pipeline("p"))
    start = as_files(document.pipeline)
    for kind, first, second, merged in steps:
        try:
            after = one_edit(document.pipeline, kind, first, second)
        except StudioError:
            continue  # a cycle, or a name that is taken
        document.edit(after, kind, merge=kind if merged else "")
    end = as_files(document.pipeline)
    while document.stack.canUndo():
        document.stack.undo()
    assert as_files(document.pipeline) == start
    while document.stack.canRedo():
        document.stack.redo()
    assert as_files(document.pipeline) == end


def test_that_an_edit_that_changes_nothing_leaves_no_trace(qapp: object) -> None:
    document = PipelineDocument(Pipeline("p"))
    document.edit(Pipeline("p"), "Nothing")
    assert not document.stack.canUndo()
    assert not document.dirty


def test_that_an_edit_is_in_the_file_within_two_seconds(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.drop("sql", page.view.middle())
    assert page.caption == "Unsaved changes"
    saved = page.studio.pipelines.get
    qtbot.waitUntil(lambda: "sql" in saved("penguins").by_name, timeout=2_000)
    qtbot.waitUntil(lambda: page.caption.startswith("Version 2 · saved"))
    assert saved("penguins") == page.editor.pipeline


def test_that_ctrl_s_saves_at_once(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    hand.drop("sql", page.view.middle())
    hand.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not page.document.dirty, timeout=900)


def test_that_a_change_from_outside_is_loaded_and_can_be_undone(
    page: DesignerPage, qtbot: QtBot
) -> None:
    file = page.studio.pipelines.file("penguins")
    text = file.read_text()
    file.write_text(text.replace("Split 75 / 25", "Split in two"))
    qtbot.waitUntil(lambda: page.editor.pipeline.node("split").title == "Split in two")
    card = page.bench.scene.nodes[page.editor.pipeline.node("split").id].card
    assert card.title == "Split in two"
    assert not page.document.dirty
    page.undo()
    assert page.editor.pipeline.node("split").title == "Split 75 / 25"


def test_that_a_change_from_outside_never_overwrites_ones_own_unasked(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    file = page.studio.pipelines.file("penguins")
    hand.drop("sql", page.view.middle())
    file.write_text(file.read_text().replace("Split 75 / 25", "Split in two"))
    banner = page.bench.banner
    qtbot.waitUntil(banner.isVisible)
    assert "changed outside" in banner.text
    assert "sql" in page.editor.pipeline.by_name
    assert "Split in two" in file.read_text()
    keep = next(b for b in banner.findChildren(QPushButton) if b.text() == "Keep mine")
    QTest.mouseClick(keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Split 75 / 25" in file.read_text())
    assert not banner.isVisible()


def test_that_an_unreadable_file_is_told_and_ones_own_is_kept(
    page: DesignerPage, qtbot: QtBot
) -> None:
    file = page.studio.pipelines.file("penguins")
    file.write_text("jobs: [")
    qtbot.waitUntil(page.bench.banner.isVisible)
    assert "can't be read" in page.bench.banner.text
    assert len(page.editor.pipeline.nodes) == 7


def test_that_what_is_not_saved_is_saved_when_the_window_closes(
    page: DesignerPage, hand: Hand
) -> None:
    hand.drop("sql", page.view.middle())
    assert page.unsaved()
    page.save_all()
    assert not page.unsaved()
    assert "sql" in page.studio.pipelines.get("penguins").by_name


def test_that_a_known_hash_guards_the_file(page: DesignerPage) -> None:
    pipelines, mine = page.studio.pipelines, page.editor.pipeline
    stored = store(pipelines, mine, page.document.sha256)
    assert stored.sha256 == pipelines.content_hash("penguins")
