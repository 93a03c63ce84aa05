"""One row for each group of rows."""

from __future__ import annotations

from pathlib import Path

import columns as column_names
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
    "std": "stddev_samp({})",
    "var": "var_samp({})",
    "first": "first({})",
    "last": "last({})",
    "most_frequent": "mode({})",
    "known": "count({})",
    "missing": "count(*) - count({})",
    "distinct": "count(DISTINCT {})",
}
_OF_NUMBERS = ("mean", "sum", "median", "std", "var")


def main(
    data: Path,
    functions: str,
    count_column: str,
    table: Path,
    group_columns: str | None = None,
    columns: str | None = None,
) -> None:
    source = tables.read(data)
    groups = column_names.keys(source.column_names, group_columns)
    wanted = column_names.words(functions, _FUNCTIONS, "functions")
    values = _values(source, columns, groups)
    _check_kinds(source, values, wanted, named=bool(columns))
    made = {
        f"{name}_{function}": _FUNCTIONS[function].format(quoted(name))
        for name in values
        for function in wanted
        if _fits(source, name, function)
    }
    if count_column.strip():
        made = {count_column.strip(): "count(*)", **made}
    result = _grouped(source, groups, made)
    tables.write(result, table)
    step.metrics({"rows": result.num_rows, "columns": result.num_columns})


def _values(source: pa.Table, columns: str | None, groups: list[str]) -> list[str]:
    numbers = [
        name
        for name in source.column_names
        if name not in groups and _is_number(source, name)
    ]
    return tables.choose(source.column_names, columns, default=numbers)


def _is_number(source: pa.Table, name: str) -> bool:
    kind = source.schema.field(name).type
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    )


def _fits(source: pa.Table, name: str, function: str) -> bool:
    return function not in _OF_NUMBERS or _is_number(source, name)


def _check_kinds(
    source: pa.Table, values: list[str], functions: list[str], named: bool
) -> None:
    """A column that none of the functions suits is an error."""
    for name in values:
        if named and not any(_fits(source, name, function) for function in functions):
            raise ComponentError(
                f"Column '{name}' holds no numbers, so it has no {functions[0]}",
                "Leave it out of 'Columns', or add first, most_frequent or distinct "
                "to 'Functions'",
            )


def _grouped(source: pa.Table, groups: list[str], made: dict[str, str]) -> pa.Table:
    if clash := [name for name in made if name in groups]:
        raise ComponentError(
            f"The result would have two columns '{clash[0]}'",
            "Change 'Count column', or rename a column first",
        )
    if not groups and not made:
        raise ComponentError(
            "There is nothing to work out", "Name columns in 'Columns'"
        )
    chosen = [quoted(name) for name in groups]
    chosen += [f"{formula} AS {quoted(name)}" for name, formula in made.items()]
    query = f"SELECT {', '.join(chosen)} FROM t"
    if groups:
        keys = queries.listed(groups)
        query += f" GROUP BY {keys} ORDER BY {keys}"
    return queries.ask(query, t=source)


if __name__ == "__main__":
    step.run(main)
