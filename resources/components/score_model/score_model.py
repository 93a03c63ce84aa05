"""Predict with a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow_folder
import pandas as pd
import predicting
import step
import tables

_ROWS_AT_ONCE = 50_000


def main(model: Path, data: Path, probabilities: bool, table: Path) -> None:
    described = mlflow_folder.describe(model)
    wanted = mlflow_folder.input_columns(described)
    frame = tables.frame(data)
    mlflow_folder.require_columns(list(frame.columns), wanted)
    rows = mlflow_folder.typed(frame[wanted] if wanted else frame, described)
    predicted = _predict(mlflow_folder.load(model, described), rows, probabilities)
    if known := [name for name in predicted.columns if name in frame.columns]:
        print(f"Replaced columns: {step.listing(known)}")
    kept = frame.drop(columns=known)
    scored = pd.concat([kept, predicted.set_index(kept.index)], axis=1)
    tables.write_frame(scored, table)
    step.metric("rows", len(scored))


def _predict(model: Any, rows: pd.DataFrame, probabilities: bool) -> pd.DataFrame:
    parts = []
    for start in range(0, max(1, len(rows)), _ROWS_AT_ONCE):
        part = rows.iloc[start : start + _ROWS_AT_ONCE]
        parts.append(predicting.part(model, part, probabilities))
        done = min(start + _ROWS_AT_ONCE, len(rows))
        step.progress(done / max(1, len(rows)), f"row {done} of {len(rows)}")
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    step.run(main)
