"""Make rows of columns: a row for each value of each of them."""

from __future__ import annotations

from pathlib import Path

import columns as column_names
import pandas as pd
import step
import tables
from step import ComponentError


def main(
    data: Path,
    columns: str,
    name_column: str,
    value_column: str,
    drop_missing: bool,
    table: Path,
) -> None:
    frame = tables.frame(data)
    chosen = tables.choose(list(frame.columns), columns)
    if not chosen:
        raise ComponentError("No column is named", "Name columns in 'Columns'")
    kept = [name for name in frame.columns if name not in chosen]
    column_names.new(kept, name_column, "name_column")
    column_names.new([*kept, name_column], value_column, "value_column")
    long = _long(frame, kept, chosen, name_column, value_column)
    if drop_missing:
        long = long[long[value_column].notna()]
    tables.write_frame(long, table)
    step.metrics({"rows": len(long), "columns": long.shape[1]})


def _long(
    frame: pd.DataFrame, kept: list[str], chosen: list[str], name: str, value: str
) -> pd.DataFrame:
    """The rows of one row of the table stay together."""
    values = frame[chosen]
    numbers = [column for column in chosen if column_names.is_number(frame[column])]
    if 0 < len(numbers) < len(chosen):
        print("Numbers and text together: all values become text")
        values = values.astype("string")
    long = frame[kept].assign(**values).melt(kept, chosen, name, value)
    size = len(frame)
    order = [row + part * size for row in range(size) for part in range(len(chosen))]
    return long.iloc[order].reset_index(drop=True)


if __name__ == "__main__":
    step.run(main)
