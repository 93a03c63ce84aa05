"""Make numbers of dates: year, month, weekday and so on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import numpy as np
import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError

_PARTS = {
    "year": lambda t: t.dt.year,
    "quarter": lambda t: t.dt.quarter,
    "month": lambda t: t.dt.month,
    "week": lambda t: t.dt.isocalendar().week,
    "day": lambda t: t.dt.day,
    "day_of_year": lambda t: t.dt.dayofyear,
    "weekday": lambda t: t.dt.weekday + 1,
    "weekend": lambda t: (t.dt.weekday >= 5).astype("Int64").where(t.notna()),
    "hour": lambda t: t.dt.hour,
    "minute": lambda t: t.dt.minute,
    "second": lambda t: t.dt.second,
    "month_end": lambda t: t.dt.is_month_end.astype("Int64").where(t.notna()),
    "epoch_days": lambda t: (t - pd.Timestamp(0, tz=t.dt.tz)).dt.days,
}
_CYCLES = {
    "month": (12, 1),
    "week": (52, 1),
    "day": (31, 1),
    "day_of_year": (366, 1),
    "weekday": (7, 1),
    "hour": (24, 0),
    "minute": (60, 0),
    "second": (60, 0),
    "quarter": (4, 1),
}


def main(
    data: Path,
    parts: str,
    cyclic: bool,
    keep: bool,
    table: Path,
    columns: str | None = None,
) -> None:
    frame = tables.frame(data)
    wanted = column_names.words(parts, _PARTS, "parts")
    dates = [n for n in frame.columns if types.is_datetime64_any_dtype(frame[n])]
    chosen = tables.choose(list(frame.columns), columns, default=dates)
    if not chosen:
        raise ComponentError(
            "No column of the table holds dates",
            "Name the columns in 'Columns', or put a Convert types step before",
        )
    made: dict[str, Any] = {}
    for name in chosen:
        made |= _made(_times(frame[name]), name, wanted, cyclic)
    rest = frame if keep else frame.drop(columns=chosen)
    for name in made:
        column_names.new(rest.columns, name, "columns")
    result = rest.assign(**made)
    tables.write_frame(result, table)
    step.metrics({"rows": len(result), "columns": result.shape[1]})


def _times(column: pd.Series[Any]) -> pd.Series[Any]:
    if types.is_datetime64_any_dtype(column):
        return column
    numbers = column_names.is_number(column)
    times = pd.to_datetime(column.astype("string"), format="ISO8601", errors="coerce")
    failed = times.isna() & column.notna()
    if numbers or failed.any():
        first = column[failed].iloc[0] if failed.any() else column.iloc[0]
        raise ComponentError(
            f"Column '{column.name}' holds '{first}', which is no date",
            "Put a Convert types step with 'Time format' before this one",
        )
    return times


def _made(
    times: pd.Series[Any], name: str, wanted: list[str], cyclic: bool
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for part in wanted:
        values = _PARTS[part](times).astype("Int64")
        if cyclic and part in _CYCLES:
            length, first = _CYCLES[part]
            angle = (values.astype("Float64") - first) * (2 * np.pi / length)
            plain = angle.to_numpy(dtype="float64", na_value=np.nan)
            made[f"{name}_{part}_sin"] = np.sin(plain)
            made[f"{name}_{part}_cos"] = np.cos(plain)
        else:
            made[f"{name}_{part}"] = values
    return made


if __name__ == "__main__":
    step.run(main)
