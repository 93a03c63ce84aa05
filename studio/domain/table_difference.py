"""What differs between two tables: row beside row, or rows that have the same key."""

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
class RowMatch:
    """Rows matched by the columns of a key.

    `matched` pairs of rows have the same key, `touched` of them a changed cell;
    `repeated` rows, left and right, have a key that stood before them. `sides` are
    the rows, left and right, of the places of a difference, -1 where there is none.
    """

    key: tuple[str, ...]
    matched: int
    touched: int = 0
    repeated: tuple[int, int] = (0, 0)
    reordered: bool = False
    sides: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class TableDifference:
    """`rows` are those of left and right; `places` are rows with a changed cell.

    Only the first places are listed. Rows that one table has more are none, but
    they are where rows were matched by a key: then a place is one of the `length`
    rows of both together.
    """

    rows: tuple[int, int]
    pairs: tuple[ColumnPair, ...]
    places: tuple[int, ...] = ()
    match: RowMatch | None = None

    @property
    def cells(self) -> int:
        return sum(pair.changed for pair in self.pairs)

    @property
    def removed(self) -> int:
        """Rows that only the left table has."""
        return self.rows[0] - self._common

    @property
    def added(self) -> int:
        """Rows that only the right table has."""
        return self.rows[1] - self._common

    @property
    def length(self) -> int:
        """Rows of both together, those that belong together counted once."""
        return sum(self.rows) - self._common

    @property
    def is_empty(self) -> bool:
        return not (self.removed or self.added) and all(
            pair.fate == "same" for pair in self.pairs
        )

    @property
    def _common(self) -> int:
        return min(self.rows) if self.match is None else self.match.matched

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
        none = "no difference" + (
            " but their order" if found.match and found.match.reordered else ""
        )
        words = [f"{_many(found.rows[0], 'row')}, {none}"]
        return " · ".join(words + _repeated_words(found.match))
    left, right = found.rows
    rows = _many(left, "row") if left == right else f"{left:,} → {right:,} rows"
    words = [rows]
    if found.match is not None:
        counts = (
            (found.added, "added"),
            (found.removed, "removed"),
            (found.match.touched, "changed"),
        )
        words += [f"{count:,} {told}" for count, told in counts if count]
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
    return " · ".join(words + _repeated_words(found.match))


def key_words(match: RowMatch | None) -> str:
    """How rows were matched: `Rows by id, day`, `Rows by number`."""
    return f"Rows by {', '.join(match.key)}" if match else "Rows by number"


def _repeated_words(match: RowMatch | None) -> list[str]:
    """That a key isn't one, and what was done about it."""
    if match is None or not any(match.repeated):
        return []
    sides = zip(("left", "right"), match.repeated, strict=True)
    where = " and ".join(f"{_many(n, 'row')} on the {side}" for side, n in sides if n)
    verb = "repeats" if sum(match.repeated) == 1 else "repeat"
    return [f"{where} {verb} an earlier key, matched in their order"]


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
