"""Column widths: as a person left them, else narrowed to what can be seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtWidgets import QHeaderView
from shiboken6 import isValid

LEAST_WIDTH, MOST_WIDTH, GIVING = 56, 420, 110
"""A column that is wider than `GIVING` gives of its width where there is too little."""


def fitted(wanted: Sequence[int], room: int) -> list[int]:
    """Widths for columns that want these: the wide ones give, if that is enough."""
    lacking = sum(wanted) - room
    spare = [max(0, width - GIVING) for width in wanted]
    if lacking <= 0 or lacking > sum(spare):
        return list(wanted)
    share = lacking / sum(spare)
    return [
        width - round(part * share) for width, part in zip(wanted, spare, strict=True)
    ]


class ColumnFit(QObject):
    """`changed(state)` when a person resizes, moves or hides a column."""

    changed = Signal(QByteArray)

    def __init__(
        self,
        header: QHeaderView,
        wanted: Callable[[int], int],
        optional: Callable[[int], bool] = lambda _: False,
    ) -> None:
        super().__init__(header)
        self._header, self._wanted_width = header, wanted
        self._optional = optional
        self._wanted: list[int] = []
        self._by_hand = self._fitting = False
        header.setMinimumSectionSize(LEAST_WIDTH)
        header.setStretchLastSection(True)
        header.sectionResized.connect(self._resized)
        header.sectionMoved.connect(self.keep)

    @property
    def is_ready(self) -> bool:
        return bool(self._wanted) or self._by_hand

    def restore(self, state: QByteArray) -> bool:
        """Widths, order and hidden columns as they were left."""
        self._fitting = True
        self._by_hand = not state.isEmpty() and self._header.restoreState(state)
        self._fitting = False
        return self._by_hand

    def measure(self) -> None:
        """Ask each column what it wants, and fit them."""
        self._wanted = [self._wanted_width(n) for n in range(self._header.count())]
        self.fit()

    def fit(self) -> None:
        """Fit the columns to the header's width, unless a person chose the widths."""
        if self._by_hand or not self._wanted:
            return
        self._fitting = True
        room = self._header.viewport().width()
        shown = self._with_room(room)
        for number in range(len(self._wanted)):
            self._header.setSectionHidden(number, number not in shown)
        widths = fitted([self._wanted[number] for number in shown], room)
        for number, width in zip(shown, widths, strict=True):
            self._header.resizeSection(number, width)
        self._fitting = False

    def _with_room(self, room: int) -> list[int]:
        """Columns to show: optional ones stay out from the right while there is too
        little room for what all want."""
        shown = list(range(len(self._wanted)))
        for number in reversed(shown.copy()):
            if sum(self._wanted[each] for each in shown) <= room:
                break
            if self._optional(number):
                shown.remove(number)
        return shown

    def keep(self) -> None:
        """From now on the columns stay as they are."""
        if self.is_ready and not self._fitting:
            self._by_hand = True
            self.changed.emit(self._header.saveState())

    def _resized(self, number: int) -> None:
        if not isValid(self._header):  # it tells of its end, too
            return
        # The last one stretches by itself; no hand can move its end.
        places = range(self._header.count())
        order = [self._header.logicalIndex(place) for place in places]
        shown = [each for each in order if not self._header.isSectionHidden(each)]
        if shown and number != shown[-1] and number in shown:
            self.keep()
