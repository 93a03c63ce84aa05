"""Toasts: about something, for a while, over what may be covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from studio.gui.theme.theme import Theme
from studio.gui.widgets import toast
from studio.gui.widgets.toast import Toasts

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def area(qtbot: QtBot, theme: Theme) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


def texts(toasts: Toasts) -> list[str]:
    return [one.text for one in toasts.shown]


def test_that_a_message_takes_the_place_of_one_about_the_same_thing(
    area: QWidget,
) -> None:
    toasts = Toasts(area)
    toasts.show("Run failed after 2 s", tone="err", key="run of churn")
    toasts.show("Saved")
    toasts.show("Run succeeded after 3 s", tone="ok", key="run of churn")
    assert texts(toasts) == ["Saved", "Run succeeded after 3 s"]
    toasts.withdraw("run of churn")
    assert texts(toasts) == ["Saved"]


def test_that_an_error_that_comes_again_says_how_often(area: QWidget) -> None:
    toasts = Toasts(area)
    for _ in range(3):
        toasts.show("Run failed at train", tone="err", key="run of churn")
    assert [one.times for one in toasts.shown] == [3]
    said = [child.text() for child in toasts.shown[0].findChildren(toast.QLabel)]
    assert "Run failed at train (3 times)" in said


def test_that_an_error_leaves_too_unless_it_is_pinned(
    area: QWidget, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toast, "ERROR_SECONDS", 0.05)
    toasts = Toasts(area)
    kept = toasts.show("The disk is full", tone="err")
    kept.pin.click()
    other = toasts.show("Run failed", tone="err", key="run")
    QApplication.sendEvent(other, QEvent(QEvent.Type.Leave))  # no pointer keeps it
    qtbot.waitUntil(lambda: texts(toasts) == ["The disk is full"])
    assert not kept.leaves
    kept.key = "disk"
    toasts.withdraw("disk")
    assert texts(toasts) == ["The disk is full"]


def test_that_messages_stand_over_the_part_they_may_cover(
    area: QWidget, qtbot: QtBot
) -> None:
    canvas = QWidget(area)
    canvas.setGeometry(100, 0, 500, 300)
    canvas.show()
    toasts = Toasts(area, lambda: canvas)
    shown = toasts.show("Run failed", tone="err")
    assert QRect(100, 0, 500, 300).contains(shown.geometry())
    canvas.resize(700, 400)
    qtbot.waitUntil(lambda: shown.geometry().bottomRight() == QPoint(783, 383))


def test_that_messages_stay_above_a_page_that_comes(qtbot: QtBot, theme: Theme) -> None:
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    for _ in range(2):
        stack.addWidget(QWidget())
    stack.resize(800, 400)
    stack.show()
    toasts = Toasts(stack)
    stack.currentChanged.connect(toasts.place)
    shown = toasts.show("Archived")
    stack.setCurrentIndex(1)
    assert stack.childAt(shown.geometry().center()) in (
        shown,
        *shown.findChildren(QWidget),
    )
