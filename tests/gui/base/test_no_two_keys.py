"""No key means two things on one page."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from pytestqt.qtbot import QtBot

from studio.gui.main_window import MainWindow
from studio.gui.settings import Settings
from studio.gui.tasks import Tasks
from studio.gui.theme.theme import Theme

if TYPE_CHECKING:
    from studio.bootstrap import Studio


def test_that_no_two_verbs_of_a_page_share_a_key(
    qtbot: QtBot, theme: Theme, tasks: Tasks, studio: Studio, tmp_path: Path
) -> None:
    window = MainWindow(tasks, Settings(tmp_path / "window.ini"), theme)
    qtbot.addWidget(window, before_close_func=lambda shown: shown.leaving.close_now())
    window.show()
    window.open(studio, "home")
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    for page in window.page_ids:
        window.open_page(page)
        for record in window.registry.records():
            for key in window.registry.get(record.id).shortcuts():
                shared[page, key.toString()].append(record.id)
    assert {where: ids for where, ids in shared.items() if len(set(ids)) > 1} == {}
