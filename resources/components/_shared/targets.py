"""Numbers to choose among, and what they are to predict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import columns as column_names
import pandas as pd
import step
import tables
from columns import is_number
from step import ComponentError

_FEW = 10


@dataclass(frozen=True)
class Choice:
    """Complete number columns, the target's values, and the task they make."""

    columns: list[str]
    rows: pd.DataFrame
    labels: Any
    task: str


def choice(
    frame: pd.DataFrame, target: str, columns: str | None, task: str, method: str
) -> Choice:
    """The rows with a target and the columns to choose among."""
    tables.require(list(frame.columns), target, "target")
    chosen = column_names.numbers(frame, columns, without=[target])
    if target in chosen:
        raise ComponentError(
            f"Column '{target}' is what is to be predicted",
            "Leave it out of 'Columns', or choose another 'Target'",
        )
    known = frame[frame[target].notna()]
    if left := len(frame) - len(known):
        print(f"{step.count(left, 'row')} without a value in '{target}' not looked at")
    column_names.complete(known, chosen, method)
    found = _task(known[target], task)
    return Choice(chosen, known[chosen], _labels(known[target], found), found)


def _task(column: pd.Series[Any], wanted: str) -> str:
    if column.nunique() < 2:
        raise ComponentError(
            f"Column '{column.name}' has {step.count(column.nunique(), 'value')}: "
            "nothing can tell it apart",
            "Choose another column in 'Target', or check the step before",
        )
    if wanted == "regression" and not is_number(column):
        raise ComponentError(
            f"Column '{column.name}' holds categories, not numbers",
            "Set 'Task' to auto or classification, or choose another 'Target'",
        )
    if wanted != "auto":
        return wanted
    whole = is_number(column) and bool((column == column.round()).all())
    few = column.nunique() <= min(_FEW, max(2, len(column) // 10))
    found = "classification" if not is_number(column) or (whole and few) else ""
    print(f"'{column.name}' has {step.count(column.nunique(), 'value')}")
    return found or "regression"


def _labels(column: pd.Series[Any], task: str) -> Any:
    if task == "regression":
        return column.to_numpy(dtype="float64")
    return pd.factorize(column.astype(str))[0]
