"""Put the rows of several tables below each other."""

from __future__ import annotations

from pathlib import Path

import columns as column_names
import pyarrow as pa
import step
import tables
from step import ComponentError


def main(
    t1: Path,
    t2: Path,
    columns: str,
    table: Path,
    t3: Path | None = None,
    t4: Path | None = None,
    source_column: str | None = None,
) -> None:
    given = {"t1": t1, "t2": t2, "t3": t3, "t4": t4}
    parts = {name: tables.read(path) for name, path in given.items() if path}
    fitting = _fitting(parts, columns)
    if source_column:
        fitting = _with_source(fitting, source_column)
    joined = _together(fitting)
    tables.write(joined, table)
    step.metrics({"rows": joined.num_rows, "columns": joined.num_columns})


def _fitting(parts: dict[str, pa.Table], wanted: str) -> dict[str, pa.Table]:
    """The tables with the columns that are to be kept."""
    first = parts["t1"].column_names
    if wanted == "all":
        return parts
    if wanted == "same":
        for name, part in parts.items():
            _check_same(name, part.column_names, first)
        return {name: part.select(first) for name, part in parts.items()}
    shared = [c for c in first if all(c in p.column_names for p in parts.values())]
    if not shared:
        raise ComponentError(
            "The tables have no column in common",
            "Set 'Columns' to all, or rename columns first",
        )
    return {name: part.select(shared) for name, part in parts.items()}


def _check_same(name: str, columns: list[str], first: list[str]) -> None:
    if lacking := [each for each in first if each not in columns]:
        raise ComponentError(
            f"Table {name} has no column '{lacking[0]}', but t1 has",
            f"{step.closest(lacking[0], columns)}"
            "Rename or add it, or set 'Columns' to all or shared",
        )
    if more := [each for each in columns if each not in first]:
        raise ComponentError(
            f"Table {name} has a column '{more[0]}', but t1 hasn't",
            f"{step.closest(more[0], first)}"
            "Leave it out, or set 'Columns' to all or shared",
        )


def _with_source(parts: dict[str, pa.Table], name: str) -> dict[str, pa.Table]:
    every = [column for part in parts.values() for column in part.column_names]
    column_names.new(every, name, "source_column")
    return {
        source: part.append_column(name, pa.array([source] * part.num_rows))
        for source, part in parts.items()
    }


def _together(parts: dict[str, pa.Table]) -> pa.Table:
    first = parts["t1"]
    for name, part in parts.items():
        try:
            pa.concat_tables([first, part], promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise _different_types(first, name, part, error) from error
    return tables.concatenate(list(parts.values()))


def _different_types(
    first: pa.Table, name: str, part: pa.Table, error: Exception
) -> ComponentError:
    for column in part.column_names:
        if column not in first.column_names:
            continue
        mine, other = first.schema.field(column).type, part.schema.field(column).type
        try:
            pa.unify_schemas(
                [pa.schema([(column, mine)]), pa.schema([(column, other)])],
                promote_options="permissive",
            )
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return ComponentError(
                f"Column '{column}' holds {mine} in t1, but {other} in {name}",
                "Put a Convert types step before this one",
            )
    return ComponentError(
        f"The tables don't fit together: {tables.first_line(error)}",
        "Put a Convert types step before this one",
    )


if __name__ == "__main__":
    step.run(main)
