"""Fit a model that predicts one column of a table from the others."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import estimators
import features as columns_of
import fitting
import mlflow_folder
import pandas as pd
import plots
import step
import tables


def main(
    data: Path,
    target: str,
    estimator: str,
    task: str,
    n_estimators: int,
    learning_rate: float,
    c: float,
    alpha: float,
    n_neighbors: int,
    seed: int,
    model: Path,
    report: Path,
    validation: Path | None = None,
    features: str | None = None,
    max_depth: int | None = None,
    max_iter: int | None = None,
    parameters: str | None = None,
) -> None:
    frame = columns_of.rows_with_target(tables.frame(data), target)
    kinds = columns_of.kinds(frame, target, features)
    found = columns_of.task_of(frame[target], task)
    columns_of.check_labels(frame[target], target, found)
    ours = {
        "n_estimators": n_estimators,
        "max_depth": max_depth,
        "learning_rate": learning_rate,
        "c": c,
        "alpha": alpha,
        "n_neighbors": n_neighbors,
        "max_iter": max_iter,
        "seed": seed,
    }
    built = estimators.build(estimator, found, ours, parameters)
    scaled = estimators.CHOICES[estimator].scaled
    work = fitting.Work(frame, kinds, target, found, scaled, _held(validation, target))
    _say_parameters(estimator, found, target, kinds, built)

    started = time.perf_counter()
    fitted = fitting.fit(built, work)
    seconds = time.perf_counter() - started
    _report(fitted, work, seconds, report)
    _save(fitted, work, estimator, model)


def _held(validation: Path | None, target: str) -> pd.DataFrame | None:
    if validation is None:
        return None
    return columns_of.rows_with_target(tables.frame(validation), target)


def _say_parameters(
    name: str, task: str, target: str, kinds: Mapping[str, str], built: Any
) -> None:
    simple = (str, int, float, bool)
    own = {k: v for k, v in built.get_params().items() if isinstance(v, simple)}
    about = {"estimator": name, "task": task, "target": target}
    step.params({**about, "features": ", ".join(kinds), **own})


def _report(fitted: Any, work: fitting.Work, seconds: float, folder: Path) -> None:
    values = fitting.measure(fitted, work)
    importances, method = fitting.importances(fitted, work)
    ranked = sorted(importances.items(), key=lambda pair: -pair[1])
    step.metrics({"rows": len(work.frame), "fit_seconds": seconds, **values})
    plots.write_metrics(folder, values)
    plots.write(
        folder,
        "importance",
        "What the model looks at",
        "Share of importance",
        "Column",
        labels=[name for name, _ in ranked],
        values=plots.numbers(value for _, value in ranked),
        method=method,
    )
    for key, value in values.items():
        print(f"{key}: {value:.4f}")


def _save(fitted: Any, work: fitting.Work, estimator: str, folder: Path) -> None:
    labels = columns_of.labels(work.frame[work.target], work.task)
    about = {"task": work.task, "target": work.target, "estimator": estimator}
    mlflow_folder.save(
        fitted,
        folder,
        work.kinds,
        columns_of.output_type(labels),
        columns_of.example(columns_of.prepared(work.frame, work.kinds)),
        about,
    )


if __name__ == "__main__":
    step.run(main)
