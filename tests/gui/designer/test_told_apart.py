"""Entries of menus that would read the same are told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from studio.gui.designer.page import DesignerPage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def test_that_pipelines_of_one_title_are_listed_with_their_names(
    page: DesignerPage, qtbot: QtBot
) -> None:
    first = page.editor.pipeline
    assert page.document is not None
    pipelines = page.studio.pipelines
    for name, title in (("twin", first.title), ("other", "New pipeline")):
        pipelines.save(first.clone(name, title))
    page.library.refresh()
    qtbot.waitUntil(lambda: len(page.library.summaries) == 3)
    words = _switcher(page)
    assert f"{first.title} ({first.name})" in words
    assert f"{first.title} (twin)" in words
    assert "New pipeline (other)" in words
    assert words.count("New pipeline") == 1  # the command


def test_that_a_title_of_its_own_stands_alone(page: DesignerPage) -> None:
    assert page.editor.pipeline.title in _switcher(page)


def _switcher(page: DesignerPage) -> list[str]:
    menu = page.menus.switcher().menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return [action.text().replace("&&", "&") for action in menu.actions()]
