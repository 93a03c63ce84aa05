"""Locking and building from the page: progress, cancel, failure, several at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pages_hand import press
from PySide6.QtCore import QPoint, QRect

from studio.domain.environment import Declaration
from tests.local_index import LocalIndex

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.environments.page import EnvironmentsPage

SECONDS = 60_000


def do(page: EnvironmentsPage, verb: str) -> None:
    page.services.actions.refresh()
    action = page.services.actions.get(f"environments.{verb}")
    assert action.isEnabled(), verb
    action.trigger()


def states(page: EnvironmentsPage) -> list[str]:
    return [work.state for work in page.works.all]


def test_that_a_lock_is_made_with_its_log_and_then_shown(
    page: EnvironmentsPage, qtbot: QtBot
) -> None:
    do(page, "lock")
    assert page.details.tabs.currentWidget() is page.details.log
    qtbot.waitUntil(lambda: states(page) == ["SUCCEEDED"], timeout=SECONDS)
    qtbot.waitUntil(
        lambda: page.version is not None and bool(page.version.locks), timeout=SECONDS
    )
    assert page.details.state.text == "Locked"
    assert "alpha" in page.details.log.view.text()
    assert not page.services.actions.get("environments.lock").isEnabled()
    assert not page.works_panel.isVisible()


def test_that_a_build_locks_first_and_the_list_says_that_it_stands_here(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    do(page, "build")
    qtbot.waitUntil(lambda: states(page) == ["SUCCEEDED"], timeout=SECONDS)
    qtbot.waitUntil(lambda: page.details.state.text == "Built here", timeout=SECONDS)
    built = letters.environments.built("letters:2")
    assert built is not None and built.local.python.exists()


def test_that_locking_again_makes_a_version_only_where_the_answer_differs(
    page: EnvironmentsPage, qtbot: QtBot, index: LocalIndex, letters: Studio
) -> None:
    page.details.show_version("letters:1")
    do(page, "relock")
    qtbot.waitUntil(lambda: states(page) == ["SUCCEEDED"], timeout=SECONDS)
    assert letters.environments.get("letters").version == 2
    index.wheel("alpha", "1.5", ["gamma"])
    page.details.show_version("letters:1")
    do(page, "relock")
    qtbot.waitUntil(lambda: page.details.reference == "letters:3", timeout=SECONDS)
    locked = letters.environments.get("letters:3").locks[0]
    assert locked.version_of("alpha") == "1.5"


def test_that_work_can_be_cancelled_while_others_go_on(
    page: EnvironmentsPage, qtbot: QtBot, index: LocalIndex, letters: Studio
) -> None:
    index.hold = threading.Event()
    do(page, "lock")
    letters.environments.create("other", Declaration("pip", "gamma\n", python="3.11"))
    page.show_new("other:1")
    qtbot.waitUntil(lambda: page.details.reference == "other:1", timeout=SECONDS)
    do(page, "lock")
    assert states(page) == ["RUNNING", "RUNNING"]
    assert page.works_panel.title.text() == "2 under way"
    qtbot.waitUntil(
        lambda: all(
            row.visibleRegion().boundingRect().height() >= row.progress.height() > 0
            for row in page.works_panel.rows
        )
    )
    page.services.toast("A message", tone="ok")
    first = page.works_panel.rows[0]
    from studio.gui.main_window import MainWindow

    window = page.window()
    assert isinstance(window, MainWindow)
    toast = window.toasts.shown[-1]
    place = QRect(toast.mapTo(window, QPoint()), toast.size())
    for shown in page.works_panel.rows:
        rest = QRect(shown.mapTo(window, QPoint()), shown.size())
        assert not place.intersects(rest)  # its Cancel stays in reach
    press(first, "Cancel")
    qtbot.waitUntil(lambda: states(page) == ["CANCELLED", "RUNNING"], timeout=SECONDS)
    index.hold.set()
    qtbot.waitUntil(lambda: states(page) == ["CANCELLED", "SUCCEEDED"], timeout=SECONDS)
    assert letters.environments.get("letters:2").locks == ()
    assert letters.environments.get("other:1").locks


def test_that_a_conflict_stays_on_the_page_with_its_words_and_its_log(
    page: EnvironmentsPage, qtbot: QtBot, letters: Studio
) -> None:
    letters.environments.create(
        "clash", Declaration("pip", "alpha>=2\nbeta\n", python="3.11")
    )
    page.show_new("clash:1")
    qtbot.waitUntil(lambda: page.details.reference == "clash:1", timeout=SECONDS)
    do(page, "lock")
    qtbot.waitUntil(lambda: states(page) == ["FAILED"], timeout=SECONDS)
    banner = page.works_panel.rows[0].banner
    assert banner.isVisible() and "beta needs alpha<2" in banner.text
    page.details.tabs.setCurrentIndex(0)
    press(page.works_panel, "Show the log")
    assert page.details.tabs.currentWidget() is page.details.log
    assert "alpha<2" in page.details.log.view.text()
    press(page.works_panel, "Dismiss")
    assert not page.works_panel.isVisible()
    assert states(page) == []


def test_that_closing_the_window_ends_what_goes_on(
    page: EnvironmentsPage, qtbot: QtBot, index: LocalIndex
) -> None:
    index.hold = threading.Event()
    do(page, "lock")
    (work,) = page.works.all
    page.put_away()
    qtbot.waitUntil(lambda: work.state == "CANCELLED", timeout=SECONDS)


def test_that_newer_packages_are_looked_for_and_told_beside_the_locked_ones(
    page: EnvironmentsPage, qtbot: QtBot
) -> None:
    page.details.show_version("letters:1")
    page.details.tabs.setCurrentIndex(1)
    lock = page.details.lock
    press(lock, "Look for newer")
    qtbot.waitUntil(lambda: lock.news is not None, timeout=SECONDS)
    rows = lock.table.rows_model.rows
    told = [(each.package.name, each.newest, each.look.word) for each in rows]
    assert told == [("alpha", "2.0", "Newer"), ("gamma", "1.0", "Newest")]
    page.details.show_version("letters:2")
    page.details.show_version("letters:1")
    assert lock.table.rows_model.rows[0].is_older
