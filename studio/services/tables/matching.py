"""Rows of two tables matched by a key: what the process that reads tables is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from studio.domain.errors import InvalidError
from studio.domain.table_difference import ColumnPair, RowMatch

Keys: TypeAlias = list[list[int]]
"""Pairs of columns, left and right."""


def key_columns(both: Sequence[ColumnPair], key: Sequence[str]) -> Keys:
    """Columns of both tables by their names; InvalidError names one that isn't."""
    named = {pair.name: pair for pair in both}
    for name in key:
        if name not in named:
            shown = ", ".join(list(named)[:8]) + (", …" if len(named) > 8 else "")
            raise InvalidError(
                f"Rows can't be matched by '{name}': both tables must have that column",
                f"Columns of both: {shown or 'none'}",
            )
    return [[named[name].left, named[name].right] for name in dict.fromkeys(key)]


def read_match(both: Sequence[ColumnPair], answer: Any) -> RowMatch | None:
    """How rows were matched, if it was by a key."""
    if "keys" not in answer:
        return None
    names = {pair.left: pair.name for pair in both}
    left, right = answer["repeated"]
    return RowMatch(
        tuple(names[one] for one, _ in answer["keys"]),
        answer["matched"],
        answer["touched"],
        (left, right),
        answer["reordered"],
        tuple((one, other) for one, other in answer["sides"]),
    )
