"""How much worse a model gets when a column is mixed up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow_folder
import numpy as np
import pandas as pd
import plots
import step
import tables
from columns import is_number
from sklearn import metrics
from step import ComponentError

_SCORES = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "f1": lambda y, p: metrics.f1_score(y, p, average="macro", zero_division=0),
    "r2": metrics.r2_score,
    "mae": lambda y, p: -metrics.mean_absolute_error(y, p),
    "rmse": lambda y, p: -metrics.root_mean_squared_error(y, p),
}
_OF_CLASSES = ("accuracy", "balanced_accuracy", "f1")


def main(
    model: Path,
    data: Path,
    target: str,
    score: str,
    repeats: int,
    rows: int,
    seed: int,
    importance: Path,
    report: Path,
) -> None:
    described = mlflow_folder.describe(model)
    wanted = mlflow_folder.input_columns(described)
    frame = _known(tables.frame(data), target, rows, seed)
    mlflow_folder.require_columns(list(frame.columns), wanted)
    features = [name for name in wanted or frame.columns if name != target]
    loaded = mlflow_folder.load(model, described)
    labels = frame[target]
    name = _score_name(labels, loaded, score)
    given = _as_trained(frame[features])
    whole = _score(loaded, given, labels, name)
    drops = _drops(loaded, given, labels, name, whole, repeats, seed)
    told = _told(features, drops)
    tables.write_frame(told, importance)
    _report(told, report, name, whole)


def _known(frame: pd.DataFrame, target: str, rows: int, seed: int) -> pd.DataFrame:
    tables.require(list(frame.columns), target, "target")
    known = frame[frame[target].notna()]
    if known.empty:
        raise ComponentError(
            f"No row has a value in column '{target}'",
            "Choose another column in 'Target', or check the step before",
        )
    if len(known) > rows:
        print(f"{rows} of {len(known)} rows are looked at")
        known = known.sample(rows, random_state=seed)
    return known.reset_index(drop=True)


def _as_trained(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers as floats and anything else as plain objects, as in training."""
    return frame.astype(
        {n: "float64" if is_number(frame[n]) else object for n in frame.columns}
    )


def _score_name(labels: pd.Series[Any], model: Any, wanted: str) -> str:
    classes = hasattr(model, "classes_") or not is_number(labels)
    if wanted == "auto":
        return "accuracy" if classes else "r2"
    if wanted in _OF_CLASSES and not classes:
        raise ComponentError(
            f"{wanted} compares classes, and column '{labels.name}' holds numbers",
            "Set 'Score' to auto, r2, mae or rmse",
        )
    if wanted not in _OF_CLASSES and not is_number(labels):
        raise ComponentError(
            f"{wanted} compares numbers, and column '{labels.name}' holds categories",
            "Set 'Score' to auto, accuracy, balanced_accuracy or f1",
        )
    return wanted


def _score(model: Any, rows: pd.DataFrame, labels: pd.Series[Any], name: str) -> float:
    try:
        predicted = np.asarray(model.predict(rows)).ravel()
    except (ValueError, TypeError) as error:
        raise ComponentError(
            f"The model can't predict for these rows: {tables.first_line(error)}",
            "Prepare the table in the same way as the training table",
        ) from error
    known = labels.to_numpy()
    if name in _OF_CLASSES:
        known, predicted = known.astype(str), predicted.astype(str)
    return float(_SCORES[name](known, predicted))


def _drops(
    model: Any,
    rows: pd.DataFrame,
    labels: pd.Series[Any],
    name: str,
    whole: float,
    repeats: int,
    seed: int,
) -> Any:
    """By how much the score falls: a row for each column, a column for each repeat."""
    random = np.random.default_rng(seed)
    drops = np.zeros((rows.shape[1], repeats))
    for place, column in enumerate(rows.columns):
        for repeat in range(repeats):
            mixed = rows[column].iloc[random.permutation(len(rows))]
            changed = rows.assign(**{column: mixed.set_axis(rows.index)})
            drops[place, repeat] = whole - _score(model, changed, labels, name)
        step.progress((place + 1) / rows.shape[1], f"column {column}")
    return drops


def _told(features: list[str], drops: Any) -> pd.DataFrame:
    told = pd.DataFrame(
        {
            "column": features,
            "importance": drops.mean(axis=1),
            "deviation": drops.std(axis=1),
        }
    )
    return told.sort_values(
        "importance", ascending=False, kind="stable", ignore_index=True
    )


def _report(told: pd.DataFrame, report: Path, name: str, whole: float) -> None:
    positive = told["importance"].clip(lower=0)
    shares = positive / positive.sum() if positive.sum() else positive
    plots.write(
        report,
        "importance",
        f"Importance by loss of {name}",
        "Share",
        "Column",
        labels=list(told["column"]),
        values=plots.numbers(shares),
        method="permutation",
    )
    values = {name: abs(whole) if name in ("mae", "rmse") else whole}
    plots.write_metrics(report, values)
    step.metrics(values)
    for column, loss in zip(told["column"], told["importance"], strict=True):
        print(f"{column}: {name} falls by {loss:.4f}")


if __name__ == "__main__":
    step.run(main)
