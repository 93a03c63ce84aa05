"""The Environments page over a real workspace: list, tabs, versions compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pages_hand import click_row, keys, press, type_into, unnamed
from PySide6.QtGui import QGuiApplication

from studio.domain.environment import Declaration

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.environments.page import EnvironmentsPage

SECONDS = 60_000
ALL = ["letters", "numbers", "base"]


def choose(page: EnvironmentsPage, qtbot: QtBot, name: str) -> None:
    click_row(page.table, keys(page.table).index(name))
    qtbot.waitUntil(
        lambda: page.details.reference.startswith(f"{name}:"), timeout=SECONDS
    )


def words(page: EnvironmentsPage, column: str) -> list[str]:
    """A column of the list as it is read out."""
    model = page.table.rows_model
    number = [each.title for each in model.columns].index(column)
    return [str(model.index(n, number).data()) for n in range(model.rowCount())]


def test_that_each_environment_stands_once_with_its_newest_version(
    page: EnvironmentsPage,
) -> None:
    assert keys(page.table) == ALL
    assert words(page, "Version") == ["2", "1", "1"]
    assert words(page, "Status") == ["Not locked", "Not locked", "Image"]
    assert page.caption == "3 environments"


def test_that_tags_kind_and_python_can_be_searched_for(
    page: EnvironmentsPage, qtbot: QtBot
) -> None:
    type_into(page.filter.edit, "stage=dev")
    qtbot.waitUntil(lambda: keys(page.table) == ["numbers"], timeout=SECONDS)
    page.filter.clear()
    type_into(page.filter.edit, "kind=pip python=3.11")
    qtbot.waitUntil(lambda: keys(page.table) == ["letters"], timeout=SECONDS)
    type_into(page.filter.edit, "stage=nowhere")
    qtbot.waitUntil(lambda: keys(page.table) == [], timeout=SECONDS)
    qtbot.waitUntil(lambda: page.version is None, timeout=SECONDS)
    assert not page.services.actions.get("environments.build").isEnabled()


def test_that_archived_ones_are_shown_when_asked_for_and_can_be_restored(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    page.switch.click()
    qtbot.waitUntil(lambda: keys(page.table) == [*ALL, "old"], timeout=SECONDS)
    choose(page, qtbot, "old")
    assert page.details.archived.isVisible()
    press(page.details, "Restore")
    qtbot.waitUntil(lambda: not page.details.archived.isVisible(), timeout=SECONDS)
    assert not letters.environments.get("old:1").archived


def test_that_what_is_declared_is_shown_for_the_version_that_is_chosen(
    page: EnvironmentsPage,
) -> None:
    assert page.details.declared.text.text() == "# newer\nalpha\nbeta\n"
    assert page.details.declared.note.text() == "requirements.txt · Python 3.11"
    page.details.show_version("letters:1")
    assert page.details.declared.text.text() == "alpha<2\n"
    assert page.version is not None and page.version.version == 1


def test_that_a_lock_lists_its_packages_and_who_needs_them(
    page: EnvironmentsPage, qtbot: QtBot
) -> None:
    page.details.tabs.setCurrentIndex(1)
    lock = page.details.lock
    page.details.show_version("letters:1")
    assert keys(lock.table) == [("pip", "alpha"), ("pip", "gamma")]
    assert lock.table.rows_model.rows[1].needed_by == ("alpha",)
    assert "2 packages" in lock.note.text()
    type_into(lock.search, "gam", enter=False)
    assert keys(lock.table) == [("pip", "gamma")]
    lock.platforms.setCurrentIndex(lock.platforms.findData("win-64"))
    assert not lock.table.isVisible()
    assert page.services.actions.get("environments.lock").isEnabled()


def test_that_two_versions_are_compared_line_by_line_and_package_by_package(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    letters.environments.lock("letters:2")
    page.renew()
    page.details.tabs.setCurrentIndex(2)
    view = page.details.versions.view
    assert page.details.versions.compared == ("letters:1", "letters:2")
    qtbot.waitUntil(lambda: "beta" in view.sides.after.text(), timeout=SECONDS)
    assert view.sides.before.text().splitlines()[:2] == ["python: 3.11", "alpha<2"]
    tinted = view.sides.after.extraSelections()
    assert [each.cursor.block().text() for each in tinted] == [
        "# newer",
        "alpha",
        "beta",
    ]
    view.beside.click()
    assert "+beta" in view.unified.text().splitlines()
    view.setCurrentIndex(1)
    qtbot.waitUntil(lambda: keys(view.packages) == ["beta"], timeout=SECONDS)
    view.only_changed.click()
    assert keys(view.packages) == ["alpha", "beta", "gamma"]


def test_that_locks_that_are_not_there_are_named_where_they_would_be_compared(
    page: EnvironmentsPage, qtbot: QtBot
) -> None:
    view = page.details.versions.view
    qtbot.waitUntil(lambda: view.note.text() == "Not both are locked", timeout=SECONDS)


def test_that_an_empty_workspace_offers_starters(
    page_on: Callable[[Studio], EnvironmentsPage], studio: Studio, qtbot: QtBot
) -> None:
    page = page_on(studio)
    qtbot.waitUntil(page.start.isVisible, timeout=SECONDS)
    made = page.start.findChildren
    from PySide6.QtWidgets import QLabel, QPushButton

    qtbot.waitUntil(
        lambda: any(b.accessibleName() == "Create tabular" for b in made(QPushButton)),
        timeout=SECONDS,
    )
    words = [each for each in made(QLabel) if each.text()]
    qtbot.waitUntil(lambda: all(e.height() >= e.fontMetrics().height() for e in words))
    press(page.start, "Create tabular")
    qtbot.waitUntil(lambda: page.details.reference == "tabular:1", timeout=SECONDS)
    assert "scikit-learn" in page.details.declared.text.text()
    assert unnamed(page.window()) == []


def test_that_tags_and_description_are_edited_and_a_tag_comes_back(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    page.details.tabs.setCurrentIndex(4)
    about = page.details.about
    type_into(about.tags.edit, "team=growth")
    tags = lambda: dict(letters.environments.get("letters:2").tags)  # noqa: E731
    qtbot.waitUntil(
        lambda: tags() == {"stage": "prod", "team": "growth"}, timeout=SECONDS
    )
    qtbot.waitUntil(lambda: "team=growth" in about.tags.words, timeout=SECONDS)
    press(about, "Remove tag stage=prod")
    qtbot.waitUntil(lambda: tags() == {"team": "growth"}, timeout=SECONDS)
    type_into(about.tags.edit, "no tag")
    assert "isn't a tag" in about.tags.error
    about.description.setPlainText("For writing")
    about.flush()
    qtbot.waitUntil(
        lambda: letters.environments.get("letters:2").description == "For writing",
        timeout=SECONDS,
    )


def test_that_the_reference_is_copied_and_a_version_deleted_after_a_question(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    page.services.actions.get("environments.copy").trigger()
    assert QGuiApplication.clipboard().text() == "letters:2"
    page.services.actions.get("environments.delete").trigger()
    assert page.commands.question is not None
    page.commands.question.go.click()
    qtbot.waitUntil(lambda: page.details.reference == "letters:1", timeout=SECONDS)
    assert [e.reference for e in letters.environments.list()][1] == "letters:1"


def test_that_what_others_make_appears(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    letters.environments.create("letters", Declaration("pip", "gamma\n"))
    qtbot.waitUntil(lambda: words(page, "Version")[0] == "3", timeout=SECONDS)
    qtbot.waitUntil(lambda: page.details.reference == "letters:3", timeout=SECONDS)
