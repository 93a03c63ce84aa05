"""Choose from which probability on a row counts as positive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import plots
import step
import trained
import training
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier
from step import ComponentError


@dataclass(frozen=True)
class Counts:
    """At each threshold: hits, false alarms, misses and right silences."""

    thresholds: Any
    hits: Any
    alarms: Any
    misses: Any
    silences: Any

    @property
    def precision(self) -> Any:
        return _share(self.hits, self.hits + self.alarms, empty=1.0)

    @property
    def recall(self) -> Any:
        return _share(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> Any:
        return _share(2 * self.hits, 2 * self.hits + self.alarms + self.misses)

    @property
    def youden(self) -> Any:
        return self.recall - _share(self.alarms, self.alarms + self.silences)


def main(
    model: Path,
    data: Path,
    objective: str,
    cost_false_positive: float,
    cost_false_negative: float,
    minimum_precision: float,
    model_out: Path,
    report: Path,
    target: str | None = None,
    positive: str | None = None,
) -> None:
    start, work = trained.classifier(model, data, target)
    place = _positive(start.classes_, positive)
    rows, labels = work.rows(work.frame)
    label = start.classes_[place]
    counts = count(labels == label, start.predict_proba(rows)[:, place])
    cost = cost_false_positive * counts.alarms + cost_false_negative * counts.misses
    chosen = _chosen(counts, objective, cost, minimum_precision)
    threshold = float(counts.thresholds[chosen])
    fixed = FixedThresholdClassifier(
        FrozenEstimator(start),
        threshold=threshold,
        pos_label=label,
        response_method="predict_proba",
    ).fit(rows, labels)
    values = {
        "threshold": threshold,
        "precision": float(counts.precision[chosen]),
        "recall": float(counts.recall[chosen]),
        "f1": float(counts.f1[chosen]),
        "false_positives": float(counts.alarms[chosen]),
        "false_negatives": float(counts.misses[chosen]),
        "cost_per_row": float(cost[chosen] / len(labels)),
        "cost_per_row_at_half": float(_at_half(counts, cost) / len(labels)),
    }
    step.metrics(values)
    plots.write_metrics(report, values)
    _picture(counts, cost / len(labels), report)
    training.save(fixed, work, "threshold", model_out)
    print(f"'{label}' from a probability of {threshold:.4g} on")


def _positive(classes: Any, wanted: str | None) -> int:
    if len(classes) != 2:
        raise ComponentError(
            f"The model tells {len(classes)} categories apart; a threshold parts two",
            "Connect a model of two categories",
        )
    names = [str(each) for each in classes]
    if not wanted:
        return 1
    if wanted not in names:
        raise ComponentError(
            f"The model knows no category '{wanted}'",
            f"{step.closest(wanted, names)}Write {names[0]} or {names[1]} "
            "in 'Positive', or leave it empty",
        )
    return names.index(wanted)


def count(truth: Any, chances: Any) -> Counts:
    """Each different probability as a threshold, and one above them all."""
    highest = np.nextafter(max(1.0, float(chances.max())), 2)
    thresholds = np.append(np.unique(chances), highest)
    # How many rows, positive or not, lie at or above each threshold.
    above = len(chances) - np.searchsorted(np.sort(chances), thresholds)
    hits = truth.sum() - np.searchsorted(np.sort(chances[truth]), thresholds)
    alarms = above - hits
    misses, silences = truth.sum() - hits, (~truth).sum() - alarms
    return Counts(thresholds, hits, alarms, misses, silences)


def _chosen(counts: Counts, objective: str, cost: Any, minimum: float) -> int:
    if objective == "precision":
        enough = counts.precision >= minimum
        alarmed = counts.hits + counts.alarms > 0
        if not (enough & alarmed).any():
            reached = counts.precision[alarmed].max()
            raise ComponentError(
                f"No threshold reaches a precision of {minimum}",
                f"The best is {reached:.3f}; lower 'Minimum precision'",
            )
        return int(np.argmax(np.where(enough & alarmed, counts.recall, -1)))
    gain = {"cost": -cost, "f1": counts.f1, "youden": counts.youden}[objective]
    return int(np.argmax(gain))


def _at_half(counts: Counts, cost: Any) -> float:
    """What the usual threshold costs."""
    return float(cost[min(np.searchsorted(counts.thresholds, 0.5), len(cost) - 1)])


def _share(part: Any, whole: Any, empty: float = 0.0) -> Any:
    return np.where(whole > 0, part / np.maximum(whole, 1), empty)


def _picture(counts: Counts, cost: Any, folder: Path) -> None:
    x, precision, recall, each = plots.thinned(
        counts.thresholds, counts.precision, counts.recall, cost
    )
    series = [
        {"label": "precision", "x": x, "y": precision},
        {"label": "recall", "x": x, "y": recall},
    ]
    labels = ("Precision and recall by threshold", "Threshold", "Share")
    plots.write(folder, "curves", *labels, series=series)
    series = [{"label": "cost", "x": x, "y": each}]
    labels = ("Cost by threshold", "Threshold", "Cost per row")
    plots.write(folder, "curves", *labels, file="cost", series=series)


if __name__ == "__main__":
    step.run(main)
