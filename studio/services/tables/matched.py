"""Two tables beside each other, row by row as a difference has matched them."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.table import NO_ROW, TableOrder, TablePage
from studio.domain.table_difference import TableDifference
from studio.services.tables.matching import Keys, key_columns
from studio.services.tables.service import Table


def matched_tables(
    left: Table, right: Table, found: TableDifference
) -> tuple[MatchedTable, MatchedTable]:
    """Both, of `found.length` rows each."""
    both = [pair for pair in found.pairs if min(pair.left, pair.right) >= 0]
    keys = key_columns(both, found.match.key if found.match else ())
    return MatchedTable(left, right, keys, False), MatchedTable(left, right, keys, True)


class MatchedTable:
    """One side, with gaps for rows that only the other has."""

    def __init__(self, left: Table, right: Table, keys: Keys, is_right: bool) -> None:
        self._left, self._right = left, right
        self._keys, self._is_right = keys, is_right

    def page(
        self,
        start: int,
        count: int,
        columns: Sequence[int],
        order: TableOrder | None = None,
    ) -> TablePage:
        """Cells of some of the rows of both; `order` is that of the match."""
        rows = range(start, start + count)
        found = self._left.page_beside(
            self._right, self._keys, self._is_right, rows, columns
        )
        gaps = {place for place, row in enumerate(found.rows) if row < 0}
        if not gaps:
            return found
        cells = tuple(
            [NO_ROW if place in gaps else cell for place, cell in enumerate(column)]
            for column in found.columns
        )
        return TablePage(cells, found.rows)
