"""What a screen reader and the Tab key find in a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from studio.bootstrap import Studio
    from studio.gui.main_window import MainWindow
    from studio.gui.tasks import Tasks
    from studio.gui.theme.theme import Theme

MOST_STOPS = 300
CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)


def sample_that_ran(root: Path) -> Studio:
    """A workspace of the sample, run to a model."""
    from workspaces import run_to_end

    from studio.bootstrap import create_workspace
    from studio.services.samples import get_sample

    studio = create_workspace(root, get_sample("penguins"))
    assert run_to_end(studio, "penguins").state.value == "SUCCEEDED"
    return studio


def window_at_home(
    qtbot: QtBot, theme: Theme, tasks: Tasks, studio: Studio, folder: Path
) -> MainWindow:
    """The active window, large, with a workspace open."""
    from studio.gui.main_window import MainWindow
    from studio.gui.settings import Settings

    made = MainWindow(tasks, Settings(folder / "window.ini"), theme)
    qtbot.addWidget(made, before_close_func=lambda shown: shown.leaving.close_now())
    made.resize(1440, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.open(studio, "home")
    return made


def controls(root: QWidget) -> list[QWidget]:
    """What can be used in a window now, without the parts that controls are made of."""
    found = root.findChildren(QWidget)
    return [
        each
        for each in found
        if each.isVisible()
        and (isinstance(each, CONTROLS) or takes_tab(each))
        and not _is_part(each)
    ]


def name_of(widget: QWidget) -> str:
    """What a screen reader says of a control."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return str(interface.text(QAccessible.Text.Name)).strip() if interface else ""


def unnamed(root: QWidget) -> list[str]:
    """Controls without a name, as their place among their ancestors."""
    return [place_of(each) for each in controls(root) if not name_of(each)]


def namesakes(root: QWidget) -> list[str]:
    """Names that two controls of one kind beside each other share."""
    counted = Counter(
        (id(each.parentWidget()), type(each).__name__, name_of(each))
        for each in controls(root)
        if not isinstance(each, QTabBar)
    )
    return [f"{kind} {name}" for (_, kind, name), count in counted.items() if count > 1]


def takes_tab(widget: QWidget) -> bool:
    stop = Qt.FocusPolicy.TabFocus
    by_tab = (widget.focusPolicy() & stop) == stop
    return by_tab and widget.isEnabled() and widget.focusProxy() is None


def unlit(window: QWidget) -> list[str]:
    """Stops of Tab that look the same with the focus as without it."""
    found: list[str] = []
    seen: list[QWidget] = []
    lit = QImage()
    for _ in range(MOST_STOPS):
        # From where it is, as a key does: what scrolls brings the next one into sight.
        (QApplication.focusWidget() or window).focusNextPrevChild(True)
        now = QApplication.focusWidget()
        if seen and now is not seen[-1] and lit == _around(seen[-1]):
            found.append(f"{place_of(seen[-1])}: {name_of(seen[-1])}")
        if now is None or now in seen:
            break
        lit = _around(now)
        seen.append(now)
    return found


def _around(widget: QWidget) -> QImage:
    """A widget with what lies around it, where a ring may be drawn."""
    QApplication.processEvents()
    window = widget.window()
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return window.grab(place.adjusted(-4, -4, 4, 4)).toImage()


def tab_order(window: QWidget) -> list[QWidget]:
    """Where the focus goes by Tab, from where it is until it comes round."""
    # Not by nextInFocusChain: its Python wrapper takes the chain along when it goes.
    order: list[QWidget] = []
    for _ in range(MOST_STOPS):
        window.focusNextPrevChild(True)
        found = QApplication.focusWidget()
        if found is None or found in order:
            break
        order.append(found)
    return order


def jumps(window: MainWindow) -> Iterator[str]:
    """Places where Tab goes up and to the left within one container at once."""
    order = tab_order(window)
    for before, after in pairwise(order):
        if before.parentWidget() is not after.parentWidget():
            continue
        a, b = (each.mapTo(window, QPoint(0, 0)) for each in (before, after))
        if b.y() + after.height() <= a.y() and b.x() <= a.x():
            yield f"{name_of(before)} -> {name_of(after)}"


def place_of(widget: QWidget) -> str:
    names, each = [], widget
    while each is not None and len(names) < 4:
        names.append(type(each).__name__)
        each = each.parentWidget()
    return " in ".join(names)


def _is_part(widget: QWidget) -> bool:
    inside = (QAbstractSpinBox, QComboBox, QTabBar, QLineEdit)
    return (
        isinstance(widget, QHeaderView | QScrollBar)
        or isinstance(widget.parentWidget(), inside)
        or widget.objectName().startswith("qt_")
        or type(widget).__name__ == "QTableCornerButton"
    )
