"""Make numbers, dates or text of columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
from columns import is_number
from pandas.api import types
from step import ComponentError

_TRUE = {"true", "yes", "y", "t", "1", "1.0"}
_FALSE = {"false", "no", "n", "f", "0", "0.0"}
_WORDS = {
    "number": "a number",
    "whole_number": "a whole number",
    "true_false": "true or false",
    "time": "a date or time",
}


def main(
    data: Path,
    to: str,
    failures: str,
    table: Path,
    columns: str | None = None,
    time_format: str | None = None,
) -> None:
    frame = tables.frame(data)
    default = [n for n in frame.columns if _is_text(frame[n])] if to == "auto" else []
    chosen = tables.choose(list(frame.columns), columns, default=default)
    if not chosen and to != "auto":
        raise ComponentError(
            "No column is named", "Name the columns to convert in 'Columns'"
        )
    before = int(frame[chosen].isna().sum().sum())
    converted = {
        name: _detected(frame[name], time_format)
        if to == "auto"
        else _converted(frame[name], to, failures, time_format)
        for name in chosen
    }
    result = frame.assign(**converted)
    _report(frame, result, chosen, before)
    tables.write_frame(result, table)


def _report(
    frame: pd.DataFrame, result: pd.DataFrame, chosen: list[str], before: int
) -> None:
    changed = [n for n in chosen if str(frame[n].dtype) != str(result[n].dtype)]
    for name in changed:
        print(f"{name}: {frame[name].dtype} is now {result[name].dtype}")
    step.metrics(
        {
            "rows": len(result),
            "converted_columns": len(changed),
            "values_dropped": int(result[chosen].isna().sum().sum()) - before,
        }
    )


def _is_text(column: pd.Series[Any]) -> bool:
    return not (
        types.is_numeric_dtype(column)
        or types.is_bool_dtype(column)
        or types.is_datetime64_any_dtype(column)
    )


def _detected(column: pd.Series[Any], time_format: str | None) -> pd.Series[Any]:
    """The first type that all values of a text column fit; text if none does."""
    if not _is_text(column) or column.isna().all():
        return column
    for kind in ("true_false", "whole_number", "number", "time"):
        made = _made(column, kind, time_format)
        if not (made.isna() & column.notna()).any():
            return made
    return column


def _converted(
    column: pd.Series[Any], to: str, failures: str, time_format: str | None
) -> pd.Series[Any]:
    made = _made(column, to, time_format)
    failed = made.isna() & column.notna()
    if failed.any() and failures == "stop":
        place = int(failed.to_numpy().argmax())
        raise ComponentError(
            f"Column '{column.name}', row {place + 1}: '{column.iloc[place]}' "
            f"is not {_WORDS[to]}",
            "Correct it, or set 'Failures' to missing to leave such values empty",
        )
    return made


def _made(column: pd.Series[Any], to: str, time_format: str | None) -> Any:
    """The column in another type; what doesn't fit is missing."""
    if to == "text":
        return column.map(_as_text, na_action="ignore").astype("string")
    if to == "time":
        return _times(column, time_format)
    if to == "true_false":
        return column.map(_truth, na_action="ignore").astype("boolean")
    numbers = _numbers(column)
    if to == "number":
        return numbers.astype("float64")
    whole = numbers.where(numbers == numbers.round())
    return whole.where(whole.abs() < 2**53).astype("Int64")


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    if is_number(column) or types.is_bool_dtype(column):
        return column.astype("float64")
    if types.is_datetime64_any_dtype(column):
        return column.astype("int64").where(column.notna()) / 1e9
    text = column.astype("string").str.strip().str.replace("_", "x", regex=False)
    return pd.to_numeric(text, errors="coerce").astype("float64")


def _times(column: pd.Series[Any], time_format: str | None) -> pd.Series[Any]:
    if types.is_datetime64_any_dtype(column):
        return column
    if is_number(column) and not time_format:
        return pd.to_datetime(column, unit="s", errors="coerce")
    text = column.map(_as_text, na_action="ignore").astype("string")
    wanted = time_format or "ISO8601"
    return pd.to_datetime(text, format=wanted, errors="coerce")


def _as_text(value: Any) -> str:
    """A whole number that missing values have made a float is written as whole."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _truth(value: Any) -> bool | None:
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


if __name__ == "__main__":
    step.run(main)
