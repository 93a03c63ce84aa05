"""Group rows around centres."""

from __future__ import annotations

from typing import Any

import clustering
from sklearn.cluster import KMeans


def find(
    ready: Any, clusters: int, n_init: int, seed: int, choose_up_to: int | None = None
) -> clustering.Clusters:
    def make(count: int) -> KMeans:
        return KMeans(count, n_init=n_init, random_state=seed).fit(ready)

    def cost(model: KMeans) -> float:
        return -clustering.silhouette(ready, model.labels_)

    lines: dict[str, Any] = {}
    if choose_up_to is None:
        model = make(clusters)
    else:
        numbers = range(2, choose_up_to + 1)
        model, lines = clustering.best(numbers, make, cost, "silhouette")
    labels = model.labels_.astype("int64")
    return clustering.Clusters(labels, model, {"inertia": model.inertia_}, lines)


if __name__ == "__main__":
    clustering.run(find, "k-means")
