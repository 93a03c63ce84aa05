"""Metrics by name, and folds to measure them on."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from fitting import Work
from sklearn.base import clone
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold, StratifiedKFold
from step import ComponentError

OF_TASK = {
    "classification": {
        "accuracy": "accuracy",
        "balanced_accuracy": "balanced_accuracy",
        "f1": "f1_macro",
        "auc": "roc_auc_ovr",
        "log_loss": "neg_log_loss",
    },
    "regression": {
        "rmse": "neg_root_mean_squared_error",
        "mae": "neg_mean_absolute_error",
        "r2": "r2",
    },
}


@dataclass(frozen=True)
class Metric:
    """A metric in its own sign; `better` sorts so that more is better."""

    name: str
    scorer: str

    @property
    def sign(self) -> float:
        return -1.0 if self.scorer.startswith("neg_") else 1.0

    def better(self, value: float) -> float:
        return self.sign * value

    def of(self, model: Any, rows: Any, labels: Any) -> float:
        return self.sign * float(get_scorer(self.scorer)(model, rows, labels))


def metric(name: str, work: Work, model: Any) -> Metric:
    """The metric of that name, which must suit the task and the model."""
    fitting = OF_TASK[work.task]
    chosen = next(iter(fitting)) if name == "auto" else name
    if chosen not in fitting:
        raise ComponentError(
            f"{chosen} can't measure a {work.task} model",
            f"Choose one of {', '.join(fitting)} in 'Metric'",
        )
    if chosen in ("auc", "log_loss") and not hasattr(model, "predict_proba"):
        raise ComponentError(
            f"{chosen} needs probabilities, which this model doesn't give",
            "Choose accuracy or f1 in 'Metric', or connect another model",
        )
    return Metric(chosen, fitting[chosen])


def every(work: Work, model: Any) -> list[Metric]:
    """All metrics that suit the task and the model."""
    chances = hasattr(model, "predict_proba")
    return [
        Metric(name, scorer)
        for name, scorer in OF_TASK[work.task].items()
        if chances or name not in ("auc", "log_loss")
    ]


def folds(work: Work, labels: Any, count: int, seed: int) -> Any:
    """Folds that keep the share of each category."""
    if count > len(labels):
        raise ComponentError(
            f"{len(labels)} rows can't be cut into {count} folds",
            "Lower 'Folds', or use a larger table",
        )
    if work.task == "regression":
        return KFold(count, shuffle=True, random_state=seed)
    rarest, rows = min(zip(*reversed_counts(labels), strict=True), key=lambda p: p[1])
    if rows < count:
        raise ComponentError(
            f"The category '{rarest}' has {rows} rows, fewer than the {count} folds",
            f"Lower 'Folds' to {max(2, rows)}, or leave that category out",
        )
    return StratifiedKFold(count, shuffle=True, random_state=seed)


def reversed_counts(labels: Any) -> tuple[list[Any], list[int]]:
    values, counts = np.unique(labels, return_counts=True)
    return values.tolist(), counts.tolist()


def refitted(model: Any, rows: Any, labels: Any) -> Any:
    """A fresh copy of the model, trained on other rows."""
    with warnings.catch_warnings():
        # That a fold isn't fitted to the end says nothing about the model chosen.
        warnings.simplefilter("ignore")
        try:
            return clone(model).fit(rows, labels)
        except (ValueError, TypeError) as error:
            raise ComponentError(
                f"The model can't be trained: {str(error).strip().splitlines()[0]}",
                "Correct the settings, or the table",
            ) from error
