"""Make probabilities mean what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import plots
import scoring
import step
import trained
import training
from sklearn import metrics
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.frozen import FrozenEstimator
from step import ComponentError

_BINS = 10


def main(
    model: Path,
    data: Path,
    method: str,
    folds: int,
    model_out: Path,
    report: Path,
    target: str | None = None,
) -> None:
    start, work = trained.classifier(model, data, target)
    rows, labels = work.rows(work.frame)
    if absent := [each for each in start.classes_ if each not in set(labels)]:
        raise ComponentError(
            f"No row has the category {step.listing(absent)}, which the model knows",
            "Use a table with rows of every category",
        )
    cut = scoring.folds(work, labels, folds, seed=0)
    calibrated = CalibratedClassifierCV(FrozenEstimator(start), method=method)
    before = start.predict_proba(rows)
    after = np.empty_like(before)
    for inside, outside in cut.split(rows, labels):
        # Each row is judged by a calibration that hasn't seen it.
        other = clone(calibrated).fit(rows.iloc[inside], labels[inside])
        after[outside] = other.predict_proba(rows.iloc[outside])
    calibrated.fit(rows, labels)
    values = _measured("before", before, labels, start.classes_)
    values |= _measured("after", after, labels, start.classes_)
    step.metrics({"rows": len(labels), **values})
    plots.write_metrics(report, values)
    _picture(before, after, labels, start.classes_, report)
    training.save(calibrated, work, f"calibrated_{method}", model_out)
    for key, value in values.items():
        print(f"{key}: {value:.4f}")
    if values["log_loss_after"] > values["log_loss_before"]:
        print("The probabilities were better before: use the model as it came")


def _measured(when: str, chances: Any, labels: Any, classes: Any) -> dict[str, float]:
    truth = labels[:, None] == classes[None, :]
    brier = float(((chances - truth) ** 2).sum(axis=1).mean())
    loss = float(metrics.log_loss(labels, chances, labels=classes))
    return {f"brier_{when}": brier, f"log_loss_{when}": loss}


def _picture(before: Any, after: Any, labels: Any, classes: Any, folder: Path) -> None:
    """Of two categories the second, of more each against the rest."""
    shown = range(len(classes) - 1, len(classes)) if len(classes) == 2 else None
    truth = labels[:, None] == classes[None, :]
    places = list(shown or range(len(classes)))
    series = [{"label": "ideal", "x": [0.0, 1.0], "y": [0.0, 1.0]}]
    for name, chances in (("before", before), ("after", after)):
        happened, said = calibration_curve(
            np.concatenate([truth[:, place] for place in places]),
            np.concatenate([chances[:, place] for place in places]),
            n_bins=_BINS,
        )
        curve = {"x": plots.numbers(said), "y": plots.numbers(happened)}
        series.append({"label": name, **curve})
    labelled = ("Reliability", "Probability said", "Share that happened")
    plots.write(folder, "curves", *labelled, series=series)


if __name__ == "__main__":
    step.run(main)
