"""Columns chosen by what they hold, and what a method asks of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError


def is_number(column: pd.Series[Any]) -> bool:
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


def numbers(
    frame: pd.DataFrame,
    text: str | None,
    parameter: str = "columns",
    without: Iterable[str | None] = (),
) -> list[str]:
    """The number columns a list stands for; all but `without` if it is empty."""
    every = [str(n) for n in frame.columns if is_number(frame[n])]
    left = set(without)
    default = [name for name in every if name not in left]
    chosen = tables.choose(list(frame.columns), text, parameter, default)
    if wrong := [name for name in chosen if name not in every]:
        raise ComponentError(
            f"Column '{wrong[0]}' holds no numbers",
            f"Encode it first, or leave it out of '{step.title(parameter)}'",
        )
    if not chosen:
        raise ComponentError(
            "No column of the table holds numbers",
            "Encode its text first, or remove this step",
        )
    return chosen


def complete(frame: pd.DataFrame, columns: list[str], method: str) -> None:
    """A method that can't do with gaps says which column has some."""
    missing = frame[columns].isna().sum()
    if missing.any():
        name = missing.index[missing > 0][0]
        raise ComponentError(
            f"Column '{name}' has {step.count(int(missing[name]), 'missing value')}, "
            f"and {method} can't do with any",
            "Put a Clean missing values step before this one, or leave the column out "
            "of 'Columns'",
        )


def new(frame_columns: Iterable[str], name: str, parameter: str) -> str:
    """A name for a new column that no column has yet."""
    if not name.strip():
        raise ComponentError(
            "The new column has no name", f"Give one in '{step.title(parameter)}'"
        )
    if name in frame_columns:
        raise ComponentError(
            f"The table has a column '{name}' already",
            f"Choose another name in '{step.title(parameter)}'",
        )
    return name


def in_order(frame: pd.DataFrame, column: str | None, parameter: str) -> pd.DataFrame:
    """The rows sorted by a column (equal ones stay as they are); as given without."""
    if not column:
        return frame
    tables.require(list(frame.columns), column, parameter)
    return frame.sort_values(column, kind="stable").reset_index(drop=True)


def keys(
    frame_columns: list[str], text: str | None, parameter: str = "group_columns"
) -> list[str]:
    """The columns whose values make a group; none is allowed."""
    return tables.choose(frame_columns, text, parameter)


def whole_numbers(text: str, parameter: str, lowest: int = 1) -> list[int]:
    """`1, 2, 7` as numbers; anything else is an error that names it."""
    found = []
    for part in tables.names_in(text):
        if not part.lstrip("-").isdigit() or int(part) < lowest:
            raise ComponentError(
                f"'{part}' is not a whole number of {lowest} or more",
                f"Write numbers like 1, 2, 7 in '{step.title(parameter)}'",
            )
        found.append(int(part))
    if not found:
        raise ComponentError(
            f"'{step.title(parameter)}' is empty", "Write numbers like 1, 2, 7"
        )
    return list(dict.fromkeys(found))


def words(text: str, known: Iterable[str], parameter: str) -> list[str]:
    """`mean, max` as names that are known; a mistyped one brings the closest."""
    every = list(known)
    found = tables.names_in(text)
    for word in found:
        if word not in every:
            raise ComponentError(
                f"'{word}' is not known in '{step.title(parameter)}'",
                f"{step.closest(word, every)}Choose of: {step.listing(every, 30)}.",
            )
    if not found:
        raise ComponentError(
            f"'{step.title(parameter)}' is empty",
            f"Choose of: {step.listing(every, 30)}",
        )
    return list(dict.fromkeys(found))
