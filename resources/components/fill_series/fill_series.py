"""Fill the gaps of a time series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError


def main(
    data: Path,
    time_column: str,
    method: str,
    longest: int,
    table: Path,
    columns: str | None = None,
    group_columns: str | None = None,
    every: str | None = None,
) -> None:
    frame = tables.frame(data)
    groups = column_names.keys(list(frame.columns), group_columns)
    frame = _in_time(frame, time_column, groups)
    chosen = column_names.numbers(frame, columns, without=[*groups, time_column])
    if every:
        frame = _regular(frame, time_column, groups, every)
    before = int(frame[chosen].isna().sum().sum())
    filled = {
        name: _by_group(frame, name, time_column, groups, method, longest)
        for name in chosen
    }
    result = frame.assign(**filled)
    tables.write_frame(result, table)
    left = int(result[chosen].isna().sum().sum())
    step.metrics({"rows": len(result), "values_filled": before - left})


def _in_time(frame: pd.DataFrame, time: str, groups: list[str]) -> pd.DataFrame:
    """The rows of each group by time, which must be known and there once."""
    tables.require(list(frame.columns), time, "time_column")
    if not (
        types.is_datetime64_any_dtype(frame[time])
        or column_names.is_number(frame[time])
    ):
        raise ComponentError(
            f"Column '{time}' holds no times",
            "Put a Convert types step before this one, or choose another 'Time column'",
        )
    if missing := int(frame[time].isna().sum()):
        raise ComponentError(
            f"Column '{time}' has {step.count(missing, 'missing value')}",
            "Drop those rows with a Clean missing values step first",
        )
    keys = [*groups, time]
    twice = frame[frame.duplicated(keys)]
    if len(twice):
        raise ComponentError(
            f"The time {twice[time].iloc[0]} is there more than once",
            "Name what tells the series apart in 'Group columns', or aggregate first",
        )
    return frame.sort_values(keys, kind="stable").reset_index(drop=True)


def _regular(
    frame: pd.DataFrame, time: str, groups: list[str], every: str
) -> pd.DataFrame:
    """A row for each point of a grid from the first to the last time."""
    if not types.is_datetime64_any_dtype(frame[time]):
        raise ComponentError(
            f"Column '{time}' holds numbers, and 'Every' needs dates",
            "Empty 'Every', or put a Convert types step before",
        )
    if not _is_length(every):
        raise ComponentError(
            f"'{every}' is no length of time", "Write one like 1D, 12h, 15min or 1W"
        )
    parts = [_on_grid(part, time, groups, every) for _, part in _groups(frame, groups)]
    return pd.concat(parts, ignore_index=True)


def _is_length(text: str) -> bool:
    try:
        return pd.tseries.frequencies.to_offset(text) is not None
    except ValueError:
        return False


def _on_grid(
    part: pd.DataFrame, time: str, groups: list[str], every: str
) -> pd.DataFrame:
    start = part[time].iloc[0]
    grid = pd.date_range(start, part[time].iloc[-1], freq=every, name=time)
    union = grid.union(pd.DatetimeIndex(part[time]))
    dense = part.set_index(time).reindex(union.rename(time)).reset_index()
    for name in groups:
        dense[name] = part[name].iloc[0]
    return dense[list(part.columns)]


def _groups(frame: pd.DataFrame, groups: list[str]) -> Any:
    if not groups:
        return [((), frame)]
    return frame.groupby(groups, dropna=False, sort=True)


def _by_group(
    frame: pd.DataFrame,
    name: str,
    time: str,
    groups: list[str],
    method: str,
    longest: int,
) -> pd.Series[Any]:
    parts = [
        _filled(part.set_index(time)[name].astype("float64"), method, longest).set_axis(
            part.index
        )
        for _, part in _groups(frame, groups)
    ]
    return pd.concat(parts).reindex(frame.index)


def _filled(column: pd.Series[Any], method: str, longest: int) -> pd.Series[Any]:
    """Gaps of up to `longest` values; those at the ends have one side only."""
    gaps = column.isna()
    if method == "previous":
        filled = column.ffill()
    elif method == "next":
        filled = column.bfill()
    else:
        way = "time" if isinstance(column.index, pd.DatetimeIndex) else "index"
        filled = (
            column.interpolate(
                way if method == "linear" else "nearest", limit_area="inside"
            )
            if column.notna().sum() > 1
            else column
        )
    runs = gaps.groupby((gaps != gaps.shift()).cumsum()).transform("sum")
    return filled.where(~(gaps & (runs > longest))) if longest else filled


if __name__ == "__main__":
    step.run(main)
