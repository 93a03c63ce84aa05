"""The editor of environments: problems, completion, solving, ways out, saving."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pages_hand import click_row, press, type_into
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from tests.local_index import LocalIndex

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.environments.editor.dialog import EnvironmentEditor
    from studio.gui.environments.page import EnvironmentsPage

SECONDS = 60_000


def do(page: EnvironmentsPage, verb: str) -> EnvironmentEditor:
    page.services.actions.refresh()
    page.services.actions.get(f"environments.{verb}").trigger()
    assert page.commands.editor is not None
    return page.commands.editor


@pytest.fixture
def editor(page: EnvironmentsPage, qtbot: QtBot) -> EnvironmentEditor:
    """letters:2 as it is edited."""
    made = do(page, "edit")
    qtbot.waitUntil(lambda: made.save.text() == "Save as version 3", timeout=SECONDS)
    return made


def write(editor: EnvironmentEditor, text: str) -> None:
    editor.text.replace_text(text)


def ways(editor: EnvironmentEditor) -> list[str]:
    return [
        b.text()
        for b in editor.solve_bar.findChildren(QPushButton)
        if b.toolTip().startswith("Write this")
    ]


def drop(widget: QWidget, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(widget.rect().center(), copy, data, left, none)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(9, 9), copy, data, left, none))


def test_that_a_version_an_index_has_not_is_marked_without_asking_it(
    editor: EnvironmentEditor, index: LocalIndex, qtbot: QtBot
) -> None:
    index.asked.clear()
    write(editor, "gamma\nalpha==7.0\n")
    qtbot.waitUntil(lambda: len(editor.text.marked) == 1, timeout=SECONDS)
    assert editor.text.marked == [(2, "alpha==7.0")]
    told = " ".join(each.message for each in editor.problems)
    assert "The index had no alpha 7.0" in told
    assert index.asked == []


def test_that_problems_are_marked_at_their_place_as_one_types(
    editor: EnvironmentEditor, qtbot: QtBot
) -> None:
    write(editor, "alpha\nsklearn==1\nbeta>=2,<1\n")
    qtbot.waitUntil(lambda: len(editor.text.marked) == 2, timeout=SECONDS)
    assert editor.text.marked[0] == (2, "sklearn")
    assert editor.text.marked[1][0] == 3
    rows = editor.list.table.rows_model.rows
    assert [(each.severity, each.line) for each in rows[:2]] == [
        ("error", 3),
        ("warning", 2),
    ]
    assert editor.said.text() == "1 error"
    click_row(editor.list.table, 1)
    assert editor.text.textCursor().blockNumber() == 1
    assert editor.text.hasFocus()


def test_that_what_is_wrong_in_conda_is_marked_too(
    editor: EnvironmentEditor, qtbot: QtBot
) -> None:
    kind = editor.fields.kind
    kind.setCurrentIndex(kind.findData("conda"))
    kind.activated.emit(kind.currentIndex())
    assert "python=3.11" in editor.text.text()
    write(editor, "dependencies:\n  - python=3.11\n  - zlib=\n")
    qtbot.waitUntil(lambda: (3, "- zlib=") in editor.text.marked, timeout=SECONDS)
    kind.setCurrentIndex(kind.findData("pip"))
    kind.activated.emit(kind.currentIndex())
    assert editor.text.text() == "# newer\nalpha\nbeta\n"


def test_that_names_of_packages_are_completed(
    editor: EnvironmentEditor, qtbot: QtBot
) -> None:
    names = editor.text.completer.model()
    qtbot.waitUntil(lambda: names.rowCount() > 0, timeout=SECONDS)
    write(editor, "")
    editor.text.setFocus()
    QTest.keyClicks(editor.text, "gam")
    popup = editor.text.completer.popup()
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Return)
    # gamma is known from the lock of letters:1 only
    assert editor.text.text() == "gamma"
    QTest.keyClicks(editor.text, ">=1 # be")
    assert not popup.isVisible()


def test_that_solving_tells_what_would_be_installed_and_keeps_nothing(
    editor: EnvironmentEditor, qtbot: QtBot, letters: Studio
) -> None:
    QTest.keyClick(editor.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: editor.solve_bar.lock is not None, timeout=SECONDS)
    assert "3 packages fit" in editor.solve_bar.banner.text
    assert letters.environments.get("letters:2").locks == ()
    QTest.keyClicks(editor.text, "x")
    assert not editor.solve_bar.banner.isVisible()


def test_that_solving_can_be_cancelled(
    editor: EnvironmentEditor, qtbot: QtBot, index: LocalIndex
) -> None:
    index.hold = threading.Event()
    press(editor, "Try to solve")
    assert editor.solve_bar.busy and not editor.try_it.isEnabled()
    press(editor.solve_bar, "Cancel")
    qtbot.waitUntil(lambda: not editor.solve_bar.busy, timeout=SECONDS)
    assert "cancelled" in editor.solve_bar.banner.text
    assert editor.try_it.isEnabled()


def test_that_a_conflict_offers_changes_which_mend_the_text_and_can_be_undone(
    editor: EnvironmentEditor, qtbot: QtBot
) -> None:
    write(editor, "alpha>=2  # new\nbeta\n")
    press(editor, "Try to solve")
    qtbot.waitUntil(lambda: bool(ways(editor)), timeout=SECONDS)
    assert "beta" in editor.solve_bar.banner.text
    press(editor.solve_bar, ways(editor)[0])
    assert editor.text.text() != "alpha>=2  # new\nbeta\n"
    press(editor, "Try to solve")
    qtbot.waitUntil(lambda: editor.solve_bar.lock is not None, timeout=SECONDS)
    editor.text.undo()
    assert editor.text.text() == "alpha>=2  # new\nbeta\n"


def test_that_saving_makes_a_version_and_locks_it(
    editor: EnvironmentEditor, page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    write(editor, "gamma\n")
    type_into(editor.fields.description, " again", enter=False)
    press(editor, "Save as version 3")
    qtbot.waitUntil(lambda: page.details.reference == "letters:3", timeout=SECONDS)
    get = letters.environments.get
    qtbot.waitUntil(lambda: bool(get("letters:3").locks), timeout=SECONDS)
    made = get("letters:3")
    assert made.declaration.packages == "gamma\n"
    assert made.description == "For reading again"
    assert made.tags == {"stage": "prod"}


def test_that_errors_and_bad_names_stop_saving_at_their_place(
    editor: EnvironmentEditor, qtbot: QtBot, letters: Studio
) -> None:
    write(editor, "alpha\nbeta>=2,<1\n")
    editor.text.moveCursor(QTextCursor.MoveOperation.Start)
    QTest.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert editor.solve_bar.banner.text.startswith("Line 2:")
    assert editor.text.textCursor().blockNumber() == 1
    write(editor, "alpha\n")
    editor.fields.name.clear()
    type_into(editor.fields.name, "AzureML-mine", enter=False)
    press(editor, "Save")
    assert "reserved" in editor.solve_bar.banner.text
    assert letters.environments.get("letters").version == 2


def test_that_what_is_written_isnt_lost_without_a_question(
    editor: EnvironmentEditor, page: EnvironmentsPage, qtbot: QtBot
) -> None:
    QTest.keyClicks(editor.text, "x")
    press(editor, "Cancel")
    assert editor.question is not None and page.commands.editor is editor
    editor.question.go.click()
    qtbot.waitUntil(lambda: page.commands.editor is None)


def test_that_a_file_dropped_on_the_page_fills_the_editor(
    page: EnvironmentsPage, qtbot: QtBot, tmp_path: Path, letters: Studio
) -> None:
    file = tmp_path / "fruit" / "environment.yml"
    file.parent.mkdir()
    file.write_text("name: fruit\ndependencies:\n  - python=3.10\n  - zlib  # kept\n")
    drop(page, file)
    editor = page.commands.editor
    assert editor is not None
    qtbot.waitUntil(lambda: "zlib  # kept" in editor.text.text(), timeout=SECONDS)
    assert editor.fields.name.text() == "fruit"
    assert editor.fields.chosen_kind == "conda"
    other = tmp_path / "requirements.txt"
    other.write_text("alpha<2\n")
    drop(editor, other)
    qtbot.waitUntil(lambda: editor.text.text() == "alpha<2\n", timeout=SECONDS)
    assert (editor.fields.chosen_kind, editor.fields.name.text()) == ("pip", "fruit")
    editor.lock_too.click()
    press(editor, "Save")
    qtbot.waitUntil(lambda: page.details.reference == "fruit:1", timeout=SECONDS)
    assert page.works.all == []


def test_that_a_folder_with_a_dockerfile_is_stored_with_its_version(
    page: EnvironmentsPage, qtbot: QtBot, tmp_path: Path, letters: Studio
) -> None:
    folder = tmp_path / "image"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM base:1\n")
    drop(page, folder)
    editor = page.commands.editor
    assert editor is not None
    qtbot.waitUntil(lambda: editor.fields.folder.text() == str(folder), timeout=SECONDS)
    assert not editor.text.isVisible()
    press(editor, "Save")
    qtbot.waitUntil(lambda: page.details.reference == "image:1", timeout=SECONDS)
    assert letters.environments.get("image:1").declaration.context


def test_that_the_packages_of_an_interpreter_can_be_taken(
    editor: EnvironmentEditor, qtbot: QtBot
) -> None:
    editor.importing.load_interpreter(sys.executable)
    qtbot.waitUntil(lambda: "pytest==" in editor.text.text(), timeout=SECONDS)
    minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert editor.fields.chosen_python == minor


def test_that_a_file_that_declares_nothing_is_told_in_the_editor(
    page: EnvironmentsPage, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    drop(page, folder)
    editor = page.commands.editor
    assert editor is not None
    qtbot.waitUntil(editor.solve_bar.banner.isVisible, timeout=SECONDS)
    assert "declares no environment" in editor.solve_bar.banner.text


def test_that_a_failed_lock_is_mended_in_the_editor(
    page: EnvironmentsPage,
    qtbot: QtBot,
    letters: Studio,
) -> None:
    from studio.domain.environment import Declaration

    letters.environments.create(
        "clash", Declaration("pip", "alpha>=2\nbeta\n", python="3.11")
    )
    page.show_new("clash:1")
    qtbot.waitUntil(lambda: page.details.reference == "clash:1", timeout=SECONDS)
    page.services.actions.get("environments.lock").trigger()
    failed: Callable[[], bool] = lambda: page.works.all[0].state == "FAILED"  # noqa: E731
    qtbot.waitUntil(failed, timeout=SECONDS)
    press(page.works_panel, "Edit to mend it")
    qtbot.waitUntil(lambda: page.commands.editor is not None, timeout=SECONDS)
    editor = page.commands.editor
    assert editor is not None and ways(editor)
    press(editor.solve_bar, ways(editor)[0])
    press(editor, "Save as version 2")
    qtbot.waitUntil(
        lambda: bool(letters.environments.get("clash").locks), timeout=SECONDS
    )
