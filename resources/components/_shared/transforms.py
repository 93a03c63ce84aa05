"""Fit a transform on some columns, or apply one that was fitted before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import step
import tables
from columns import is_number
from step import ComponentError

FILE = "transform.joblib"
ABOUT = "transform.json"
_LOWEST = {np.log: (0, "log"), np.log1p: (-1, "log1p"), np.sqrt: (0, "sqrt")}


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
            "Connect the 'transform' output of a step such as Encode or Normalise",
        )
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    transformer = joblib.load(folder / FILE)
    for name in kept_by(transformer) or about["columns"]:
        tables.require(list(frame.columns), name, "data")
    return transformer, [name for name in about["columns"] if name in frame.columns]


def apply(
    transformer: Any, frame: pd.DataFrame, columns: list[str], values: Any = None
) -> pd.DataFrame:
    """The table with the columns transformed: in place, or new ones at the end.

    `values` are those of the rows a transformer was fitted on, where it gives
    them others than later rows.
    """
    if kept := kept_by(transformer):
        return frame.drop(columns=[name for name in columns if name not in kept])
    names = [str(name) for name in transformer.get_feature_names_out()]
    if values is None:
        values = _transformed(transformer, as_categories(frame, columns), columns)
    changed = pd.DataFrame(np.asarray(values), columns=names, index=frame.index)
    if names == columns:
        return frame.assign(**changed)
    kept_frame = frame.drop(columns=columns)
    if clash := [name for name in names if name in kept_frame.columns]:
        raise ComponentError(
            f"The table has a column '{clash[0]}' already",
            "Rename or leave it out with a Select columns step first",
        )
    return pd.concat([kept_frame, changed], axis=1)


def as_categories(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Text as plain objects: encoders fitted on one kind read the other, too."""
    return frame.astype(
        {name: object for name in columns if not is_number(frame[name])}
    )


def _transformed(transformer: Any, frame: pd.DataFrame, columns: list[str]) -> Any:
    check_range(transformer, frame[columns])
    try:
        return transformer.transform(frame[columns])
    except (ValueError, TypeError) as error:
        raise ComponentError(
            f"The table can't be transformed: {tables.first_line(error)}",
            "Prepare it in the same way as the table the transform was fitted on",
        ) from error


def check_range(transformer: Any, frame: pd.DataFrame) -> None:
    """Functions give nonsense without an error for what they aren't defined for."""
    steps = getattr(transformer, "steps", [("", transformer)])
    function = getattr(steps[0][1], "func", None)
    for name in frame.columns:
        _check_column(frame[name], function)


def _check_column(column: pd.Series[Any], function: Any) -> None:
    if function is np.digitize and column.isna().any():
        raise ComponentError(
            f"Column '{column.name}' has missing values, which belong to no bin",
            "Put a Clean missing values step before this one",
        )
    limit, name = _LOWEST.get(function, (None, ""))
    if limit is None:
        return
    lowest = column.min()
    if lowest < limit or (lowest == limit and function is not np.sqrt):
        wanted = f"{limit} or more" if function is np.sqrt else f"above {limit}"
        raise ComponentError(
            f"Column '{column.name}' goes down to {lowest:g}, "
            f"and {name} needs values {wanted}",
            "Choose another method, or leave the column out of 'Columns'",
        )


# -- transforms that leave columns out -----------------------------------------


def keeping(columns: list[str], kept: list[str]) -> Any:
    """A transform that leaves out what it doesn't keep of some columns."""
    from sklearn.compose import ColumnTransformer

    return ColumnTransformer(
        [("keep", "passthrough", kept)], verbose_feature_names_out=False
    )


def kept_by(transformer: Any) -> list[str]:
    """The columns that a transform of `keeping` keeps; none for any other."""
    parts = getattr(transformer, "transformers", None)
    return list(parts[0][2]) if parts and parts[0][1] == "passthrough" else []


def select(
    frame: pd.DataFrame,
    considered: list[str],
    kept: list[str],
    table: Path,
    transform: Path,
) -> None:
    """Write the table without the columns left out, and the transform to repeat it."""
    if not kept:
        raise ComponentError(
            "No column would be left", "Change the limit so that some are kept"
        )
    left_out = [name for name in considered if name not in kept]
    print(f"Kept: {step.listing(kept)}")
    print(f"Left out: {step.listing(left_out) if left_out else 'nothing'}")
    selector = keeping(considered, kept).fit(frame[considered])
    selected = apply(selector, frame, considered)
    save(selector, considered, transform)
    tables.write_frame(selected, table)
    step.metrics(
        {
            "rows": len(selected),
            "columns": selected.shape[1],
            "columns_dropped": len(left_out),
        }
    )


def report(frame: pd.DataFrame, columns: list[str]) -> None:
    step.metrics(
        {
            "rows": len(frame),
            "columns": frame.shape[1],
            "transformed_columns": len(columns),
        }
    )
