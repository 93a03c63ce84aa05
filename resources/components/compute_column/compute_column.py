"""Work out a column from others."""

from __future__ import annotations

from pathlib import Path

import queries
import step
import tables
from step import ComponentError


def main(data: Path, name: str, expression: str, table: Path) -> None:
    source = tables.read(data)
    if not name.strip():
        raise ComponentError("The new column has no name", "Give one in 'Name'")
    values = queries.computed(source, expression, "expression")
    if name in source.column_names:
        place = source.column_names.index(name)
        result = source.set_column(place, name, values)
        print(f"Column '{name}' is replaced")
    else:
        result = source.append_column(name, values)
    print(
        f"{name} holds {values.type}, {step.count(values.null_count, 'missing value')}"
    )
    tables.write(result, table)
    step.metrics({"rows": result.num_rows, "columns": result.num_columns})


if __name__ == "__main__":
    step.run(main)
