"""Drop or fill missing values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError


def main(
    data: Path,
    method: str,
    threshold: float,
    table: Path,
    columns: str | None = None,
    value: str | None = None,
) -> None:
    frame = tables.frame(data)
    chosen = tables.choose(list(frame.columns), columns, default=frame.columns)
    missing = frame[chosen].isna()
    if method == "drop_rows":
        cleaned = frame[missing.mean(axis=1) <= threshold]
    elif method == "drop_columns":
        cleaned = frame.drop(columns=_mostly_missing(missing, threshold))
    else:
        named = chosen if columns else _fillable(frame, chosen, method)
        cleaned = _filled(frame, named, method, value)
    _report(frame, cleaned)
    tables.write_frame(cleaned, table)


def _mostly_missing(missing: pd.DataFrame, threshold: float) -> list[str]:
    share = missing.mean(axis=0)
    dropped = [str(name) for name in share.index[share > threshold]]
    if dropped:
        print(f"Dropped columns: {step.listing(dropped)}")
    return dropped


def _fillable(frame: pd.DataFrame, chosen: list[str], method: str) -> list[str]:
    """Of all columns, those the method can fill; others are named and kept."""
    if method in ("mode", "constant"):
        return chosen
    fitting = [name for name in chosen if _is_number(frame[name])]
    left = [n for n in chosen if n not in fitting and frame[n].isna().any()]
    if left:
        print(f"Left as they are, for they hold no numbers: {step.listing(left)}")
    return fitting


def _filled(
    frame: pd.DataFrame, chosen: list[str], method: str, value: str | None
) -> pd.DataFrame:
    result = frame.copy()
    for name in chosen:
        if frame[name].isna().any():
            filling = _filling(frame[name], method, value)
            result[name] = frame[name].fillna(filling)
    return result


def _filling(column: pd.Series[Any], method: str, value: str | None) -> Any:
    if method == "constant":
        return _constant(column, value)
    if column.isna().all():
        raise ComponentError(
            f"Column '{column.name}' has no value at all, so it has no {method}",
            "Leave it out of 'Columns', or choose the method drop_columns or constant",
        )
    if method == "mode":
        return column.mode().iloc[0]
    if not _is_number(column):
        raise ComponentError(
            f"Column '{column.name}' holds no numbers, so it has no {method}",
            "Choose the method mode or constant for it, or leave it out of 'Columns'",
        )
    return column.mean() if method == "mean" else column.median()


def _constant(column: pd.Series[Any], value: str | None) -> Any:
    if value is None:
        raise ComponentError(
            "There is no value to fill in", "Give one in 'Value', or choose a method"
        )
    try:
        if types.is_bool_dtype(column.dropna().infer_objects()):
            return step.boolean(value)
        if types.is_datetime64_any_dtype(column):
            return pd.Timestamp(value)
        return float(value) if _is_number(column) else value
    except ValueError:
        raise ComponentError(
            f"'{value}' can't be filled into column '{column.name}' "
            f"of type {column.dtype}",
            "Give a value of its type in 'Value', or name other columns in 'Columns'",
        ) from None


def _is_number(column: pd.Series[Any]) -> bool:
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


def _report(before: pd.DataFrame, after: pd.DataFrame) -> None:
    kept = before.loc[after.index, after.columns]
    step.metrics(
        {
            "rows": len(after),
            "rows_dropped": len(before) - len(after),
            "columns_dropped": before.shape[1] - after.shape[1],
            "values_filled": int(kept.isna().sum().sum() - after.isna().sum().sum()),
        }
    )
    if after.empty:
        raise ComponentError(
            "Nothing is left of the table after dropping",
            "Raise 'Threshold', or choose a method that fills values in",
        )


if __name__ == "__main__":
    step.run(main)
