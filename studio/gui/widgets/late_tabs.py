"""Tabs whose contents are made when they are first looked at, or asked for.

tabs = LateTabs()
plan = tabs.add_late("Plan", make_plan)
plan.widget              # made now, if it wasn't
plan.is_shown            # asks without making it; so does `made`
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtWidgets import QTabWidget, QWidget

W = TypeVar("W", bound=QWidget)


class LateTab(Generic[W]):
    """One of the tabs; `made` is None until it was needed."""

    def __init__(self, tabs: LateTabs, make: Callable[[], W]) -> None:
        self._tabs, self._make = tabs, make
        self.made: W | None = None
        self.stand_in = QWidget()

    @property
    def widget(self) -> W:
        if self.made is None:
            self.made = self._make()
            self._tabs.put_in_place(self, self.made)
        return self.made

    @property
    def is_shown(self) -> bool:
        return self.made is not None and self.made.isVisible()

    @property
    def index(self) -> int:
        """Where it is among the tabs."""
        return self._tabs.indexOf(self.made or self.stand_in)


class LateTabs(QTabWidget):
    """A tab may also be added as usual: then its contents are there at once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._late: list[LateTab[Any]] = []
        self.currentChanged.connect(self._make_current)

    def add_late(self, title: str, make: Callable[[], W]) -> LateTab[W]:
        late = LateTab(self, make)
        self._late.append(late)
        self.addTab(late.stand_in, title)
        return late

    def put_in_place(self, late: LateTab[Any], made: QWidget) -> None:
        """The same tab, with its contents: nobody is told of another one."""
        self._late.remove(late)
        at = self.indexOf(late.stand_in)
        is_current = self.currentIndex() == at
        before = self.blockSignals(True)
        self.insertTab(at + 1, made, self.tabText(at))
        if is_current:  # before the other one goes: else its neighbour would be shown
            self.setCurrentIndex(at + 1)
        self.removeTab(at)
        self.blockSignals(before)
        late.stand_in.deleteLater()

    def _make_current(self, _: int) -> None:
        shown = self.currentWidget()
        for late in self._late:
            if late.stand_in is shown:
                late.widget  # noqa: B018  # it takes its place
                break
