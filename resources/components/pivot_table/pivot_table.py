"""Make columns of the values of a column."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import queries
import step
import tables
from queries import quoted
from step import ComponentError

_FUNCTIONS = {
    "mean": "avg({})",
    "sum": "sum({})",
    "min": "min({})",
    "max": "max({})",
    "median": "median({})",
    "first": "first({})",
    "count": "count({})",
}
_MOST = 500


def main(
    data: Path,
    row_columns: str,
    names_from: str,
    values_from: str,
    function: str,
    table: Path,
    fill: float | None = None,
) -> None:
    source = tables.read(data)
    rows = tables.choose(source.column_names, row_columns, "row_columns")
    tables.require(source.column_names, names_from, "names_from")
    tables.require(source.column_names, values_from, "values_from")
    _check(source, rows, names_from, values_from, function)
    names = _names(source, names_from, rows)
    formula = _FUNCTIONS[function].format(quoted(values_from))
    cells = [_cell(formula, names_from, value, name, fill) for value, name in names]
    keys = queries.listed(rows)
    grouped = f" GROUP BY {keys} ORDER BY {keys}" if rows else ""
    chosen = ", ".join(filter(None, [keys, *cells]))
    result = queries.ask(f"SELECT {chosen} FROM t{grouped}", t=source)
    tables.write(result, table)
    step.metrics({"rows": result.num_rows, "columns": result.num_columns})


def _check(
    source: pa.Table, rows: list[str], names: str, values: str, function: str
) -> None:
    if names in rows:
        raise ComponentError(
            f"Column '{names}' can't be in rows and columns at once",
            "Leave it out of 'Row columns'",
        )
    kind = source.schema.field(values).type
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    if function in ("mean", "sum", "median") and not (
        number or pa.types.is_decimal(kind)
    ):
        raise ComponentError(
            f"Column '{values}' holds no numbers, so it has no {function}",
            "Set 'Function' to first or count, or choose another 'Values from'",
        )


def _names(source: pa.Table, column: str, rows: list[str]) -> list[tuple[str, str]]:
    """Each value of the column as text, and the name of the column it becomes."""
    name = quoted(column)
    query = (
        f"SELECT DISTINCT {name} AS v, CAST({name} AS VARCHAR) AS s "
        f"FROM t WHERE {name} IS NOT NULL ORDER BY v"
    )
    values = queries.ask(query, t=source).column("s").to_pylist()
    if not values:
        raise ComponentError(
            f"Column '{column}' has no value to make columns of",
            "Choose another one in 'Names from'",
        )
    if len(values) > _MOST:
        raise ComponentError(
            f"Column '{column}' has {len(values)} values: {_MOST} columns at most "
            "are made",
            "Choose another one in 'Names from', or filter the rows first",
        )
    return [(v, f"{column}_{v}" if v in rows or not v else v) for v in values]


def _cell(formula: str, column: str, value: str, name: str, fill: float | None) -> str:
    text = value.replace("'", "''")
    cell = f"{formula} FILTER (WHERE CAST({quoted(column)} AS VARCHAR) = '{text}')"
    if fill is not None:
        cell = f"coalesce({cell}, {fill!r})"
    return f"{cell} AS {quoted(name)}"


if __name__ == "__main__":
    step.run(main)
