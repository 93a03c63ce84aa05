"""What tests of pages do to widgets, by events only, and pages that only listen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from studio.gui.page import Page, PageSpec
from studio.gui.widgets.table import DataTable

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Listener(Page):
    """Remembers where it was sent."""

    id, title, icon = "pipelines", "Pipelines", "flow-arrow"

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.targets: list[dict[str, Any]] = []

    def open_target(self, **target: Any) -> None:
        self.targets.append(target)


class EndpointsListener(Listener):
    id, title, icon = "endpoints", "Endpoints", "rocket-launch"


PAGES = (
    PageSpec("pipelines", "Pipelines", "flow-arrow", 0, "pages_hand:Listener"),
    PageSpec("runs", "Runs", "play-circle", 0, "studio.gui.runs.page:RunsPage"),
    PageSpec("models", "Models", "stack", 1, "studio.gui.models.page:ModelsPage"),
    PageSpec(
        "environments",
        "Environments",
        "cube",
        1,
        "studio.gui.environments.page:EnvironmentsPage",
    ),
    PageSpec(
        "endpoints", "Endpoints", "rocket-launch", 2, "pages_hand:EndpointsListener"
    ),
)


def click_row(table: DataTable[Any], number: int, column: int = 1) -> None:
    """A left click into a cell."""
    box = table.visualRect(table.model().index(number, column))
    QTest.mouseClick(table.viewport(), LEFT, NONE, box.center())


def click_at(widget: QWidget, place: QPoint) -> None:
    QTest.mouseClick(widget, LEFT, NONE, place)


def press(within: QWidget, words: str) -> None:
    """Click the visible button with these words, or this accessible name."""
    QApplication.processEvents()  # a widget that was just added shows itself then
    found = [
        each
        for each in within.findChildren(QAbstractButton)
        if each.isVisibleTo(within)
        and words in (each.text(), each.accessibleName(), each.toolTip())
    ]
    assert found, f"no button '{words}' among {_words(within)}"
    assert found[0].isEnabled(), f"'{words}' is disabled"
    QTest.mouseClick(found[0], LEFT)


def type_into(line: QLineEdit, text: str, *, enter: bool = True) -> None:
    line.setFocus()
    QTest.keyClicks(line, text)
    if enter:
        QTest.keyClick(line, Qt.Key.Key_Return)


def keys(table: DataTable[Any]) -> list[Any]:
    """The keys of the rows that are loaded."""
    return [table.rows_model.key_of(n) for n in range(table.model().rowCount())]


def unnamed(window: QWidget) -> list[str]:
    """Visible controls that a screen reader could not name."""
    kinds = (QAbstractButton, QLineEdit, DataTable)
    found = [each for kind in kinds for each in window.findChildren(kind)]
    return [
        f"{type(each).__name__} in {type(each.parent()).__name__}"
        for each in found
        if each.isVisibleTo(window)
        and not isinstance(each.parent(), QLineEdit | QTabBar)
        and not (each.accessibleName() or getattr(each, "text", str)())
        and not each.toolTip()
        and not (isinstance(each, QLineEdit) and each.placeholderText())
    ]


def cut_texts(window: QWidget) -> Iterator[str]:
    """Texts of visible labels and buttons that are wider or higher than their room."""
    for found in window.findChildren(QLabel):
        shown = found.isVisibleTo(window) and bool(found.text())
        room, hint = found.size(), found.sizeHint()
        if shown and not found.wordWrap() and room.width() + 1 < hint.width():
            yield f"label {found.text()}"
        needed = found.heightForWidth(room.width()) if found.wordWrap() else 0
        if shown and room.height() + 1 < needed:
            yield f"paragraph {found.text()}"
    for each in window.findChildren(QPushButton):
        words = each.fontMetrics().horizontalAdvance(each.text())
        if each.isVisibleTo(window) and each.text() and each.width() < words:
            yield f"button {each.text()}"


def _words(within: QWidget) -> list[str]:
    found = within.findChildren(QAbstractButton)
    return [each.text() or each.accessibleName() for each in found]
