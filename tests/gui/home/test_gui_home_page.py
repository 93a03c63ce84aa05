"""The first page leads a person from nothing to a workspace with a next step."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QLineEdit,
    QMenu,
    QScrollArea,
    QWidget,
)

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.home.page import HomePage
    from studio.gui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
W = TypeVar("W", bound=QWidget)


def home_of(window: MainWindow, qtbot: QtBot) -> HomePage:
    from studio.gui.home.page import HomePage

    qtbot.waitUntil(lambda: isinstance(window.page, HomePage))
    page = window.page
    assert isinstance(page, HomePage)
    qtbot.waitUntil(page.hero.isVisible)
    return page


def press(root: QWidget, words: str) -> None:
    for found in root.findChildren(QAbstractButton):
        if found.isVisible() and words in (found.text(), found.accessibleName()):
            assert found.isEnabled(), f"“{words}” can't be pressed"
            QTest.mouseClick(found, LEFT)
            return
    raise AssertionError(f"Nothing visible is called “{words}”")


def visible_button(window: MainWindow, words: str) -> QAbstractButton | None:
    found = window.findChildren(QAbstractButton)
    return next((b for b in found if b.isVisible() and b.text() == words), None)


def test_that_a_fresh_workspace_offers_the_sample_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = home_of(window, qtbot)
    assert page.hero.heading == "Open sample: Penguins (offline, 20 s)"
    assert not page.cards["sample"].isVisible()


def test_that_the_sample_is_opened_as_a_copy_in_the_user_s_own_folder(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    wanted: list[Path] = []
    window.workspace_wanted.connect(wanted.append)
    page = home_of(window, qtbot)
    press(page, "Open sample")
    assert not page.hero.button.isEnabled()
    qtbot.waitUntil(lambda: bool(wanted), timeout=20_000)
    assert wanted[0].is_relative_to(tmp_path)
    assert (wanted[0] / "pipelines" / "penguins" / "pipeline.yml").is_file()
    assert (wanted[0] / "data" / "penguins.csv").is_file()


@pytest.mark.parametrize("page", ["pipelines", "models", "runs"])
def test_that_every_empty_page_leads_to_the_sample(
    page: str, window: MainWindow, qtbot: QtBot
) -> None:
    wanted: list[Path] = []
    window.workspace_wanted.connect(wanted.append)
    window.open_page(page)
    offer = partial(visible_button, window, "Open the sample")
    qtbot.waitUntil(lambda: offer() is not None, timeout=20_000)
    found = offer()
    assert found is not None
    QTest.mouseClick(found, LEFT)
    qtbot.waitUntil(lambda: bool(wanted), timeout=20_000)
    assert (wanted[0] / "pipelines" / "penguins" / "pipeline.yml").is_file()
    assert window.settings.text("window/page") == "pipelines"


def test_that_an_opened_sample_keeps_what_was_changed_in_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    from studio.gui.sample import copy_of_sample

    folder = copy_of_sample()
    note = folder / "pipelines" / "penguins" / "note.txt"
    note.write_text("mine")
    assert copy_of_sample() == folder
    assert note.read_text() == "mine"
    home_of(window, qtbot)


def test_that_a_new_pipeline_is_made_and_shown(
    window: MainWindow, qtbot: QtBot, studio: Studio
) -> None:
    page = home_of(window, qtbot)
    QTest.keyClick(page.cards["pipeline"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.page is not page)
    assert window.page is not None
    assert window.page.id == "pipelines"
    assert [summary.name for summary in studio.pipelines.list()] == ["pipeline"]


def test_that_a_new_workspace_is_made_where_a_person_says(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from studio.storage.workspace import is_workspace

    wanted: list[Path] = []
    window.workspace_wanted.connect(wanted.append)
    page = home_of(window, qtbot)
    press(page, "New workspace")
    dialogs = [found for found in window.findChildren(QDialog) if found.isVisible()]
    name = next(f for f in dialogs[0].findChildren(QLineEdit) if f.isVisible())
    QTest.keyClicks(name, "a/b")
    press(dialogs[0], "Create")
    assert "can't hold /" in dialogs[0].form.field("name").error  # type: ignore[attr-defined]
    name.clear()
    QTest.keyClicks(name, "churn")
    QTest.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(wanted), timeout=20_000)
    assert wanted == [tmp_path / "churn"]
    assert is_workspace(tmp_path / "churn")


def test_that_a_folder_with_other_things_in_it_is_refused_in_the_dialog(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.doc").write_text("2 years")
    page = home_of(window, qtbot)
    press(page, "New workspace")
    dialog = next(f for f in window.findChildren(QDialog) if f.isVisible())
    name = next(f for f in dialog.findChildren(QLineEdit) if f.isVisible())
    QTest.keyClicks(name, "taken")
    press(dialog, "Create")
    problem = dialog._problem  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: "isn't empty" in problem.text)
    assert (tmp_path / "taken" / "thesis.doc").read_text() == "2 years"


def test_that_a_registered_model_makes_deploying_it_the_next_step(
    window: MainWindow, qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    page = home_of(window, qtbot)
    file = tmp_path / "model.bin"
    file.write_bytes(b"weights")
    studio.models.register("churn", file)
    qtbot.waitUntil(lambda: page.hero.heading == "Deploy churn:1")
    assert [row.text() for row in page.overview.models.rows] == ["churn:1"]
    assert page.cards["sample"].isVisible()


def test_that_recent_workspaces_are_opened_by_a_press(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from studio.bootstrap import create_workspace

    create_workspace(tmp_path / "older").close()
    wanted: list[Path] = []
    window.workspace_wanted.connect(wanted.append)
    page = home_of(window, qtbot)
    page.reload()
    qtbot.waitUntil(lambda: any(row.isVisible() for row in page.recent.rows))
    press(page.recent, "older")
    assert wanted == [tmp_path / "older"]


def test_that_the_ready_check_lists_what_is_missing_and_how_to_get_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = home_of(window, qtbot)
    qtbot.waitUntil(lambda: len(page.ready.rows) == 6, timeout=20_000)
    by_name = {made.check.name: made for made in page.ready.rows}
    assert by_name["Python"].check.state == "ok"
    keyring = by_name["Keyring"]
    assert not keyring.unfolded
    qtbot.waitUntil(keyring.fold.isVisible)  # rows are shown an event after they come
    QTest.mouseClick(keyring.fold, LEFT)
    assert keyring.unfolded
    press(keyring, "Copy how to fix Keyring")
    assert "keyring" in QGuiApplication.clipboard().text().lower()


@pytest.mark.parametrize("size", [(960, 600), (1440, 900)])
def test_that_nothing_is_cut_off_at_the_right(
    size: tuple[int, int], window: MainWindow, qtbot: QtBot
) -> None:
    page = home_of(window, qtbot)
    window.resize(*size)
    area = next(a for a in page.findChildren(QScrollArea) if a.isVisible())
    room = area.viewport()

    def cut() -> list[str]:
        pressable = area.widget().findChildren(QAbstractButton)
        seen = [each for each in pressable if each.isVisible()]
        right = [(e, e.mapTo(room, e.rect().topRight()).x()) for e in seen]
        return [each.text() for each, x in right if x >= room.width()]

    qtbot.waitUntil(lambda: window.width() == size[0] and cut() == [])


def test_that_a_new_pipeline_is_named_alike_wherever_it_is_made(
    window: MainWindow, qtbot: QtBot, studio: Studio
) -> None:
    page = home_of(window, qtbot)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.page is not page)
    qtbot.waitUntil(lambda: window.top.title == "New pipeline", timeout=20_000)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.top.title == "New pipeline 2", timeout=20_000)
    titles = {summary.title for summary in studio.pipelines.list()}
    assert titles == {"New pipeline", "New pipeline 2"}


def test_that_the_file_menu_begins_with_workspaces_and_ends_with_quit(
    window: MainWindow, qtbot: QtBot
) -> None:
    home_of(window, qtbot)
    for page in ("home", "pipelines"):
        window.open_page(page)
        menu = window.menuBar().actions()[0].menu()
        assert isinstance(menu, QMenu)
        texts = [made.text() for made in menu.actions() if made.text()]
        assert texts[:3] == ["New workspace…", "Open folder…", "Open recent"]
        assert "New pipeline" in texts[3:]
        assert texts[-1] == "Quit"


def test_that_other_workspaces_are_one_menu_away(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    from studio.bootstrap import create_workspace

    create_workspace(tmp_path / "this & that").close()
    wanted: list[Path] = []
    window.workspace_wanted.connect(wanted.append)
    home_of(window, qtbot)
    menu = window.registry.get("workspace.recent").menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    made = next(a for a in menu.actions() if a.text().startswith("this && that\t"))
    made.trigger()
    assert wanted == [tmp_path / "this & that"]
