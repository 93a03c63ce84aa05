"""Tab goes through a window as it is read, whenever its parts were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from studio.gui.focus_ring import ring_around

_BY_TAB = Qt.FocusPolicy.TabFocus
_CHILDREN = Qt.FindChildOption.FindDirectChildrenOnly


def move_focus(window: QWidget, forward: bool) -> bool:
    """Give the focus to what comes next in `window`; False if there is nothing."""
    return _focus_first(_from_here(window, forward), forward)


def move_to_pane(window: QWidget) -> bool:
    """Give the focus to the first stop of the next pane: a way out of every part."""
    now = QApplication.focusWidget()
    here = _pane(now) if now is not None else None
    panes: dict[int, list[QWidget]] = {}
    for each in _from_here(window, forward=True):
        pane = _pane(each)
        if pane is not here:
            panes.setdefault(id(pane), []).append(each)
    return any(_focus_first(pane, True) for pane in panes.values())


def _focus_first(widgets: Iterable[QWidget], forward: bool) -> bool:
    reasons = Qt.FocusReason
    reason = reasons.TabFocusReason if forward else reasons.BacktabFocusReason
    for each in widgets:
        if _stops(each):
            each.setFocus(reason)
            ring_around(each)
            return True
    return False


def _from_here(window: QWidget, forward: bool) -> list[QWidget]:
    """All of a window from what follows the focus until that comes again."""
    order = list(_in_reading_order(window))
    if not forward:
        order.reverse()
    now = QApplication.focusWidget()
    start = order.index(now) + 1 if now in order else 0
    return [*order[start:], *order[:start]]


def _pane(widget: QWidget) -> QWidget:
    """The side of the nearest splitter, or the part of the frame, it stands in."""
    each, above = widget, widget.parentWidget()
    while above is not None and not isinstance(above, QSplitter):
        beyond = above.parentWidget()
        if beyond is None or beyond.isWindow():
            break
        each, above = above, beyond
    return each


def _in_reading_order(widget: QWidget) -> Iterator[QWidget]:
    """A widget and all that is seen in it: row by row, from the left."""
    yield widget
    seen = [each for each in _children(widget) if each.isVisible()]
    for row in _rows(seen):
        for each in row:
            yield from _in_reading_order(each)


def _children(widget: QWidget) -> list[QWidget]:
    found = widget.findChildren(QWidget, options=_CHILDREN)
    return [each for each in found if not each.isWindow()]


def _rows(widgets: Sequence[QWidget]) -> list[list[QWidget]]:
    """Widgets beside each other: each begins above the middle of its row's first."""
    rows: list[list[QWidget]] = []
    middle = 0
    for each in sorted(widgets, key=lambda one: (one.y(), one.x())):
        if not rows or each.y() >= middle:
            rows.append([])
            middle = each.y() + max(1, each.height() // 2)
        rows[-1].append(each)
    return [sorted(row, key=lambda one: (one.x(), one.y())) for row in rows]


def _stops(widget: QWidget) -> bool:
    by_tab = (widget.focusPolicy() & _BY_TAB) == _BY_TAB
    return by_tab and widget.isEnabled() and widget.focusProxy() is None
