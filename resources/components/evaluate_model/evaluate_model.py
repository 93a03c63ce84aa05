"""Measure predictions against what happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import classification
import pandas as pd
import plots
import regression
import step
import tables
from pandas.api import types
from step import ComponentError

_FEW = 20


def main(data: Path, target: str, prediction: str, task: str, evaluation: Path) -> None:
    frame = _judged(tables.frame(data), target, prediction)
    found = _task(frame, target, prediction, task)
    evaluation.mkdir(parents=True, exist_ok=True)
    if found == "classification":
        values = classification.evaluate(frame, target, prediction, evaluation)
    else:
        values = regression.evaluate(frame, target, prediction, evaluation)
    plots.write_metrics(evaluation, values)
    step.params({"task": found, "target": target})
    step.metrics(values)
    for key, value in values.items():
        print(f"{key}: {value:.4f}" if isinstance(value, float) else f"{key}: {value}")


def _judged(frame: pd.DataFrame, target: str, prediction: str) -> pd.DataFrame:
    """The rows where both columns have a value."""
    tables.require(list(frame.columns), target, "target")
    if prediction not in frame.columns:
        raise ComponentError(
            f"Column '{prediction}' is not in the table",
            f"{step.closest(prediction, frame.columns)}"
            "Connect the table of a Score model step, or correct 'Prediction'",
        )
    known = frame[frame[target].notna() & frame[prediction].notna()]
    if left := len(frame) - len(known):
        print(f"Left out {step.count(left, 'row')} without a value")
    if known.empty:
        raise ComponentError(
            f"No row has both '{target}' and '{prediction}'",
            "Check the steps before, or choose other columns",
        )
    return known


def _task(frame: pd.DataFrame, target: str, prediction: str, wanted: str) -> str:
    text = [name for name in (target, prediction) if not _is_number(frame[name])]
    if wanted == "regression" and text:
        raise ComponentError(
            f"Column '{text[0]}' holds no numbers",
            "Set 'Task' to classification, or choose another column",
        )
    if wanted != "auto":
        return wanted
    if text or any(str(name).startswith("probability_") for name in frame.columns):
        return "classification"
    return (
        "classification"
        if _looks_like_labels(frame, target, prediction)
        else ("regression")
    )


def _looks_like_labels(frame: pd.DataFrame, target: str, prediction: str) -> bool:
    known = set(frame[target].unique())
    few = len(known) <= min(_FEW, max(2, len(frame) // 10))
    return few and set(frame[prediction].unique()) <= known


def _is_number(column: pd.Series[Any]) -> bool:
    return types.is_numeric_dtype(column) and not types.is_bool_dtype(column)


if __name__ == "__main__":
    step.run(main)
