"""Add what columns were some rows before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import pandas as pd
import step
import tables


def main(
    data: Path,
    columns: str,
    lags: str,
    add: str,
    drop_incomplete: bool,
    table: Path,
    order_column: str | None = None,
    group_columns: str | None = None,
) -> None:
    frame = column_names.in_order(tables.frame(data), order_column, "order_column")
    groups = column_names.keys(list(frame.columns), group_columns)
    chosen = column_names.numbers(frame, columns)
    made: dict[str, Any] = {}
    for name in chosen:
        for lag in column_names.whole_numbers(lags, "lags"):
            made |= _made(frame, name, lag, groups, add)
    for name in made:
        column_names.new(frame.columns, name, "columns")
    result = frame.assign(**made)
    if drop_incomplete:
        result = result.dropna(subset=list(made))
    tables.write_frame(result, table)
    step.metrics(
        {
            "rows": len(result),
            "columns": result.shape[1],
            "rows_dropped": len(frame) - len(result),
        }
    )


def _made(
    frame: pd.DataFrame, name: str, lag: int, groups: list[str], add: str
) -> dict[str, Any]:
    rows: Any = frame.groupby(groups, dropna=False) if groups else frame
    before = rows[name].shift(lag)
    made = {}
    if add in ("lags", "both"):
        made[f"{name}_lag_{lag}"] = before
    if add in ("changes", "both"):
        made[f"{name}_change_{lag}"] = frame[name] - before
    return made


if __name__ == "__main__":
    step.run(main)
