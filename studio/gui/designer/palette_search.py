"""The palette's rows as they are searched: the best match first."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
)

from studio.domain.component import Component
from studio.domain.component_search import (
    Liking,
    hits_of,
    match_of,
    order_of,
    words_in,
)
from studio.gui.designer.habits import Habits
from studio.gui.designer.palette_rows import BROKEN, COMPONENT

_Index: TypeAlias = QModelIndex | QPersistentModelIndex
_Place: TypeAlias = tuple[object, ...] | None
"""Where a component comes among what is found; None if it isn't."""


class PaletteSearch(QSortFilterProxyModel):
    """Components that fit every word; a category stands where its best one would.

    The rows of `shelves` are left out while one searches: each is in its category too.
    """

    def __init__(
        self, habits: Habits, shelves: Collection[str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._habits, self._shelves = habits, shelves
        self._text, self._liking = "", Liking()
        self._places: dict[int, tuple[Component, _Place]] = {}
        self.setRecursiveFilteringEnabled(True)

    def set_words(self, text: str) -> None:
        self.beginFilterChange()
        self._text, self._places = text.strip(), {}
        self._liking = Liking(self._habits.recent, self._habits.favourites)
        self.endFilterChange()
        self.sort(-1)
        if self._text:
            self.sort(0)

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        index = self.sourceModel().index(row, 0, parent)
        if index.data(BROKEN) is not None:
            title = str(index.data()).casefold()
            return all(hits_of(word, title) for word in words_in(self._text))
        component = index.data(COMPONENT)
        if component is None:
            return False
        if self._text and str(QModelIndex(parent).data()) in self._shelves:  # type: ignore[arg-type]
            return False
        return self._place(component) is not None

    def lessThan(self, left: _Index, right: _Index) -> bool:
        one, other = self._best(left), self._best(right)
        if one is None or other is None:  # what can't be used stays above
            return other is not None
        return one < other

    def _best(self, index: _Index) -> _Place:
        """The place of a row, or of the best row of a category."""
        component = index.data(COMPONENT)
        if component is not None:
            return self._place(component)
        head = QModelIndex(index)  # type: ignore[arg-type]
        rows = range(self.sourceModel().rowCount(head))
        under = [self.sourceModel().index(row, 0, head).data(COMPONENT) for row in rows]
        places = [self._place(each) for each in under if each is not None]
        return min((place for place in places if place is not None), default=None)

    def _place(self, component: Component) -> _Place:
        known = self._places.get(id(component))
        if known is not None and known[0] is component:
            return known[1]
        text = self._text
        match = match_of(component, text)
        place = None
        if match is not None:
            place = order_of(component, match, text, self._liking)
        self._places[id(component)] = (component, place)
        return place
