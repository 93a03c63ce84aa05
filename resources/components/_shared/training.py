"""What every training step does around its estimator: columns, fit, report, model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import features as columns_of
import fitting
import mlflow_folder
import pandas as pd
import plots
import step
import tables
from step import ComponentError

BOTH = ("classification", "regression")


@dataclass(frozen=True)
class Kind:
    """A kind of model; `instead` names a step for the task it can't do."""

    name: str
    scaled: bool = False
    tasks: tuple[str, ...] = BOTH
    instead: str = ""
    packages: tuple[str, ...] = ()


def run(
    build: Callable[..., Any],
    kind: Kind,
    tell_more: Callable[[Any, Path], None] | None = None,
) -> None:
    """A step that trains what `build(task, **settings)` makes.

    The settings are options of the command line, beside those of `train`;
    `tell_more(model, report)` adds to the report what only this kind can tell.
    """
    hidden = {"kind", "estimator_for"} | ({"task"} if len(kind.tasks) == 1 else set())

    def main(**given: Any) -> None:
        settings = {name: given.pop(name) for name in own}
        fitted = train(kind, lambda task: build(task, **settings), **given)
        if tell_more is not None:
            tell_more(fitted, given["report"])

    own = step.options(build, without=("task",))
    step.run(step.taking(main, build, train, without=hidden))


def train(
    kind: Kind,
    estimator_for: Callable[[str], Any],
    data: Path,
    target: str,
    model: Path,
    report: Path,
    task: str = "auto",
    validation: Path | None = None,
    features: str | None = None,
    parameters: str | None = None,
) -> Any:
    """Fit on the rows whose target is known; write the model and its report."""
    frame = columns_of.rows_with_target(tables.frame(data), target)
    kinds = columns_of.kinds(frame, target, features)
    found = _task(kind, frame[target], task)
    estimator = estimator_for(found)
    estimator.set_params(**_extra(parameters, kind.name, estimator.get_params()))
    held = held_out(validation, target)
    work = fitting.Work(frame, kinds, target, found, kind.scaled, held)
    say_parameters(kind.name, work, estimator)

    started = time.perf_counter()
    fitted = fitting.fit(estimator, work)
    write_report(fitted, work, time.perf_counter() - started, report)
    save(fitted, work, kind.name, model, kind.packages)
    return fitted


def _task(kind: Kind, column: pd.Series[Any], wanted: str) -> str:
    if len(kind.tasks) == 2:
        found = columns_of.task_of(column, wanted)
        columns_of.check_labels(column, found)
        return found
    (only,) = kind.tasks
    hint = f"Choose another column in 'Target', or use {kind.instead}"
    try:
        found = columns_of.task_of(column, only)
        columns_of.check_labels(column, found)
    except ComponentError as error:
        raise ComponentError(error.message, hint) from error
    return found


def held_out(validation: Path | None, target: str) -> pd.DataFrame | None:
    if validation is None:
        return None
    return columns_of.rows_with_target(tables.frame(validation), target)


def say_parameters(name: str, work: fitting.Work, built: Any) -> None:
    """Everything a person would want to compare between two trainings."""
    simple = (str, int, float, bool)
    own = {k: v for k, v in built.get_params().items() if isinstance(v, simple)}
    about = {"estimator": name, "task": work.task, "target": work.target}
    step.params({**about, "features": ", ".join(work.kinds), **own})


def write_report(fitted: Any, work: fitting.Work, seconds: float, folder: Path) -> None:
    """Metrics on known rows and the importance of each column."""
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


def save(
    fitted: Any,
    work: fitting.Work,
    estimator: str,
    folder: Path,
    packages: tuple[str, ...] = (),
) -> None:
    """Write the model as an MLflow folder that can be deployed as it is."""
    labels = columns_of.labels(work.frame[work.target], work.task)
    mlflow_folder.save(
        fitted,
        folder,
        work.kinds,
        columns_of.output_type(labels),
        columns_of.example(columns_of.prepared(work.frame, dict(work.kinds))),
        {"task": work.task, "target": work.target, "estimator": estimator},
        packages,
    )


def _extra(text: str | None, kind: str, has: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of the library's own, written as JSON.

    Those of an estimator inside another are meant by their last name alone.
    """
    if not text or not text.strip():
        return {}
    try:
        extra = json.loads(text)
    except json.JSONDecodeError as error:
        raise ComponentError(
            f"'Parameters' is not JSON: {error.msg} at column {error.colno}",
            'Write it like {"min_samples_leaf": 5}',
        ) from error
    if not isinstance(extra, dict):
        raise ComponentError(
            "'Parameters' is not a JSON object",
            'Write it like {"min_samples_leaf": 5}',
        )
    named = {name.rpartition("__")[2]: name for name in has} | {n: n for n in has}
    for key in extra:
        if key not in named:
            raise ComponentError(
                f"{kind} has no parameter '{key}'",
                f"{step.closest(key, named)}It has: {step.listing(sorted(named), 40)}.",
            )
    return {named[key]: value for key, value in extra.items()}
