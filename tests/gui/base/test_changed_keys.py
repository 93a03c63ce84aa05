"""Keys are listed, changed and given back; every verb is in the palette."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from accessible import namesakes, unnamed
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.gui.keys_dialog import KeysDialog
from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.bootstrap import Studio

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, tasks: Tasks, studio: Studio, tmp_path: Path
) -> MainWindow:
    return _opened(qtbot, theme, tasks, studio, tmp_path)


def _opened(
    qtbot: QtBot, theme: Theme, tasks: Tasks, studio: Studio, folder: Path
) -> MainWindow:
    made = MainWindow(tasks, Settings(folder / "window.ini"), theme)
    qtbot.addWidget(made, before_close_func=lambda shown: shown.leaving.close_now())
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.open(studio, "pipelines")
    return made


def _dialog(window: MainWindow, words: str) -> KeysDialog:
    window.registry.get("help.change_keys").trigger()
    dialog = window.findChildren(KeysDialog)[-1]
    dialog.search.setFocus()
    QTest.keyClicks(dialog.search, words)
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Home, CTRL)
    return dialog


def _keys(window: MainWindow, action_id: str) -> list[str]:
    return [keys.toString() for keys in window.registry.get(action_id).shortcuts()]


def test_that_pressed_keys_are_taken_at_once_and_kept(
    window: MainWindow,
    qtbot: QtBot,
    theme: Theme,
    tasks: Tasks,
    studio: Studio,
    tmp_path: Path,
) -> None:
    dialog = _dialog(window, "zoom in")
    QTest.keyClick(dialog.edit, Qt.Key.Key_J, CTRL)
    assert dialog.notice.text() == ""
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert _keys(window, "canvas.zoom_in") == ["Ctrl+J"]
    window.palette_box.open()
    (entry,) = (
        e for e in window.palette_box.entries() if e.action.id == "canvas.zoom_in"
    )
    assert entry.keys == QKeySequence("Ctrl+J").toString(
        QKeySequence.SequenceFormat.NativeText
    )
    window.settings.save()
    again = _opened(qtbot, theme, tasks, studio, tmp_path)
    assert _keys(again, "canvas.zoom_in") == ["Ctrl+J"]


def test_that_keys_in_use_are_named_before_they_are_taken(
    window: MainWindow,
) -> None:
    own = _keys(window, "edit.duplicate")
    dialog = _dialog(window, "actual size")
    QTest.keyClick(dialog.edit, Qt.Key.Key_D, CTRL)
    assert "“Duplicate” has" in dialog.notice.text()
    QTest.mouseClick(dialog.use, Qt.MouseButton.LeftButton)
    assert _keys(window, "canvas.zoom_reset") == ["Ctrl+D"]
    assert _keys(window, "edit.duplicate") == []
    QTest.mouseClick(dialog.reset_all, Qt.MouseButton.LeftButton)
    assert _keys(window, "edit.duplicate") == own
    assert _keys(window, "canvas.zoom_reset") == ["Ctrl+0"]


def test_that_one_command_is_reset_and_one_is_left_without_keys(
    window: MainWindow,
) -> None:
    dialog = _dialog(window, "actual size")
    QTest.mouseClick(dialog.clear, Qt.MouseButton.LeftButton)
    assert _keys(window, "canvas.zoom_reset") == []
    QTest.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert _keys(window, "canvas.zoom_reset") == ["Ctrl+0"]
    assert not dialog.reset.isEnabled()


def test_that_the_list_of_keys_can_be_searched_and_has_names(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = _dialog(window, "duplicate")
    qtbot.waitUntil(dialog.isVisible)
    assert [li.action.id for li in dialog.table.rows_model.rows] == ["edit.duplicate"]
    dialog.search.clear()
    every = {record.id for record, _ in window.registry.listed()}
    assert {li.action.id for li in dialog.table.rows_model.rows} == every
    assert unnamed(dialog) == []
    assert namesakes(dialog) == []


def test_that_every_verb_of_every_page_is_in_the_palette(window: MainWindow) -> None:
    for page in window.page_ids:
        window.open_page(page)
        window.palette_box.open()
        listed = {entry.action.id for entry in window.palette_box.entries()}
        reachable = {
            record.id
            for record, owner in window.registry.listed()
            if owner in ("", page)
        }
        assert listed == reachable, page
        assert len(listed) > 20
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
