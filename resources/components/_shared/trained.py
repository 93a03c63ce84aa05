"""Trained models as a place to start from: with rows to learn or to measure on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import features as columns_of
import mlflow_folder
import pandas as pd
import step
import tables
from fitting import Work
from sklearn.base import is_classifier
from step import ComponentError

_KINDS = {"double": "number", "string": "text", "boolean": "boolean"}


def load(folder: Path, data: Path, target: str | None) -> tuple[Any, Work]:
    """A scikit-learn model, and the rows of a table whose target is known."""
    described = mlflow_folder.describe(folder)
    model = _estimator(folder, described)
    about = described.get("metadata") or {}
    task = _task(model, about)
    column = target or str(about.get("target", ""))
    if not column:
        raise ComponentError(
            "The model doesn't say which column it predicts",
            "Choose the column in 'Target'",
        )
    frame = columns_of.rows_with_target(tables.frame(data), column)
    kinds = _kinds(described)
    mlflow_folder.require_columns(list(frame.columns), list(kinds))
    _check_target(frame[column], task)
    typed = mlflow_folder.typed(frame, described)
    return model, Work(typed, kinds, column, task, False, None)


def classifier(folder: Path, data: Path, target: str | None) -> tuple[Any, Work]:
    """The same for a model that must give probabilities."""
    model, work = load(folder, data, target)
    if not hasattr(model, "predict_proba"):
        raise ComponentError(
            "The model gives no probabilities",
            "Connect a classifier that does, e.g. a Logistic regression; "
            "in a Support vector machine, turn on 'Probabilities'",
        )
    unknown = sorted(set(work.rows(work.frame)[1]) - set(model.classes_), key=str)
    if unknown:
        raise ComponentError(
            f"The model doesn't know the category {step.listing(unknown)}",
            f"It knows: {step.listing(model.classes_)}. "
            "Use the table of its training, or leave these rows out",
        )
    return model, work


def _estimator(folder: Path, described: Mapping[str, Any]) -> Any:
    model = mlflow_folder.load(folder, described)
    if not hasattr(model, "get_params") or not mlflow_folder.input_columns(described):
        raise ComponentError(
            f"{folder.name} is not a scikit-learn model with named columns",
            "Connect a model that a training step of the palette has made",
        )
    return model


def _task(model: Any, about: Mapping[str, Any]) -> str:
    told = about.get("task") or (
        "classification" if is_classifier(model) else "regression"
    )
    if told not in ("classification", "regression"):
        raise ComponentError(
            f"The model was made for {told.replace('_', ' ')}, not to predict a column",
            "Connect the model of a training step",
        )
    return str(told)


def _kinds(described: Mapping[str, Any]) -> dict[str, Any]:
    import json

    columns = json.loads(described["signature"]["inputs"])
    return {each["name"]: _KINDS.get(each["type"], "number") for each in columns}


def _check_target(column: pd.Series[Any], task: str) -> None:
    columns_of.task_of(column, task)
    columns_of.check_labels(column, task)
