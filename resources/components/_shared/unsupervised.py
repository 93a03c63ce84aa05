"""Models without a target: columns, the pipeline from raw rows, and its folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import features as columns_of
import mlflow_folder
import numpy as np
import pandas as pd
import step
import tables
from preparation import preparation
from sklearn.pipeline import Pipeline
from step import ComponentError


@dataclass(frozen=True)
class Fitted:
    """What an algorithm found in the rows of a table; `found` has its `model`."""

    title: str
    frame: pd.DataFrame
    kinds: Mapping[str, Any]
    prepare: Any
    ready: Any
    found: Any

    def write(self, task: str, table: Path, model: Path, **told: Any) -> None:
        """The table with what is told of each row, and the model for new rows."""
        tables.write_frame(with_columns(self.frame, **told), table)
        about = {"task": task, "estimator": self.title}
        save(self.prepare, self.found.model, self.frame, self.kinds, about, model)


def run(algorithm: Callable[..., Any], around: Callable[..., None], title: str) -> None:
    """A step that does what is `around(title, fit, ...)` its algorithm, where
    `fit(matrix)` is the algorithm with the step's settings."""
    own = step.options(algorithm, without=("ready",))

    def main(**given: Any) -> None:
        settings = {name: given.pop(name) for name in own}
        around(title, lambda ready: algorithm(ready, **settings), **given)

    step.run(step.taking(main, algorithm, around, without=("ready", "title", "fit")))


def fit_to(
    data: Path,
    features: str | None,
    title: str,
    fit: Callable[[Any], Any],
    doing: str,
    scaled: bool = True,
) -> Fitted:
    """Read a table and let the algorithm find what it can in its rows."""
    frame = tables.frame(data)
    kinds = columns(frame, features)
    prepare, ready = matrix(frame, kinds, scaled)
    step.params({"algorithm": title, "features": ", ".join(kinds)})
    step.progress(0.1, doing)
    found = fitted(title, lambda: fit(ready))
    return Fitted(title, frame, kinds, prepare, ready, found)


def columns(frame: pd.DataFrame, features: str | None) -> dict[str, Any]:
    """What rows are compared by: the named columns, else all numbers and flags."""
    if frame.empty:
        raise ComponentError("The table has no rows", "Check the step before")
    found = columns_of.kinds(frame, "", features)
    if features and not all(n.startswith("!") for n in tables.names_in(features)):
        return found
    text = [name for name, kind in found.items() if kind == "text"]
    if len(text) == len(found):
        raise ComponentError(
            "The table has no column with numbers",
            "Name columns with text in 'Features', or encode them first",
        )
    if text:
        print(f"Left out columns with text: {step.listing(text)}")
    return {name: kind for name, kind in found.items() if kind != "text"}


def matrix(
    frame: pd.DataFrame, kinds: Mapping[str, Any], scaled: bool
) -> tuple[Any, Any]:
    """The fitted preparation and the rows as numbers."""
    prepare = preparation(kinds, scaled)
    return prepare, prepare.fit_transform(columns_of.prepared(frame, dict(kinds)))


def fitted(what: str, fit: Callable[[], Any]) -> Any:
    """What `fit` gives; what a library can't do is told in one line."""
    try:
        return fit()
    except ValueError as error:
        raise ComponentError(
            f"{what} can't be fitted: {str(error).strip().splitlines()[0]}",
            "Correct the parameters of the step",
        ) from error


def save(
    prepare: Any,
    model: Any,
    frame: pd.DataFrame,
    kinds: Mapping[str, Any],
    about: Mapping[str, str],
    folder: Path,
) -> None:
    """Write the way from raw rows to the answer as one MLflow model."""
    mlflow_folder.save(
        Pipeline([("prepare", prepare), ("model", model)]),
        folder,
        kinds,
        "long",
        columns_of.example(columns_of.prepared(frame, dict(kinds))),
        about,
    )


def load(folder: Path, task: str, frame: pd.DataFrame) -> tuple[Any, pd.DataFrame]:
    """A model of that task, and the rows as it takes them."""
    described = mlflow_folder.describe(folder)
    told = (described.get("metadata") or {}).get("task", "prediction")
    if told != task:
        raise ComponentError(
            f"The model was made for {told.replace('_', ' ')}, "
            f"not for {task.replace('_', ' ')}",
            "Connect the model of another step, or use 'Score model'",
        )
    wanted = mlflow_folder.input_columns(described)
    mlflow_folder.require_columns(list(frame.columns), wanted)
    if frame.empty:
        raise ComponentError("The table has no rows", "Check the step before")
    return mlflow_folder.load(folder, described), mlflow_folder.typed(
        frame[wanted], described
    )


def with_columns(frame: pd.DataFrame, **found: Any) -> pd.DataFrame:
    """The table with columns at its end; those of the same names are replaced."""
    if known := [name for name in found if name in frame.columns]:
        print(f"Replaced columns: {step.listing(known)}")
    return frame.drop(columns=known).assign(**found)


def finite(values: Any) -> Any:
    """Numbers that can be written and compared: no infinity."""
    return np.nan_to_num(np.asarray(values, dtype="float64"))
