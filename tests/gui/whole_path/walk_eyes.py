"""What a person can see: words, rows, cards and where they stand on the screen.

Reads only. The walk runs in a thread of its own, so that the window's event loop is
as free as it is for a person; each look is a short question to that loop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabBar,
    QWidget,
)

from studio.gui.widgets.elided import ElidedLabel

T = TypeVar("T")
POLL = 0.03
SETTLED = 0.25


class Unseen(AssertionError):
    """What was waited for has not come into sight."""


class Eyes(QObject):
    """Made in the window's thread, used from the walk's."""

    _asked = Signal(object, object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.window, self.window_id = window, int(window.winId())
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question asked in the window's thread."""
        answer: Future[T] = Future()
        self._asked.emit(question, answer)
        return answer.result(30)

    def until(self, what: str, look: Callable[[], T], seconds: float = 30) -> T:
        """Look again and again until there is something to see; what was seen."""
        deadline = time.monotonic() + seconds
        while not (found := self.ask(look)):
            if time.monotonic() > deadline:
                seen = self.words()
                raise Unseen(f"{what}: not within {seconds:g} s. In sight: {seen}")
            threading.Event().wait(POLL)
        return found

    # -- places --------------------------------------------------------------------

    def button(self, name: str, seconds: float = 30) -> QPoint:
        """Where a button that can be pressed stands."""
        buttons = lambda: _place(  # noqa: E731
            w for w in _shown(QAbstractButton) if w.isEnabled() and name in _names(w)
        )
        return self.until(f"button “{name}”", buttons, seconds)

    def field(self, name: str, seconds: float = 30) -> QPoint:
        """Where the line to type a value into stands."""
        return self.until(
            f"field “{name}”",
            lambda: _place(w for w in _shown(QLineEdit) if name in _names(w)),
            seconds,
        )

    def tab(self, words: str) -> QPoint:
        return self.until(f"tab “{words}”", lambda: _tab(words))

    def menu_item(self, words: str) -> QPoint:
        return self.until(f"menu item “{words}”", lambda: _menu_item(words))

    def cell(self, table: str, words: str, seconds: float = 30) -> QPoint:
        """Where the first cell of a table stands that has these words."""
        look = lambda: _cell(table, words)  # noqa: E731
        return self.until(f"“{words}” in {table}", look, seconds)

    # -- words ---------------------------------------------------------------------

    def text(self, words: str, seconds: float = 30) -> str:
        """Wait until a label, button or text says something with these words."""
        found = lambda: next((t for t in _texts() if words in t), "")  # noqa: E731
        return self.until(f"“{words}”", found, seconds)

    def rows(self, table: str) -> list[list[str]]:
        """The cells of a table as they are shown."""
        return self.ask(lambda: _rows(table))

    def words(self) -> str:
        """Everything that can be read now, for reports."""
        return " | ".join(self.ask(lambda: list(_texts())))[:3000]

    def gone(self, words: str, seconds: float = 30) -> None:
        self.until(
            f"“{words}” gone", lambda: not any(words in t for t in _texts()), seconds
        )

    def until_rows(self, table: str, least: int, seconds: float = 30) -> None:
        look = lambda: len(_rows(table)) >= least  # noqa: E731
        self.until(f"{least} rows in {table}", look, seconds)

    def until_size(self, width: int, height: int) -> None:
        wanted = QSize(width, height)
        self.until(f"size {width} x {height}", lambda: self.window.size() == wanted)

    # -- pictures ------------------------------------------------------------------

    def picture(self, file: Path, *, settled: bool = True) -> None:
        """The pixels of the window as they are on the screen, popups and all."""
        if settled:
            self._settle()
        self.ask(self._grab).save(str(file), "PNG", 0)

    def _settle(self) -> None:
        """Wait until two looks in a row see the same."""
        before, deadline = QImage(), time.monotonic() + 3
        while time.monotonic() < deadline:
            now = self.ask(self._grab)
            if now == before:
                return
            before = now
            threading.Event().wait(SETTLED)

    def _grab(self) -> QImage:
        area = self.window.geometry()
        screen = self.window.screen()
        return screen.grabWindow(0, *area.getRect()).toImage()

    def _answer(self, question: Callable[[], Any], answer: Future[Any]) -> None:
        try:
            answer.set_result(question())
        except Exception as error:
            answer.set_exception(error)


def _shown(kind: type[T]) -> Iterator[T]:
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            for widget in window.findChildren(kind):  # type: ignore[type-var]
                if widget.isVisible():
                    yield widget


def _names(widget: QWidget) -> tuple[str, ...]:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    tip = widget.toolTip()
    return (widget.accessibleName(), text.replace("&", ""), tip)


def _place(widgets: Iterator[Any]) -> QPoint | None:
    """The middle of the first that nothing lies above."""
    found = (_reachable(w, w.rect().center()) for w in widgets)
    return next((point for point in found if point is not None), None)


def _reachable(widget: QWidget, at: QPoint) -> QPoint | None:
    """A point of a widget on the screen, unless something else would get the click."""
    point = widget.mapToGlobal(at)
    under = QApplication.widgetAt(point)
    while under is not None and under is not widget:
        under = under.parentWidget()
    blocked = QApplication.activeModalWidget()
    if blocked is not None and widget.window() is not blocked:
        return None
    return point if under is widget else None


def find_cross() -> QPoint | None:
    """Where the button stands that takes a toast away."""
    return _place(w for w in _shown(QAbstractButton) if "Dismiss" in _names(w))


def _tab(words: str) -> QPoint | None:
    for bar in _shown(QTabBar):
        for number in range(bar.count()):
            if bar.tabText(number).startswith(words) and bar.isTabVisible(number):
                return _reachable(bar, bar.tabRect(number).center())
    return None


def _menu_item(words: str) -> QPoint | None:
    menu = QApplication.activePopupWidget()
    for action in menu.actions() if isinstance(menu, QMenu) else []:
        if action.text() == words and action.isEnabled():
            return menu.mapToGlobal(menu.actionGeometry(action).center())  # type: ignore[union-attr]
    return None


def view_of(name: str) -> QAbstractItemView | None:
    """The table, list or tree with a name, if it is in sight."""
    views = (v for v in _shown(QAbstractItemView) if v.accessibleName() == name)
    return next(views, None)


def _cell(table: str, words: str) -> QPoint | None:
    view = view_of(table)
    if view is None:
        return None
    for row, cells in enumerate(_rows(table)):
        for column, text in enumerate(cells):
            if words in text:
                area: QRect = view.visualRect(view.model().index(row, column))
                return _reachable(view.viewport(), area.center())
    return None


def _rows(table: str) -> list[list[str]]:
    view = view_of(table)
    if view is None:
        return []
    model = view.model()
    columns = range(model.columnCount())
    return [
        [str(model.index(row, column).data() or "") for column in columns]
        for row in range(model.rowCount())
    ]


def _texts() -> Iterator[str]:
    for label in _shown(QLabel):
        if label.text():
            yield label.text()
    for button in _shown(QAbstractButton):
        if button.text():
            yield button.text().replace("&", "")
    for page in _shown(QPlainTextEdit):
        yield page.toPlainText()


def cut_texts() -> Iterator[str]:
    """Labels and buttons in sight that have less room than their words."""
    for found in _shown(QLabel):
        if isinstance(found, ElidedLabel):
            continue  # it says so, and has the whole in its tip
        room, hint = found.size(), found.sizeHint()
        if found.text() and not found.wordWrap() and room.width() + 1 < hint.width():
            yield f"label {found.text()}"
        needed = found.heightForWidth(room.width()) if found.wordWrap() else 0
        if found.text() and room.height() + 1 < needed:
            yield f"paragraph {found.text()}"
    for each in _shown(QPushButton):
        words = each.fontMetrics().horizontalAdvance(each.text())
        if each.text() and each.width() < words:
            yield f"button {each.text()}"
