"""Which of many metrics tell most about a model."""

from __future__ import annotations

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
_COUNTS = ("rows", "columns", "_rows", "_columns", "_dropped", "_filled", "_seconds")


def main_metrics(metrics: Mapping[str, float], most: int = 2) -> dict[str, float]:
    """The metrics that judge a model come first; counts of rows are left out."""
    known = [name for name in MAIN if name in metrics]
    others = [name for name in metrics if name not in known and not _is_detail(name)]
    return {name: metrics[name] for name in [*known, *others][:most]}


def _is_detail(name: str) -> bool:
    training = name.startswith(("importance.", "training_"))
    return training or name.endswith(_COUNTS)
