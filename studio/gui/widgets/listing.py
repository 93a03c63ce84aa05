"""Sorting of lists whose pages are fetched: the source sorts, not the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from studio.gui.widgets.rows_model import Column

T = TypeVar("T")


def in_order(rows: Sequence[T], column: Column[T], descending: bool) -> list[T]:
    """Rows by one column; those without a value stand last either way."""
    key = column.sort_key or column.getter
    known = [(value, row) for row in rows if _has_place(value := key(row))]
    without = [row for row in rows if not _has_place(key(row))]
    known.sort(key=lambda pair: _rank(pair[0]), reverse=descending)
    return [row for _, row in known] + without


def _has_place(value: Any) -> bool:
    return value not in (None, "") and value == value  # NaN is before nothing


def _rank(value: Any) -> tuple[int, Any]:
    match value:
        case bool() | int() | float():
            return (0, value)
        case datetime():
            return (0, value.timestamp())
    return (1, str(value).casefold())
