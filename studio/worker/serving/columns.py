"""A request's rows brought to the columns and types a model was trained with."""

from __future__ import annotations

import difflib
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .body import Table
from .problems import BadRequest

_NUMBERS = {"double": float, "float": float, "long": int, "integer": int}


class Column:
    """A column of a signature: its name, MLflow type and whether it must be sent."""

    def __init__(self, name: str, kind: str, required: bool = True) -> None:
        self.name = name
        self.kind = kind
        self.required = required


def frame(table: Table, wanted: Optional[List[Column]]) -> Any:
    """A pandas DataFrame in the order of `wanted`; columns not wanted are left out.

    BadRequest names a column that is missing, or the value of a wrong type.
    """
    import pandas

    if not wanted:
        return pandas.DataFrame(table.rows, columns=table.columns)
    values = {
        column.name: _typed(cells, column) for column, cells in _cells(table, wanted)
    }
    frame = pandas.DataFrame(values)
    for column in wanted:
        if column.kind == "datetime":
            frame[column.name] = _times(frame[column.name], column)
    return frame


def rows_in_order(table: Table, wanted: List[Column]) -> List[List[Any]]:
    """The rows' numbers in the order of `wanted`, for a model that takes a matrix."""
    columns = [_typed(cells, column) for column, cells in _cells(table, wanted)]
    return [list(row) for row in zip(*columns)]


def _cells(table: Table, wanted: List[Column]) -> Iterator[Tuple[Column, List[Any]]]:
    places = _places(table, wanted)
    for column in wanted:
        place = places[column.name]
        yield column, [None if place is None else row[place] for row in table.rows]


def _places(table: Table, wanted: List[Column]) -> Dict[str, Optional[int]]:
    """Where each wanted column stands in a row; None for an optional absent one."""
    if table.columns is None:
        if len(table.rows[0]) != len(wanted):
            raise BadRequest(
                "Each row has %d values; the model takes %d"
                % (len(table.rows[0]), len(wanted)),
                "Its columns are: %s" % ", ".join(c.name for c in wanted),
            )
        return {column.name: place for place, column in enumerate(wanted)}
    given = {name: place for place, name in enumerate(table.columns)}
    missing = [c.name for c in wanted if c.required and c.name not in given]
    if missing:
        raise BadRequest(_missing(missing), _near(missing[0], table.columns))
    return {column.name: given.get(column.name) for column in wanted}


def _missing(names: List[str]) -> str:
    listed = ", ".join("'%s'" % name for name in names[:8])
    more = " and %d more" % (len(names) - 8) if len(names) > 8 else ""
    return "The request lacks the column%s %s%s" % (
        "s" if len(names) > 1 else "",
        listed,
        more,
    )


def _near(name: str, given: List[str]) -> str:
    close = difflib.get_close_matches(name, given, 1)
    if close:
        return "It has '%s'; is that meant as '%s'?" % (close[0], name)
    return "It has: %s" % ", ".join(given[:20])


def _typed(cells: List[Any], column: Column) -> List[Any]:
    if column.kind in _NUMBERS:
        return [_number(c, column, place) for place, c in enumerate(cells)]
    if column.kind == "boolean":
        return [_boolean(c, column, place) for place, c in enumerate(cells)]
    if column.kind == "string":
        return [None if cell is None else str(cell) for cell in cells]
    if all(cell is None for cell in cells):
        return [float("nan")] * len(cells)  # pandas would take them for text
    return cells


def _times(cells: Any, column: Column) -> Any:
    import pandas

    try:
        return pandas.to_datetime(cells)
    except (ValueError, TypeError) as error:
        raise BadRequest(
            "'%s' must hold times: %s" % (column.name, error),
            "Write them as 2026-01-31T12:00:00",
        ) from error


def _number(cell: Any, column: Column, place: int) -> float:
    if cell is None:
        return float("nan")
    if isinstance(cell, (int, float)):
        return cell
    try:
        return float(cell)
    except (TypeError, ValueError):
        raise _wrong(cell, column, place, "a number") from None


def _boolean(cell: Any, column: Column, place: int) -> Any:
    if cell is None or isinstance(cell, bool):
        return cell
    if cell in (0, 1):
        return bool(cell)
    raise _wrong(cell, column, place, "true or false")


def _wrong(cell: Any, column: Column, place: int, wanted: str) -> BadRequest:
    return BadRequest(
        "Row %d: '%s' must be %s, not %r" % (place + 1, column.name, wanted, cell),
        "Correct the value, or send null for a missing one",
    )
