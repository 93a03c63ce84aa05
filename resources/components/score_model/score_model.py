"""Predict with a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mlflow_folder
import numpy as np
import pandas as pd
import step
import tables
from step import ComponentError

_ROWS_AT_ONCE = 50_000
_TYPES = {"double": "float64", "string": object, "boolean": object}


def main(model: Path, data: Path, probabilities: bool, table: Path) -> None:
    described = mlflow_folder.describe(model)
    wanted = mlflow_folder.input_columns(described)
    frame = tables.frame(data)
    mlflow_folder.require_columns(list(frame.columns), wanted)
    rows = _as_trained(frame[wanted] if wanted else frame, described)
    predicted = _predict(mlflow_folder.load(model, described), rows, probabilities)
    if known := [name for name in predicted.columns if name in frame.columns]:
        print(f"Replaced columns: {step.listing(known)}")
    kept = frame.drop(columns=known)
    scored = pd.concat([kept, predicted.set_index(kept.index)], axis=1)
    tables.write_frame(scored, table)
    step.metric("rows", len(scored))


def _as_trained(frame: pd.DataFrame, described: Mapping[str, Any]) -> pd.DataFrame:
    """The columns in the types of the model's signature."""
    signature = described.get("signature") or {}
    result = frame.copy()
    for column in json.loads(signature.get("inputs") or "[]"):
        name, kind = column.get("name"), _TYPES.get(column["type"])
        if name is None or kind is None:
            continue
        try:
            result[name] = result[name].astype(kind)
        except (ValueError, TypeError) as error:
            raise ComponentError(
                f"Column '{name}' must hold numbers for this model: {error}",
                "Prepare the table in the same way as the training table",
            ) from error
    return result


def _predict(model: Any, rows: pd.DataFrame, probabilities: bool) -> pd.DataFrame:
    parts = []
    for start in range(0, max(1, len(rows)), _ROWS_AT_ONCE):
        part = rows.iloc[start : start + _ROWS_AT_ONCE]
        parts.append(_predict_part(model, part, probabilities))
        done = min(start + _ROWS_AT_ONCE, len(rows))
        step.progress(done / max(1, len(rows)), f"row {done} of {len(rows)}")
    return pd.concat(parts, ignore_index=True)


def _predict_part(model: Any, rows: pd.DataFrame, probabilities: bool) -> pd.DataFrame:
    if rows.empty:
        raise ComponentError(
            "The table has no rows to predict for", "Check the step before"
        )
    try:
        values = np.asarray(model.predict(rows)).reshape(len(rows), -1)
        chances = _chances(model, rows) if probabilities else {}
    except (ValueError, TypeError) as error:
        raise ComponentError(
            f"The model can't predict for these rows: {str(error).splitlines()[0]}",
            "Prepare the table in the same way as the training table",
        ) from error
    names = ["prediction", *(f"prediction_{n}" for n in range(2, values.shape[1] + 1))]
    columns = dict(zip(names, values.T, strict=True))
    return pd.DataFrame({**columns, **chances}).infer_objects()


def _chances(model: Any, rows: pd.DataFrame) -> dict[str, Any]:
    if not hasattr(model, "predict_proba") or not hasattr(model, "classes_"):
        return {}
    chances = np.asarray(model.predict_proba(rows))
    names = [f"probability_{label}" for label in model.classes_]
    return dict(zip(names, chances.T, strict=True))


if __name__ == "__main__":
    step.run(main)
