"""Tabs that are made when they are first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QTabWidget, QWidget

from studio.gui.widgets.late_tabs import LateTabs

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Listing(QWidget):
    """Notes when it is shown, as tabs do that read only then."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.times = name, 0

    def showEvent(self, event: QShowEvent) -> None:
        self.times += 1
        super().showEvent(event)


def tabs_with(qtbot: QtBot, *names: str) -> tuple[LateTabs, list[Listing]]:
    made: list[Listing] = []

    def maker(name: str) -> Listing:
        made.append(Listing(name))
        return made[-1]

    tabs = LateTabs()
    qtbot.addWidget(tabs)
    tabs.addTab(QLabel("there at once"), "First")
    for name in names:
        tabs.add_late(name, lambda name=name: maker(name))  # type: ignore[misc]
    tabs.show()
    return tabs, made


def titles(tabs: QTabWidget) -> list[str]:
    return [tabs.tabText(number) for number in range(tabs.count())]


def test_that_a_tab_is_made_when_it_is_turned_to_and_only_once(qtbot: QtBot) -> None:
    tabs, made = tabs_with(qtbot, "Output", "Plan", "Sweeps")
    assert not made
    told: list[int] = []
    tabs.currentChanged.connect(told.append)
    tabs.setCurrentIndex(2)
    assert [each.name for each in made] == ["Plan"], "its neighbours wait"
    assert tabs.currentWidget() is made[0]
    assert made[0].isVisible()
    tabs.setCurrentIndex(0)
    tabs.setCurrentIndex(2)
    assert told == [2, 0, 2], "putting it in place is no turn of its own"
    assert (len(made), made[0].times) == (1, 2)
    assert titles(tabs) == ["First", "Output", "Plan", "Sweeps"]


def test_that_asking_for_a_tab_makes_it_where_it_stands(qtbot: QtBot) -> None:
    tabs = LateTabs()
    qtbot.addWidget(tabs)
    tabs.addTab(QLabel(), "First")
    before = tabs.add_late("Before", lambda: Listing("before"))
    late = tabs.add_late("Late", lambda: Listing("late"))
    tabs.show()
    tabs.setCurrentIndex(2)
    told: list[int] = []
    tabs.currentChanged.connect(told.append)
    assert (before.made, before.is_shown, before.index) == (None, False, 1)
    asked = before.widget
    assert before.widget is asked
    assert (tabs.indexOf(asked), asked.times, before.is_shown) == (1, 0, False)
    assert (tabs.currentWidget(), told) == (late.made, [])
    assert titles(tabs) == ["First", "Before", "Late"]
