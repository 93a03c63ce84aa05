"""What every anomaly detection step does around its algorithm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plots
import step
import tables
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
    own = step.options(detect, without=("ready",))

    def main(**given: Any) -> None:
        settings = {name: given.pop(name) for name in own}
        find(title, lambda ready: detect(ready, **settings), **given)

    step.run(step.taking(main, detect, find, without=("ready", "title", "detect")))


def find(
    title: str,
    detect: Callable[[Any], Anomalies],
    data: Path,
    table: Path,
    model: Path,
    report: Path,
    features: str | None = None,
) -> None:
    frame = tables.frame(data)
    kinds = unsupervised.columns(frame, features)
    prepare, ready = unsupervised.matrix(frame, kinds, True)
    step.params({"algorithm": title, "features": ", ".join(kinds)})
    step.progress(0.1, "looking for unusual rows")
    found = unsupervised.fitted(title, lambda: detect(ready))
    scores = unsupervised.finite(found.scores)
    values = {
        "rows": float(len(frame)),
        "anomalies": float(found.unusual.sum()),
        "share": float(found.unusual.mean()),
    }
    step.metrics(values)
    plots.write_metrics(report, values)
    _picture(scores, report)
    told = {"anomaly": found.unusual, "anomaly_score": scores}
    tables.write_frame(unsupervised.with_columns(frame, **told), table)
    about = {"task": "anomaly_detection", "estimator": title}
    unsupervised.save(prepare, found.model, frame, kinds, about, model)
    print(f"{int(values['anomalies'])} of {step.count(len(frame), 'row')} are unusual")


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
