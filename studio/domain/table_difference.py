"""What differs between two tables whose rows stand in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.domain.table import TableShape

ColumnFate: TypeAlias = Literal["same", "changed", "retyped", "left", "right"]


@dataclass(frozen=True)
class ColumnPair:
    """A column of the left table, the right one or both; -1 where it isn't there."""

    name: str
    left: int
    right: int
    left_type: str = ""
    right_type: str = ""
    changed: int = 0

    @property
    def fate(self) -> ColumnFate:
        if self.right < 0:
            return "left"
        if self.left < 0:
            return "right"
        if self.left_type != self.right_type:
            return "retyped"
        return "changed" if self.changed else "same"


@dataclass(frozen=True)
class TableDifference:
    """`rows` are those of left and right; `places` are rows with a changed cell.

    Only the first places are listed; rows that one table has more are none.
    """

    rows: tuple[int, int]
    pairs: tuple[ColumnPair, ...]
    places: tuple[int, ...] = ()

    @property
    def cells(self) -> int:
        return sum(pair.changed for pair in self.pairs)

    @property
    def is_empty(self) -> bool:
        return self.rows[0] == self.rows[1] and all(
            pair.fate == "same" for pair in self.pairs
        )

    def next_place(self, row: int, step: int) -> int | None:
        """The nearest changed row after (1) or before (-1) a row; None if none."""
        if step > 0:
            return next((place for place in self.places if place > row), None)
        return next((place for place in reversed(self.places) if place < row), None)


def pair_columns(
    left: TableShape,
    right: TableShape,
    changed: Mapping[str, int] | None = None,
) -> tuple[ColumnPair, ...]:
    """Columns of both in the left's order, then the left's own, then the right's."""
    lefts = {name: at for at, name in reversed(list(enumerate(left.names)))}
    rights = {name: at for at, name in reversed(list(enumerate(right.names)))}
    both = [name for name in lefts if name in rights]
    both.sort(key=lefts.__getitem__)
    own = [n for at, n in enumerate(left.names) if n not in rights or lefts[n] != at]
    more = [n for at, n in enumerate(right.names) if n not in lefts or rights[n] != at]
    pairs = [
        ColumnPair(
            name,
            lefts[name],
            rights[name],
            left.columns[lefts[name]].type,
            right.columns[rights[name]].type,
            (changed or {}).get(name, 0),
        )
        for name in both
    ]
    pairs += [ColumnPair(n, lefts[n], -1, left.columns[lefts[n]].type) for n in own]
    pairs += [
        ColumnPair(n, -1, rights[n], "", right.columns[rights[n]].type) for n in more
    ]
    return tuple(pairs)


def difference_words(found: TableDifference) -> str:
    """`344 → 300 rows · 12 cells differ in 2 columns · 1 column only left`."""
    if found.is_empty:
        return f"{_many(found.rows[0], 'row')}, no difference"
    left, right = found.rows
    rows = _many(left, "row") if left == right else f"{left:,} → {right:,} rows"
    words = [rows]
    touched = sum(pair.changed > 0 for pair in found.pairs)
    if touched:
        cells = "cell differs" if found.cells == 1 else "cells differ"
        words.append(f"{found.cells:,} {cells} in {_many(touched, 'column')}")
    for fate, told in (
        ("left", "only left"),
        ("right", "only right"),
        ("retyped", "of another type"),
    ):
        if count := sum(pair.fate == fate for pair in found.pairs):
            words.append(f"{_many(count, 'column')} {told}")
    return " · ".join(words)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
