"""Fit, measure and look into a model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import features
import mlflow_folder
import numpy as np
import pandas as pd
import step
from preparation import preparation, sources
from sklearn import metrics
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline
from step import ComponentError

_PARTS = 10
_MANY_ROWS = 20_000
_IMPORTANCE_ROWS = 300
_IMPORTANCE_COLUMNS = 50


@dataclass(frozen=True)
class Work:
    """What is to be learnt: rows, columns by kind, target and task."""

    frame: pd.DataFrame
    kinds: Mapping[str, Any]
    target: str
    task: str
    scaled: bool
    validation: pd.DataFrame | None

    def rows(self, frame: pd.DataFrame) -> tuple[pd.DataFrame, Any]:
        """Features and labels of a table with the same columns."""
        mlflow_folder.require_columns(list(frame.columns), list(self.kinds))
        labels = features.labels(frame[self.target], self.task)
        return features.prepared(frame, dict(self.kinds)), labels


def fit(estimator: Any, work: Work, prepare: Any = None) -> Pipeline:
    """A fitted pipeline from raw rows to predictions."""
    rows, labels = work.rows(work.frame)
    if prepare is None:
        prepare = preparation(work.kinds, work.scaled)
    ready = prepare.fit_transform(rows)
    model = Pipeline([("prepare", prepare), ("model", estimator)])
    watched = work.rows(work.validation) if work.validation is not None else None
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConvergenceWarning)
            _fit_in_parts(model, ready, labels, watched)
        model.predict(rows.head(1))  # some settings show only now that they can't be
    except (ValueError, TypeError) as error:
        raise ComponentError(
            f"{type(estimator).__name__} can't be fitted: "
            f"{str(error).strip().splitlines()[0]}",
            "Correct the parameters of the step",
        ) from error
    _warn(caught)
    _curve(estimator)
    return model


def _fit_in_parts(model: Pipeline, ready: Any, labels: Any, watched: Any) -> None:
    """Trees are added part by part, so that progress and a curve can be shown.

    The result is the same as in one go: `warm_start` draws the same numbers.
    """
    estimator = model.named_steps["model"]
    given = estimator.get_params()
    count = "n_estimators" if "n_estimators" in given else "max_iter"
    if "warm_start" not in given or not _grows_trees(estimator):
        step.progress(0.05, "fitting")
        estimator.fit(ready, labels)
        return
    if "n_jobs" in given and len(labels) > _MANY_ROWS:
        estimator.set_params(n_jobs=-1)
    total = given[count]
    estimator.set_params(warm_start=True)
    for trees in sorted({-(-total * part // _PARTS) for part in range(1, _PARTS + 1)}):
        estimator.set_params(**{count: trees}).fit(ready, labels)
        step.progress(trees / total, f"tree {trees} of {total}")
        if watched:
            step.metric("validation_score", model.score(*watched), at=trees)
    estimator.set_params(warm_start=given["warm_start"])
    if "n_jobs" in given:
        estimator.set_params(n_jobs=given["n_jobs"])


def _grows_trees(estimator: Any) -> bool:
    kind = type(estimator).__name__
    return kind.startswith(("RandomForest", "ExtraTrees", "HistGradientBoosting"))


def _curve(estimator: Any) -> None:
    for epoch, loss in enumerate(getattr(estimator, "loss_curve_", ()), start=1):
        step.metric("loss", loss, at=epoch)


def _warn(caught: list[warnings.WarningMessage]) -> None:
    if any(issubclass(each.category, ConvergenceWarning) for each in caught):
        print("Warning: the fit ended before it converged; raise 'Max iter'")


# -- measuring ----------------------------------------------------------------


def measure(model: Any, work: Work) -> dict[str, float]:
    """Scores on the training rows and, if there are any, the validation rows."""
    values = _scores(model, work, work.frame, "training")
    if work.validation is not None:
        values |= _scores(model, work, work.validation, "validation")
    return values


def _scores(model: Any, work: Work, frame: pd.DataFrame, name: str) -> dict[str, float]:
    rows, labels = work.rows(frame)
    predicted = model.predict(rows)
    if work.task == "regression":
        return {
            f"{name}_rmse": metrics.root_mean_squared_error(labels, predicted),
            f"{name}_mae": metrics.mean_absolute_error(labels, predicted),
            f"{name}_r2": metrics.r2_score(labels, predicted),
        }
    return {
        f"{name}_accuracy": metrics.accuracy_score(labels, predicted),
        f"{name}_f1": metrics.f1_score(
            labels, predicted, average="macro", zero_division=0
        ),
    }


def importances(model: Any, work: Work) -> tuple[dict[str, float], str]:
    """The share each raw column has, adding up to 1, and how it was found."""
    if not isinstance(model, Pipeline):
        return _by_permutation(model, work)
    prepare, estimator = model.named_steps["prepare"], model.named_steps["model"]
    if hasattr(estimator, "feature_importances_"):
        shares, method = estimator.feature_importances_, "impurity"
    elif hasattr(estimator, "coef_") and work.scaled:
        weights = np.abs(np.atleast_2d(estimator.coef_))
        shares, method = weights.mean(axis=0), "coefficients"
    else:
        return _by_permutation(model, work)
    totals = dict.fromkeys(work.kinds, 0.0)
    for column, share in zip(sources(prepare), shares, strict=True):
        totals[column] += float(share)
    return _as_shares(totals), method


def _by_permutation(model: Any, work: Work) -> tuple[dict[str, float], str]:
    if len(work.kinds) > _IMPORTANCE_COLUMNS:
        return {}, "permutation"
    from sklearn.inspection import permutation_importance

    known = work.validation if work.validation is not None else work.frame
    few = known.sample(min(len(known), _IMPORTANCE_ROWS), random_state=0)
    rows, labels = work.rows(few)
    result = permutation_importance(model, rows, labels, n_repeats=3, random_state=0)
    drops = np.maximum(result.importances_mean, 0.0)
    return _as_shares(dict(zip(work.kinds, drops.tolist(), strict=True))), "permutation"


def _as_shares(totals: dict[str, float]) -> dict[str, float]:
    whole = sum(totals.values())
    return {name: value / whole if whole else 0.0 for name, value in totals.items()}
