"""Keep some columns of a table, or leave some out."""

from __future__ import annotations

from pathlib import Path

import step
import tables
from step import ComponentError


def main(data: Path, columns: str, mode: str, table: Path) -> None:
    source = tables.read(data)
    chosen = tables.choose(source.column_names, columns, default=source.column_names)
    if mode == "exclude":
        chosen = [name for name in source.column_names if name not in chosen]
    if not chosen:
        raise ComponentError(
            "No column is left", "Choose fewer columns to exclude in 'Columns'"
        )
    tables.write(source.select(chosen), table)
    step.metrics({"rows": source.num_rows, "columns": len(chosen)})


if __name__ == "__main__":
    step.run(main)
