"""A component's files are edited over the canvas: checked, saved, never lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.gui.designer.own_steps.editor import ComponentEditor
from studio.gui.designer.own_steps.feature import OwnSteps
from studio.gui.designer.own_steps.file_edit import FileEdit
from studio.gui.designer.page import DesignerPage
from studio.gui.dialogs import NameQuestion, Question

CTRL = Qt.KeyboardModifier.ControlModifier
PASTED = '''@step(title="Twice")
def twice(data: pd.DataFrame, column: str) -> pd.DataFrame:
    """Doubles a column."""
    return data.assign(**{column: data[column] * 2})
'''


@pytest.fixture
def own(page: DesignerPage) -> OwnSteps:
    return next(f for f in page.features if isinstance(f, OwnSteps))


@pytest.fixture
def editor(own: OwnSteps) -> ComponentEditor:
    return own.editing.editor


@pytest.fixture
def make(
    page: DesignerPage, editor: ComponentEditor, qtbot: QtBot
) -> Callable[..., FileEdit]:
    """Make a component by its verb, and have it in the editor."""

    def by_verb(verb: str, name: str) -> FileEdit:
        page.services.actions.get(verb).trigger()
        question = page.window().findChild(NameQuestion)
        assert question is not None
        question.name.setText(name)
        QTest.mouseClick(question.go, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: editor.isVisible() and editor.current is not None)
        assert editor.current is not None
        return editor.current

    return by_verb


def write_at_end(edit: FileEdit, text: str) -> None:
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_End, CTRL)
    for number, line in enumerate(text.split("\n")):
        if number:
            QTest.keyClick(edit, Qt.Key.Key_Return)
        QTest.keyClicks(edit, line)


def replace(edit: FileEdit, old: str, new: str) -> None:
    """Select words and type others over them."""
    assert edit.find(old, QTextDocument.FindFlag.FindBackward) or edit.find(old)
    QTest.keyClicks(edit, new)


def test_that_a_new_function_is_in_the_palette_and_its_card_in_the_preview(
    page: DesignerPage,
    editor: ComponentEditor,
    make: Callable[..., FileEdit],
    qtbot: QtBot,
) -> None:
    edit = make("component.new_function", "Keep some")
    assert edit.file.name == "keep_some.py"
    palette = page.bench.palette_panel
    qtbot.waitUntil(lambda: palette.index_of("keep_some").isValid())
    qtbot.waitUntil(lambda: len(editor.preview.components) == 1)
    assert editor.preview.components[0].title == "Keep some"
    assert editor.slips.messages == []
    QTest.mouseClick(editor.back, Qt.MouseButton.LeftButton)
    assert page.bench.isVisible() and not editor.isVisible()


def test_that_an_error_is_marked_while_typing_and_saving_brings_the_mend_to_the_card(
    page: DesignerPage,
    editor: ComponentEditor,
    make: Callable[..., FileEdit],
    qtbot: QtBot,
) -> None:
    edit = make("component.new_function", "Keep some")
    before = edit.file.read_text()
    write_at_end(edit, "\n\n@step\ndef second(data) -> dict:\nreturn {}\n")
    qtbot.waitUntil(lambda: editor.slips.messages == ["'data' has no type hint"])
    assert edit.file.read_text() == before
    assert editor.files.item(0).text() == "keep_some.py •"
    assert "keep_some.py" in page.unsaved()
    for _ in range(len(edit.text())):
        if edit.text() == before:
            break
        QTest.keyClick(edit, Qt.Key.Key_Z, CTRL)
    assert not edit.dirty
    replace(edit, "rows: int = 100", "rows: int = 7")
    QTest.keyClick(edit, Qt.Key.Key_S, CTRL)
    qtbot.waitUntil(lambda: "rows: int = 7" in edit.file.read_text())
    qtbot.waitUntil(lambda: not edit.dirty)

    def default() -> object:
        found = page.bench.catalog.named("keep_some")
        return found.parameters_by_name["rows"].default if found else None

    qtbot.waitUntil(lambda: default() == 7)
    assert page.unsaved() == ""


def test_that_yaml_is_checked_with_its_line_and_a_click_goes_there(
    editor: ComponentEditor, make: Callable[..., FileEdit], qtbot: QtBot
) -> None:
    edit = make("component.new_folder", "Tidy up")
    assert [editor.files.item(n).text() for n in (0, 1)] == [
        "component.yml",
        "tidy_up.py",
    ]
    qtbot.waitUntil(lambda: len(editor.preview.components) == 1)
    replace(edit, "rows: {type: integer", "rows: {type: whole")
    qtbot.waitUntil(lambda: len(editor.slips.messages) == 1)
    slip = editor.slips.table.rows_model.rows[0]
    assert "Type 'whole' of 'rows' isn't known" in slip.message
    editor.files.setCurrentRow(1)
    model = editor.slips.table.model()
    editor.slips.table.setCurrentIndex(model.index(0, 0))
    QTest.keyClick(editor.slips.table, Qt.Key.Key_Return)
    assert editor.current is edit
    line = edit.textCursor().block().text()
    assert "type: whole" in line
    assert edit.textCursor().blockNumber() + 1 == slip.line


def test_that_what_was_changed_outside_is_a_choice_and_nothing_is_lost(
    editor: ComponentEditor, make: Callable[..., FileEdit], qtbot: QtBot
) -> None:
    edit = make("component.new_function", "Keep some")
    edit.file.write_text("# theirs, taken at once\n")
    qtbot.waitUntil(lambda: edit.text() == "# theirs, taken at once\n")
    write_at_end(edit, "# mine")
    edit.file.write_text("# theirs again\n")
    qtbot.waitUntil(editor.banner.isVisible)
    QTest.keyClick(edit, Qt.Key.Key_S, CTRL)
    keep, take = editor.banner.findChildren(QPushButton)[::-1][:2]
    assert (take.text(), keep.text()) == ("Take the text from outside", "Keep mine")
    take.click()
    assert edit.text() == edit.file.read_text() == "# theirs again\n"
    QTest.keyClick(edit, Qt.Key.Key_Z, CTRL)
    assert edit.text().endswith("# mine")


def test_that_unsaved_text_waits_for_the_next_visit(
    page: DesignerPage,
    own: OwnSteps,
    editor: ComponentEditor,
    make: Callable[..., FileEdit],
    qtbot: QtBot,
) -> None:
    edit = make("component.new_function", "Keep some")
    write_at_end(edit, "# not yet")
    QTest.mouseClick(editor.back, Qt.MouseButton.LeftButton)
    make("component.new_function", "Another one")
    own.editing.open(edit.file)
    qtbot.waitUntil(lambda: editor.current is edit)
    assert edit.text().endswith("# not yet")
    page.save_all()
    assert edit.file.read_text().endswith("# not yet")


def test_that_a_built_in_step_is_copied_before_it_is_edited_and_hides_the_old_one(
    page: DesignerPage, hand: Hand, editor: ComponentEditor, qtbot: QtBot
) -> None:
    hand.click(hand.middle("split"))
    hand.key(Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    question = page.window().findChild(Question)
    assert question is not None and "comes with the program" in question.title
    QTest.mouseClick(question.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editor.isVisible() and editor.current is not None)
    component = page.bench.catalog.named

    def is_own() -> bool:
        found = component("split")
        return found is not None and not found.built_in

    qtbot.waitUntil(is_own)
    assert editor.place == page.services.workspace / "components" / "split"
    names = [editor.files.item(n).text() for n in range(editor.files.count())]
    assert names[0] == "component.yml" and "split.py" in names
    # The canvas is out of sight: its keys do nothing there.
    count = len(page.editor.pipeline.nodes)
    editor.files.setFocus()
    QTest.keyClick(editor.files, Qt.Key.Key_Delete)
    QTest.keyClick(editor.files, Qt.Key.Key_Z, CTRL)
    assert len(page.editor.pipeline.nodes) == count
    QTest.mouseClick(editor.back, Qt.MouseButton.LeftButton)
    assert [node.name for node in page.editor.selected()] == ["split"]


def test_that_words_are_found_round_the_end(
    editor: ComponentEditor, make: Callable[..., FileEdit]
) -> None:
    edit = make("component.new_function", "Keep some")
    QTest.keyClick(edit, Qt.Key.Key_F, CTRL)
    assert editor.find_bar.isVisible()
    QTest.keyClicks(editor.find_bar.field, "rows")
    first = edit.textCursor().selectionStart()
    total = edit.text().casefold().count("rows")
    assert editor.find_bar.count.text() == f"{total} found"
    for _ in range(total):
        QTest.keyClick(editor.find_bar.field, Qt.Key.Key_Return)
    assert edit.textCursor().selectionStart() == first
    QTest.keyClick(editor.find_bar.field, Qt.Key.Key_Escape)
    assert not editor.find_bar.isVisible() and edit.window().focusWidget() is edit


def test_that_a_pasted_function_is_a_file_and_a_step(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText(PASTED)
    page.view.setFocus()
    QTest.keySequence(page.view, QKeySequence(QKeySequence.StandardKey.Paste))
    qtbot.waitUntil(lambda: "twice" in page.editor.pipeline.by_name)
    file: Path = page.services.workspace / "components" / "twice.py"
    assert file.read_text().startswith("import pandas as pd\nfrom studio.step import")
    assert [p.name for p in page.bench.catalog.named("twice").inputs] == ["data"]  # type: ignore[union-attr]
    page.undo()
    assert "twice" not in page.editor.pipeline.by_name
