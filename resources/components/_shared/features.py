"""What a model learns from: columns by kind, and the target's task."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError

Kind: TypeAlias = Literal["number", "text", "boolean"]
_FEW = 10


def rows_with_target(frame: pd.DataFrame, target: str) -> pd.DataFrame:
    """The rows whose target is known; none at all is an error."""
    tables.require(list(frame.columns), target, "target")
    known = frame[frame[target].notna()]
    if left := len(frame) - len(known):
        print(f"Left out {step.count(left, 'row')} without a value in '{target}'")
    if known.empty:
        raise ComponentError(
            f"No row has a value in column '{target}'",
            "Choose another column in 'Target', or check the step before",
        )
    return known.reset_index(drop=True)


def kinds(frame: pd.DataFrame, target: str, features: str | None) -> dict[str, Kind]:
    """The columns to learn from and what they hold."""
    others = [str(name) for name in frame.columns if name != target]
    if features:
        chosen = tables.choose(list(frame.columns), features, "features", others)
        if target in tables.names_in(features):
            raise ComponentError(
                f"The model can't learn from '{target}', for it is to predict it",
                "Remove it from 'Features'",
            )
        others = [name for name in chosen if name != target]
    found = {name: _kind(frame[name]) for name in others}
    unusable = [name for name, kind in found.items() if kind is None]
    if unusable:
        _say_unusable(frame, unusable, named=tables.names_in(features))
    usable = {name: kind for name, kind in found.items() if kind}
    if not usable:
        raise ComponentError(
            "There is no column to learn from",
            "Name columns with numbers, text or true/false in 'Features'",
        )
    return usable


def _kind(column: pd.Series[Any]) -> Kind | None:
    if types.is_bool_dtype(column):
        return "boolean"
    if types.is_numeric_dtype(column):
        return "number"
    inferred = types.infer_dtype(column, skipna=True)
    if inferred == "boolean":
        return "boolean"
    return "text" if inferred in ("string", "categorical", "empty") else None


def _say_unusable(frame: pd.DataFrame, unusable: list[str], named: list[str]) -> None:
    if asked := [name for name in unusable if name in named]:
        raise ComponentError(
            f"Column '{asked[0]}' of type {frame[asked[0]].dtype} can't be learnt from",
            "Make numbers or text of it with a SQL or Python script step first",
        )
    print(f"Left out, neither numbers nor text: {step.listing(unusable)}")


def prepared(frame: pd.DataFrame, columns: dict[str, Kind]) -> pd.DataFrame:
    """The columns in the types that served rows have."""
    wanted = {"number": "float64", "text": object, "boolean": object}
    return frame[list(columns)].astype({n: wanted[k] for n, k in columns.items()})


def task_of(column: pd.Series[Any], wanted: str) -> str:
    """Classification or regression; said or found from the target's values."""
    number = _kind(column) == "number"
    if wanted == "regression" and not number:
        raise ComponentError(
            f"Column '{column.name}' holds categories, not numbers",
            "Set 'Task' to auto or classification, or choose another 'Target'",
        )
    if wanted != "auto":
        return wanted
    values = column.unique()
    whole = number and not _has_fractions(column)
    few = len(values) <= min(_FEW, max(2, len(column) // 10))
    found = "classification" if not number or (whole and few) else "regression"
    print(f"'{column.name}' has {step.count(len(values), 'value')}: {found}")
    return found


def labels(column: pd.Series[Any], task: str) -> Any:
    """The target as an array: floats for regression, labels as they are."""
    if task == "regression":
        return column.to_numpy(dtype="float64")
    if _kind(column) == "text":
        return column.astype(str).to_numpy(dtype=object)
    if _kind(column) == "boolean":
        return column.to_numpy(dtype=bool)
    return column.to_numpy(dtype="int64")


def _has_fractions(column: pd.Series[Any]) -> bool:
    return _kind(column) == "number" and bool((column != column.round()).any())


def check_labels(column: pd.Series[Any], task: str) -> None:
    """A target the estimators can't learn is said before they try."""
    target = column.name
    counts = column.value_counts()
    if len(counts) < 2:
        raise ComponentError(
            f"Column '{target}' has one value only: {counts.index[0]}",
            "Choose another column in 'Target', or check the step before",
        )
    if task == "classification" and _has_fractions(column):
        raise ComponentError(
            f"Column '{target}' holds numbers with fractions, not categories",
            "Set 'Task' to regression, or choose another column in 'Target'",
        )
    if task == "classification" and len(counts) > len(column) / 2 and len(column) > 20:
        raise ComponentError(
            f"Column '{target}' has {len(counts)} values in {len(column)} rows: "
            "too many categories to learn",
            "Set 'Task' to regression if it is a number, or choose another 'Target'",
        )


def example(frame: pd.DataFrame, rows: int = 5) -> dict[str, Any]:
    """The first rows as an input example; missing values are null."""
    head = frame.head(rows).astype(object)
    plain = head.where(head.notna(), None)
    return {"columns": list(plain.columns), "data": plain.to_numpy().tolist()}


MLFLOW_TYPES = {"i": "long", "f": "double", "b": "boolean"}


def output_type(values: Any) -> str:
    """The MLflow type of predictions."""
    return MLFLOW_TYPES.get(values.dtype.kind, "string")
