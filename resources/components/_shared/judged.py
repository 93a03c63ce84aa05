"""Rows with what happened and what was predicted, in groups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError

_MANY = 200
MISSING = "(missing)"


def rows(data: Path, target: str, prediction: str) -> pd.DataFrame:
    """The rows where both columns have a value."""
    frame = tables.frame(data)
    tables.require(list(frame.columns), target, "target")
    tables.require(list(frame.columns), prediction, "prediction")
    known = frame[frame[target].notna() & frame[prediction].notna()]
    if left := len(frame) - len(known):
        print(f"Left out {step.count(left, 'row')} without a value")
    if known.empty:
        raise ComponentError(
            f"No row has both '{target}' and '{prediction}'",
            "Check the steps before, or choose other columns",
        )
    return known.reset_index(drop=True)


def numbers(frame: pd.DataFrame, column: str, parameter: str) -> Any:
    if not is_number(frame[column]):
        raise ComponentError(
            f"Column '{column}' holds no numbers",
            f"Choose a column of numbers in '{step.title(parameter)}', "
            "or use Confusion by segment for categories",
        )
    return frame[column].to_numpy("float64")


def texts(column: pd.Series[Any]) -> list[str]:
    """Labels as text: 1, 1.0 and "1" are the same label."""
    return [label(value) for value in column]


def label(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_number(column: pd.Series[Any]) -> bool:
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


def groups(
    frame: pd.DataFrame, column: str, ranges: int, parameter: str
) -> pd.Series[Any]:
    """Each row's group as text, in an order that makes sense to read."""
    tables.require(list(frame.columns), column, parameter)
    values = frame[column]
    if is_number(values) and values.nunique() > ranges:
        cut = pd.qcut(values, ranges, duplicates="drop", precision=4)
        names = {
            each: f"{each.left:g} to {each.right:g}" for each in cut.cat.categories
        }
        named = cut.cat.rename_categories(names)
    else:
        known = values.dropna()
        in_order = sorted(known.unique(), key=lambda v: (isinstance(v, str), v))
        order = list(dict.fromkeys(label(value) for value in in_order))
        text = values.map(label, na_action="ignore")
        named = text.astype(pd.CategoricalDtype(order, ordered=True))
    if len(named.cat.categories) > _MANY:
        raise ComponentError(
            f"Column '{column}' has {len(named.cat.categories)} values: too many",
            f"Choose a column with at most {_MANY} in '{step.title(parameter)}'",
        )
    if named.isna().any():
        named = named.cat.add_categories([MISSING]).fillna(MISSING)
    return named
