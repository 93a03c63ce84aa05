"""Merge the nearest rows and groups until few are left."""

from __future__ import annotations

from typing import Any

import clustering
import plots
from sklearn.cluster import AgglomerativeClustering
from sklearn.neighbors import KNeighborsClassifier
from step import ComponentError

_MOST_ROWS = 20_000
_SHOWN_MERGES = 30


def find(ready: Any, clusters: int, linkage: str) -> clustering.Clusters:
    if len(ready) > _MOST_ROWS:
        raise ComponentError(
            f"{len(ready)} rows are too many: every pair of them is compared",
            f"Take a sample of up to {_MOST_ROWS} rows first, or use k-means",
        )
    found = AgglomerativeClustering(
        n_clusters=clusters, linkage=linkage, compute_distances=True
    ).fit(ready)
    labels = found.labels_.astype("int64")
    model = KNeighborsClassifier(n_neighbors=1).fit(ready, labels)
    return clustering.Clusters(labels, model, lines=_merges(found.distances_))


def _merges(distances: Any) -> dict[str, Any]:
    """How far apart the groups of the last merges were: a leap shows the number."""
    last = distances[::-1][:_SHOWN_MERGES]
    left = list(range(1, len(last) + 1))
    series = [{"label": "distance", "x": left, "y": plots.numbers(last)}]
    return {
        "title": "Distance of the groups merged last",
        "x_label": "Clusters left after the merge",
        "y_label": "Distance",
        "series": series,
    }


if __name__ == "__main__":
    clustering.run(find, "Hierarchical clustering")
