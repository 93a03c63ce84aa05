"""Add means and other figures of the rows before each row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import pandas as pd
import step
import tables
from step import ComponentError

_FUNCTIONS = ("mean", "sum", "min", "max", "median", "std", "count")


def main(
    data: Path,
    columns: str,
    window: int,
    functions: str,
    include_current: bool,
    least: int,
    table: Path,
    order_column: str | None = None,
    group_columns: str | None = None,
) -> None:
    if least > window:
        raise ComponentError(
            f"A window of {window} rows never holds {least}",
            "Set 'Least' to the window or less",
        )
    frame = column_names.in_order(tables.frame(data), order_column, "order_column")
    groups = column_names.keys(list(frame.columns), group_columns)
    chosen = column_names.numbers(frame, columns)
    wanted = column_names.words(functions, _FUNCTIONS, "functions")
    made: dict[str, Any] = {}
    for name in chosen:
        rows = _rows(frame, name, groups, include_current)
        for function in wanted:
            new = column_names.new(
                frame.columns, f"{name}_{function}_{window}", "columns"
            )
            made[new] = _rolled(rows, groups, frame, window, least, function)
    result = frame.assign(**made)
    tables.write_frame(result, table)
    step.metrics({"rows": len(result), "columns": result.shape[1]})


def _rows(
    frame: pd.DataFrame, name: str, groups: list[str], include_current: bool
) -> pd.Series[Any]:
    """The values a row looks back on: without its own, it can't tell the future."""
    if include_current:
        return frame[name]
    grouped: Any = frame.groupby(groups, dropna=False) if groups else frame
    shifted: pd.Series[Any] = grouped[name].shift(1)
    return shifted


def _rolled(
    values: pd.Series[Any],
    groups: list[str],
    frame: pd.DataFrame,
    window: int,
    least: int,
    function: str,
) -> pd.Series[Any]:
    def figure(part: pd.Series[Any]) -> pd.Series[Any]:
        rolling = part.rolling(window, min_periods=least)
        made: pd.Series[Any] = getattr(rolling, function)()
        return made

    if not groups:
        return figure(values)
    keys = [frame[name] for name in groups]
    parts = [figure(part) for _, part in values.groupby(keys, dropna=False)]
    return pd.concat(parts).reindex(values.index)


if __name__ == "__main__":
    step.run(main)
