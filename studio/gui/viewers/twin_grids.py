"""Two tables beside each other: they scroll and pick as one, and mark what differs."""

from __future__ import annotations

from functools import partial
from typing import Any, TypeAlias

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from studio.domain.table import NO_ROW
from studio.domain.table_difference import ColumnPair, pair_columns
from studio.gui.tasks import Tasks
from studio.gui.viewers.data_grid import DataGrid
from studio.gui.viewers.page_model import NO_SUCH_ROW, WAITING, TablePages, Tone
from studio.gui.viewers.rows_view import OpenedTable
from studio.services.tables.matched import MatchedTable

NO_COLUMN = "no such column"
Matched: TypeAlias = tuple[MatchedTable, MatchedTable]
LONE: tuple[Tone, Tone] = ("err", "ok")
"""A row only on the left has gone, one only on the right has come."""


class TwinGrids(QSplitter):
    """Columns of both tables stand first, in the left one's order."""

    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._following = False
        self._partners: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.setChildrenCollapsible(False)
        self.grids = (DataGrid(), DataGrid())
        for side, grid in enumerate(self.grids):
            grid.setAccessibleName(("Rows on the left", "Rows on the right")[side])
            grid.horizontalHeader().setSectionsClickable(False)
            grid.horizontalHeader().setSectionsMovable(False)
            self.addWidget(grid)
            self._couple(side)
        self.setSizes([500, 500])

    def show_tables(
        self, left: OpenedTable, right: OpenedTable, matched: Matched | None = None
    ) -> None:
        """Both from their first row; `matched` with gaps, so that rows meet."""
        pairs = pair_columns(left.shape, right.shape)
        self._partners = _partners(pairs)
        for side, opened in enumerate((left, right)):
            way = matched[side] if matched else None
            pages = TablePages(
                opened.table, opened.shape, opened.head, self._tasks, matched=way
            )
            pages.lone = LONE[side]
            pages.failed.connect(self.failed)
            self.grids[side].show_pages(pages)
            self.grids[side].selectionModel().currentChanged.connect(
                partial(self._follow_cell, side)
            )
            pages.dataChanged.connect(self.grids[1 - side].viewport().update)
        for side, grid in enumerate(self.grids):
            assert grid.pages is not None
            grid.pages.other = partial(self._other, side)
        self._put_in_order(pairs)

    def go_to(self, row: int) -> None:
        """Bring a row into view on both sides."""
        for grid in self.grids:
            grid.go_to(row)

    @property
    def row(self) -> int:
        """The current one, -1 if there is none."""
        return max(grid.currentIndex().row() for grid in self.grids)

    # -- inside ------------------------------------------------------------------------

    def _couple(self, side: int) -> None:
        grid = self.grids[side]
        grid.verticalScrollBar().valueChanged.connect(
            lambda value: self._scroll(value, self.grids[1 - side].verticalScrollBar())
        )
        grid.horizontalScrollBar().valueChanged.connect(
            lambda value: self._scroll(
                value, self.grids[1 - side].horizontalScrollBar()
            )
        )
        grid.horizontalHeader().sectionResized.connect(
            lambda column, _, width: self._widen(side, column, width)
        )

    def _scroll(self, value: int, bar: Any) -> None:
        if not self._following:
            self._following = True
            bar.setValue(value)
            self._following = False

    def _widen(self, side: int, column: int, width: int) -> None:
        partner = self._partners[side].get(column, -1)
        if partner >= 0 and not self._following:
            self._following = True
            self.grids[1 - side].setColumnWidth(partner, width)
            self._following = False

    def _follow_cell(self, side: int, now: QModelIndex, before: QModelIndex) -> None:
        other = self.grids[1 - side]
        column = self._partners[side].get(now.column(), -1)
        model = other.model()
        if self._following or column < 0 or now.row() >= model.rowCount():
            return
        self._following = True
        only = QItemSelectionModel.SelectionFlag.ClearAndSelect
        other.selectionModel().setCurrentIndex(model.index(now.row(), column), only)
        self._following = False

    def _put_in_order(self, pairs: tuple[ColumnPair, ...]) -> None:
        for side, grid in enumerate(self.grids):
            header = grid.horizontalHeader()
            wanted = [p.left if side == 0 else p.right for p in pairs]
            for place, column in enumerate(c for c in wanted if c >= 0):
                header.moveSection(header.visualIndex(column), place)
        for left, right in self._partners[0].items():
            widths = [
                grid.columnWidth(c)
                for grid, c in zip(self.grids, (left, right), strict=True)
            ]
            self.grids[0].setColumnWidth(left, max(widths))
            self.grids[1].setColumnWidth(right, max(widths))

    def _other(self, side: int, row: int, column: int) -> str | None:
        mine, other = self.grids[side].pages, self.grids[1 - side].pages
        if mine is None or other is None:
            return None
        partner = self._partners[side].get(column, -1)
        if partner < 0:
            return None if mine.peek(row, column) is NO_ROW else NO_COLUMN
        if row >= other.rowCount():
            return NO_SUCH_ROW
        here, there = mine.peek(row, column), other.cell(row, partner)
        if here is WAITING or there is WAITING or here is NO_ROW:
            return None
        if there is NO_ROW:
            return NO_SUCH_ROW
        if _same(here, there):
            return None
        return other.text_of(there, partner)


def _partners(
    pairs: tuple[ColumnPair, ...],
) -> tuple[dict[int, int], dict[int, int]]:
    both = [(p.left, p.right) for p in pairs if min(p.left, p.right) >= 0]
    return dict(both), {right: left for left, right in both}


def _same(one: Any, other: Any) -> bool:
    """As the process that reads tables sees it: NaN is NaN, 1 is 1.0, "1" is 1."""
    if one == other or (one != one and other != other):
        return True
    if isinstance(one, str) != isinstance(other, str):
        return str(one) == str(other)
    return False
