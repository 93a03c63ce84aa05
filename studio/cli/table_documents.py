"""A table for the command line: its columns, some rows, and what its columns hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.cli.output import note, say
from studio.cli.tables import number, table

if TYPE_CHECKING:
    from studio.domain.table import ColumnProfile, TableColumn
    from studio.services.tables.service import Table

_LONGEST = 40


def table_document(
    found: Table, rows: int, filter: str = "", profile: bool = False
) -> dict[str, Any]:
    """`columns`, `rows` (of all), `matching`, `data` (row by row) and `profile`."""
    shape = found.settle()
    order = found.order(shape, filter)
    page = found.page(0, rows, range(len(shape.columns)), order)
    document: dict[str, Any] = {
        "columns": [_column(column) for column in shape.columns],
        "rows": shape.rows,
        "data": [list(cells) for cells in zip(*page.columns, strict=True)],
    }
    if filter:
        document["matching"] = found.count(order)
    if profile:
        made = found.profile(lambda at, one: _progress(at, len(shape.columns)))
        document["profile"] = [profile_entry(one) for one in made.columns]
    return document


def profile_entry(profile: ColumnProfile) -> dict[str, Any]:
    """One column's figures; what does not apply is null."""
    return {
        **_column(profile.column),
        "kind": profile.kind,
        "count": profile.count,
        "missing": profile.missing,
        "distinct": profile.distinct,
        "min": profile.minimum,
        "mean": profile.mean,
        "median": profile.median,
        "max": profile.maximum,
        "std": profile.std,
        "histogram": [
            {"from": low, "to": high, "count": count}
            for low, high, count in profile.bars
        ],
        "top": [{"value": value, "count": count} for value, count in profile.top],
    }


def show_table(document: dict[str, Any]) -> None:
    """Rows, or the profile if there is one, for a person."""
    say(f"{document['rows']:,} rows, {len(document['columns'])} columns")
    if "matching" in document:
        say(f"{document['matching']:,} of them match")
    say()
    if "profile" in document:
        _show_profile(document["profile"])
        return
    names = [column["name"] for column in document["columns"]]
    rows = [[_cell(value) for value in row] for row in document["data"]]
    table(names, rows, "The table has no rows")


def _show_profile(profile: list[dict[str, Any]]) -> None:
    figures = ("count", "missing", "distinct", "min", "mean", "median", "max", "std")
    head = ("Column", "Type", *(name.capitalize() for name in figures))
    rows = [
        [one["name"], one["type"], *(_cell(one[name]) for name in figures)]
        for one in profile
    ]
    table(head, rows, "The table has no columns")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    written = number(value) if isinstance(value, float) else str(value)
    return written if len(written) <= _LONGEST else written[:_LONGEST] + "…"


def _column(column: TableColumn) -> dict[str, Any]:
    return {"name": column.name, "type": column.type, "nullable": column.nullable}


def _progress(at: int, of: int) -> None:
    if (at + 1) % 10 == 0 and at + 1 < of:
        note(f"{at + 1} of {of} columns")
