"""What every anomaly detection step does around its algorithm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plots
import step
import unsupervised

_BARS = 24


@dataclass(frozen=True)
class Anomalies:
    """Which rows are unusual, how much each is, and a model for new rows."""

    unusual: Any
    scores: Any
    model: Any


def told_by(model: Any, ready: Any) -> Anomalies:
    """The rows as the fitted model itself judges them."""
    return Anomalies(model.predict(ready) < 0, -model.score_samples(ready), model)


def run(detect: Callable[..., Anomalies], title: str) -> None:
    """A step that finds unusual rows by `detect(matrix, share, **settings)`."""
    unsupervised.run(detect, find, title)


def find(
    title: str,
    fit: Callable[[Any], Anomalies],
    data: Path,
    table: Path,
    model: Path,
    report: Path,
    features: str | None = None,
) -> None:
    doing = "looking for unusual rows"
    rows = unsupervised.fit_to(data, features, title, fit, doing)
    unusual, scores = rows.found.unusual, unsupervised.finite(rows.found.scores)
    values = {
        "rows": float(len(rows.frame)),
        "anomalies": float(unusual.sum()),
        "share": float(unusual.mean()),
    }
    step.metrics(values)
    plots.write_metrics(report, values)
    _picture(scores, report)
    told = {"anomaly": unusual, "anomaly_score": scores}
    rows.write("anomaly_detection", table, model, **told)
    count = step.count(len(rows.frame), "row")
    print(f"{int(values['anomalies'])} of {count} are unusual")


def _picture(scores: Any, folder: Path) -> None:
    counts, edges = np.histogram(scores, bins=_BARS)
    middles = plots.numbers((edges[:-1] + edges[1:]) / 2)
    plots.write(
        folder,
        "bars",
        "Scores",
        "Anomaly score",
        "Rows",
        labels=[f"{middle:.3g}" for middle in middles],
        values=plots.numbers(counts),
    )
