"""What every clustering step does around its algorithm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
import step
import unsupervised
from sklearn import metrics
from sklearn.decomposition import PCA

NOISE = -1
_JUDGED_ROWS = 2000


@dataclass(frozen=True)
class Clusters:
    """Each row's cluster, a model that tells it for new rows, and what was seen."""

    labels: Any
    model: Any
    values: Mapping[str, float] = field(default_factory=dict)
    lines: Mapping[str, Any] = field(default_factory=dict)


def run(find: Callable[..., Clusters], title: str) -> None:
    """A step that groups rows by `find(matrix, **settings)`."""
    unsupervised.run(find, group, title)


def group(
    title: str,
    fit: Callable[[Any], Clusters],
    data: Path,
    scale: bool,
    table: Path,
    model: Path,
    report: Path,
    features: str | None = None,
) -> None:
    doing = "finding clusters"
    rows = unsupervised.fit_to(data, features, title, fit, doing, scale)
    ready, found = rows.ready, rows.found
    values = {**sizes(found.labels), **quality(ready, found.labels), **found.values}
    step.metrics({"rows": len(rows.frame), **values})
    plots.write_metrics(report, values)
    picture(ready, found.labels, report)
    if found.lines:
        plots.write(report, "curves", **found.lines)
    rows.write("clustering", table, model, cluster=found.labels)
    for key, value in values.items():
        print(f"{key}: {value:.4g}")


def best(
    numbers: Iterable[int],
    make: Callable[[int], Any],
    cost: Callable[[Any], float],
    told: str,
) -> tuple[Any, dict[str, Any]]:
    """The model of the lowest cost, and the costs as a plot."""
    tried = list(numbers)
    models, costs = [], []
    for place, number in enumerate(tried, start=1):
        models.append(make(number))
        costs.append(cost(models[-1]))
        step.metric(told, abs(costs[-1]) if told == "silhouette" else costs[-1], number)
        step.progress(0.1 + 0.8 * place / len(tried), f"{number} clusters")
    shown = [-each for each in costs] if told == "silhouette" else costs
    series = [{"label": told, "x": tried, "y": plots.numbers(shown)}]
    lines = {
        "title": "How many clusters",
        "x_label": "Clusters",
        "y_label": told.capitalize() if told == "silhouette" else told.upper(),
        "series": series,
    }
    return models[int(np.argmin(costs))], lines


# -- how good clusters are ----------------------------------------------------


def sizes(labels: Any) -> dict[str, float]:
    """How many clusters, how large, and how many rows are in none."""
    known, counts = np.unique(labels[labels != NOISE], return_counts=True)
    found = {"clusters": float(len(known))}
    if len(known):
        found |= {"largest": float(counts.max()), "smallest": float(counts.min())}
    if noise := int((labels == NOISE).sum()):
        found["noise"] = float(noise)
    return found


def quality(ready: Any, labels: Any) -> dict[str, float]:
    """How far clusters are apart; nothing where there is only one."""
    inside = labels != NOISE
    ready, labels = ready[inside], labels[inside]
    count = len(np.unique(labels))
    if not 2 <= count < len(labels):
        return {}
    return {
        "silhouette": silhouette(ready, labels),
        "davies_bouldin": float(metrics.davies_bouldin_score(ready, labels)),
        "calinski_harabasz": float(metrics.calinski_harabasz_score(ready, labels)),
    }


def silhouette(ready: Any, labels: Any) -> float:
    """The mean silhouette, of a sample where there are many rows."""
    if len(labels) > _JUDGED_ROWS:
        chosen = np.random.default_rng(0).choice(len(labels), _JUDGED_ROWS, False)
        ready, labels = ready[chosen], labels[chosen]
    if not 2 <= len(np.unique(labels)) < len(labels):
        return 0.0
    return float(metrics.silhouette_score(ready, labels))


def picture(ready: Any, labels: Any, folder: Path) -> None:
    """The clusters on the plane in which the rows differ most, and their sizes."""
    dimensions = min(2, *ready.shape)
    flat = PCA(dimensions, random_state=0).fit_transform(ready)
    x, y = flat[:, 0], flat[:, 1] if dimensions == 2 else np.zeros(len(flat))
    shown = np.arange(len(x))
    if len(x) > plots.MAX_POINTS:
        shown = np.random.default_rng(0).choice(len(x), plots.MAX_POINTS, False)
    counts = pd.Series(labels).value_counts().sort_index()
    names = {label: name_of(label) for label in counts.index}
    series = [
        {
            "label": names[label],
            "x": plots.numbers(x[shown][labels[shown] == label]),
            "y": plots.numbers(y[shown][labels[shown] == label]),
        }
        for label in counts.index
    ]
    plots.write(
        folder,
        "clouds",
        "Clusters",
        "First main direction",
        "Second main direction",
        series=series,
    )
    plots.write(
        folder,
        "bars",
        "Rows in each cluster",
        "Cluster",
        "Rows",
        labels=list(names.values()),
        values=plots.numbers(counts),
    )


def name_of(label: Any) -> str:
    return "noise" if label == NOISE else str(label)
