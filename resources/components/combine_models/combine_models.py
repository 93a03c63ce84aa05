"""Models that vote, or one that learns whom to trust."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import features as columns_of
import fitting
import mlflow_folder
import pandas as pd
import step
import tables
import training
from sklearn.base import clone
from sklearn.ensemble import (
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from step import ComponentError


def main(
    data: Path,
    model_1: Path,
    model_2: Path,
    target: str,
    method: str,
    folds: int,
    model: Path,
    report: Path,
    model_3: Path | None = None,
    model_4: Path | None = None,
    validation: Path | None = None,
    weights: str | None = None,
) -> None:
    given = [path for path in (model_1, model_2, model_3, model_4) if path]
    described = [mlflow_folder.describe(path) for path in given]
    frame = columns_of.rows_with_target(tables.frame(data), target)
    task = _task(described, target)
    members = [
        (f"model_{place}", clone(_member(path, about)))
        for place, (path, about) in enumerate(zip(given, described, strict=True), 1)
    ]
    shares = _weights(weights, len(members))
    combined = _combined(members, task, method, folds, shares)
    kinds = _columns(frame, described)
    held = training.held_out(validation, target)
    work = fitting.Work(frame, kinds, target, task, False, held)
    step.params({"estimator": method, "task": task, "models": len(members)})

    started = time.perf_counter()
    step.progress(0.05, f"training {len(members)} models")
    rows, labels = work.rows(frame)
    try:
        combined.fit(rows, labels)
    except ValueError as error:
        raise ComponentError(
            f"The models can't be combined: {str(error).strip().splitlines()[0]}",
            "Train them on the same table and for the same target",
        ) from error
    training.write_report(combined, work, time.perf_counter() - started, report)
    training.save(combined, work, method, model)


def _member(path: Path, described: Mapping[str, Any]) -> Any:
    loaded = mlflow_folder.load(path, described)
    if not hasattr(loaded, "get_params"):
        raise ComponentError(
            f"{path.name} is not a scikit-learn model, so it can't be trained again",
            "Connect models that a training step of the palette has made",
        )
    return loaded


def _task(described: list[Mapping[str, Any]], target: str) -> str:
    """What the models do, which must be one and the same."""
    about = [each.get("metadata") or {} for each in described]
    for place, one in enumerate(about, start=1):
        if one.get("target", target) != target:
            raise ComponentError(
                f"Model {place} predicts '{one['target']}', not '{target}'",
                "Choose the column that all models were trained for in 'Target'",
            )
    tasks = {str(one.get("task", "classification")) for one in about}
    if len(tasks) > 1:
        raise ComponentError(
            "Some of the models predict categories and some numbers",
            "Connect models of one kind only",
        )
    return tasks.pop()


def _weights(text: str | None, count: int) -> list[float] | None:
    if not text or not text.strip():
        return None
    try:
        shares = [float(piece) for piece in text.split(",")]
    except ValueError:
        shares = []
    if len(shares) != count or min(shares) < 0 or not sum(shares):
        raise ComponentError(
            f"'{text}' doesn't say how much each of the {count} models counts",
            f"Write {count} numbers separated by commas in 'Weights'",
        )
    return shares


def _combined(
    members: list[Any],
    task: str,
    method: str,
    folds: int,
    weights: list[float] | None,
) -> Any:
    if method == "stacking":
        if task == "regression":
            return StackingRegressor(members, cv=folds)
        return StackingClassifier(members, cv=folds)
    if task == "regression":
        return VotingRegressor(members, weights=weights)
    soft = all(hasattr(member, "predict_proba") for _, member in members)
    if not soft:
        print("Not every model gives probabilities: each has one vote per row")
    voting = "soft" if soft else "hard"
    return VotingClassifier(members, voting=voting, weights=weights)


def _columns(frame: pd.DataFrame, described: list[Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of all models, each once."""
    names = [name for about in described for name in mlflow_folder.input_columns(about)]
    wanted = list(dict.fromkeys(names))
    mlflow_folder.require_columns(list(frame.columns), wanted)
    kinds = columns_of.kinds(frame[wanted], "", None)
    return {name: kinds[name] for name in wanted if name in kinds}


if __name__ == "__main__":
    step.run(main)
