"""Which of many metrics tell most, and how they are written in one line."""

from __future__ import annotations

from collections.abc import Mapping

from studio.gui.widgets.formats import format_number

FIRST = (
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
_SCORES = ("accuracy", "auc", "roc_auc", "f1", "r2", "precision", "recall")
_COUNTS = ("rows", "columns", "_rows", "_columns", "_dropped", "_filled", "_seconds")


def main_metrics(metrics: Mapping[str, float], most: int = 2) -> dict[str, float]:
    """The metrics that judge a model come first; counts of rows are left out."""
    known = [name for name in FIRST if name in metrics]
    others = [name for name in metrics if name not in known and not _is_detail(name)]
    return {name: metrics[name] for name in [*known, *others][:most]}


def metrics_text(metrics: Mapping[str, float], most: int = 2) -> str:
    """`accuracy 0.9884 · auc 0.9991`; empty if nothing was measured."""
    chosen = main_metrics(metrics, most)
    return " · ".join(f"{name} {measure_text(name, v)}" for name, v in chosen.items())


def measure_text(name: str, value: float) -> str:
    """A metric's value; a perfect score is `1.000`, where a `1` would be a count."""
    perfect = name in _SCORES and value in (0, 1)
    return f"{value:.3f}" if perfect else format_number(value)


def _is_detail(name: str) -> bool:
    training = name.startswith(("importance.", "training_"))
    return training or name.endswith(_COUNTS)
