"""Which of many metrics tell most about a model, and those that aren't finite."""

from __future__ import annotations

import math
from collections.abc import Mapping

MAIN = (
    "accuracy",
    "auc",
    "roc_auc",
    "f1",
    "r2",
    "rmse",
    "mae",
    "precision",
    "recall",
    "log_loss",
    "loss",
)
NOT_FINITE = ("NaN", "Infinity", "-Infinity")
_COUNTS = ("rows", "columns", "_rows", "_columns", "_dropped", "_filled", "_seconds")


def main_metrics(metrics: Mapping[str, float], most: int = 2) -> dict[str, float]:
    """The metrics that judge a model come first; counts of rows are left out."""
    known = [name for name in MAIN if name in metrics]
    others = [name for name in metrics if name not in known and not _is_detail(name)]
    return {name: metrics[name] for name in [*known, *others][:most]}


def telling_metrics(metrics: Mapping[str, float], most: int = 2) -> dict[str, float]:
    """The main metrics; without any, what was measured in training, or counted."""
    found = main_metrics(metrics, most)
    if found:
        return found
    details = [name for name in metrics if not name.startswith("importance.")]
    details.sort(key=_rank_in_training)
    return {name: metrics[name] for name in details[:most]}


def _rank_in_training(name: str) -> tuple[bool, int]:
    """What judges a model first, then what else training measured, then counts."""
    measured = name.removeprefix("training_")
    at = MAIN.index(measured) if measured in MAIN else len(MAIN)
    return not name.startswith("training_"), at


def warns(metrics: Mapping[str, float], most: int = 2) -> bool:
    """Whether one of the metrics that tell most is no finite number."""
    told = telling_metrics(metrics, most).values()
    return not all(math.isfinite(value) for value in told)


def as_json(value: float) -> float | str:
    """Strict JSON knows no NaN; the words are those that protobuf's JSON uses."""
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def from_word(word: str | float) -> float:
    """The number of a word. NaN is always the same one, so that values which hold
    it equal themselves. Raises ValueError."""
    value = float(word)
    return math.nan if math.isnan(value) else value


def _is_detail(name: str) -> bool:
    training = name.startswith(("importance.", "training_"))
    counted = name.startswith(("rows_", "columns_")) or name.endswith(_COUNTS)
    return training or counted
