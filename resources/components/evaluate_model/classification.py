"""Metrics and plots of predicted categories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
from sklearn import metrics
from step import ComponentError

_MANY = 100


def evaluate(
    frame: pd.DataFrame, target: str, prediction: str, folder: Path
) -> dict[str, float]:
    """Metrics of the predictions; plots are written to the folder."""
    actual, predicted = _as_text(frame[target]), _as_text(frame[prediction])
    labels = _ordered(frame[target], frame[prediction])
    if len(labels) > _MANY:
        raise ComponentError(
            f"'{target}' and '{prediction}' hold {len(labels)} different values: "
            "too many for categories",
            "Set 'Task' to regression, or choose other columns",
        )
    _confusion(actual, predicted, labels, folder)
    values = _scores(actual, predicted)
    chances = _chances(frame, labels)
    if chances is not None:
        values |= _ranking(actual, chances, labels, folder)
    return {"rows": len(actual), **values}


def _as_text(column: pd.Series[Any]) -> list[str]:
    """Labels as text: 1, 1.0 and "1" are the same label."""
    return [_label(value) for value in column]


def _label(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _ordered(target: pd.Series[Any], prediction: pd.Series[Any]) -> list[str]:
    """Every label, numbers in the order of their values."""
    every = {*target.unique().tolist(), *prediction.unique().tolist()}
    try:
        in_order = sorted(every)
    except TypeError:
        in_order = sorted(every, key=str)
    return list(dict.fromkeys(_label(value) for value in in_order))


def _scores(actual: list[str], predicted: list[str]) -> dict[str, float]:
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        actual, predicted, average="macro", zero_division=0
    )
    return {
        "accuracy": float(metrics.accuracy_score(actual, predicted)),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
    }


def _confusion(
    actual: list[str], predicted: list[str], labels: list[str], folder: Path
) -> None:
    counted = metrics.confusion_matrix(actual, predicted, labels=labels)
    plots.write(
        folder,
        "confusion_matrix",
        "Confusion matrix",
        "Predicted",
        "Actual",
        labels=labels,
        values=counted.tolist(),
    )


def _chances(frame: pd.DataFrame, labels: list[str]) -> Any:
    """Probabilities, a column for each label, or None if one has no column."""
    prefix = "probability_"
    columns = {
        _label(_number(str(name).removeprefix(prefix))): frame[name]
        for name in frame.columns
        if str(name).startswith(prefix)
    }
    if len(labels) < 2 or any(label not in columns for label in labels):
        return None
    return np.column_stack([columns[label].to_numpy("float64") for label in labels])


def _number(text: str) -> Any:
    try:
        return float(text) if text.replace(".", "", 1).isdigit() else text
    except ValueError:
        return text


def _ranking(
    actual: list[str], chances: Any, labels: list[str], folder: Path
) -> dict[str, float]:
    """Log loss, AUC and the two curves, each label against the rest."""
    truth = np.array([[label == each for each in labels] for label in actual])
    curves, tradeoffs, areas = [], [], []
    for place, label in enumerate(labels):
        if not truth[:, place].any() or truth[:, place].all():
            continue
        curves.append(_roc(truth[:, place], chances[:, place], label))
        tradeoffs.append(_precision_recall(truth[:, place], chances[:, place], label))
        areas.append(curves[-1]["area"])
    shown = slice(-1, None) if len(labels) == 2 else slice(None)
    _write_curves(folder, curves[shown], tradeoffs[shown])
    told = chances[np.arange(len(actual)), truth.argmax(axis=1)]
    log_loss = float(-np.log(np.clip(told, 1e-15, 1.0)).mean())
    auc = {"auc": float(np.mean(areas))} if areas else {}
    return {"log_loss": log_loss, **auc}


def _roc(truth: Any, chances: Any, label: str) -> dict[str, Any]:
    false_rate, true_rate, _ = metrics.roc_curve(truth, chances)
    x, y = plots.thinned(false_rate, true_rate)
    return {"label": label, "x": x, "y": y, "area": metrics.auc(false_rate, true_rate)}


def _precision_recall(truth: Any, chances: Any, label: str) -> dict[str, Any]:
    precision, recall, _ = metrics.precision_recall_curve(truth, chances)
    x, y = plots.thinned(recall[::-1], precision[::-1])
    area = float(metrics.average_precision_score(truth, chances))
    return {"label": label, "x": x, "y": y, "area": area}


def _write_curves(folder: Path, curves: list[Any], tradeoffs: list[Any]) -> None:
    plots.write(
        folder,
        "roc",
        "ROC curve",
        "False positive rate",
        "True positive rate",
        series=curves,
        diagonal=True,
    )
    plots.write(
        folder,
        "precision_recall",
        "Precision and recall",
        "Recall",
        "Precision",
        series=tradeoffs,
    )
