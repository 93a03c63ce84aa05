"""Fit a transform on some columns, or apply one that was fitted before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import step
import tables
from pandas.api import types
from step import ComponentError

FILE = "transform.joblib"
ABOUT = "transform.json"


def save(transformer: Any, columns: list[str], folder: Path) -> None:
    """Write the fitted transformer (a plain scikit-learn object) and its columns."""
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(transformer, folder / FILE)
    about = {"columns": columns, "transformer": type(transformer).__name__}
    (folder / ABOUT).write_text(json.dumps(about, indent=2), encoding="utf-8")


def load(folder: Path, frame: pd.DataFrame) -> tuple[Any, list[str]]:
    """The transformer and its columns, which the table must have."""
    if not (folder / FILE).is_file():
        raise ComponentError(
            f"{folder.name} holds no fitted transform",
            "Connect the 'transform' output of an Encode or Normalise step",
        )
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    for name in about["columns"]:
        tables.require(list(frame.columns), name, "data")
    return joblib.load(folder / FILE), about["columns"]


def apply(transformer: Any, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The table with the columns transformed: in place, or new ones at the end."""
    names = [str(name) for name in transformer.get_feature_names_out(columns)]
    values = transformer.transform(frame[columns])
    changed = pd.DataFrame(values, columns=names, index=frame.index)
    if names == columns:
        return frame.assign(**changed)
    kept = frame.drop(columns=columns)
    if clash := [name for name in names if name in kept.columns]:
        raise ComponentError(
            f"The table has a column '{clash[0]}' already",
            "Rename or leave it out with a Select columns step first",
        )
    return pd.concat([kept, changed], axis=1)


def is_number(column: pd.Series[Any]) -> bool:
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


def report(frame: pd.DataFrame, columns: list[str]) -> None:
    step.metrics(
        {
            "rows": len(frame),
            "columns": frame.shape[1],
            "columns_transformed": len(columns),
        }
    )
