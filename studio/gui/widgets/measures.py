"""How metrics are written in one line."""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain.metrics import telling_metrics
from studio.gui.widgets.formats import format_number

_SCORES = ("accuracy", "auc", "roc_auc", "f1", "r2", "precision", "recall")


def metrics_text(metrics: Mapping[str, float], most: int = 2) -> str:
    """`accuracy 0.9884 · auc 0.9991`; empty if nothing was measured."""
    chosen = telling_metrics(metrics, most)
    return " · ".join(f"{name} {measure_text(name, v)}" for name, v in chosen.items())


def measure_text(name: str, value: float) -> str:
    """A metric's value; a perfect score is `1.000`, where a `1` would be a count."""
    perfect = name in _SCORES and value in (0, 1)
    return f"{value:.3f}" if perfect else format_number(value)
