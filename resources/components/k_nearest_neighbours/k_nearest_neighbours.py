"""Predict what the most similar rows have."""

from __future__ import annotations

from typing import Any

import training
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor


def build(task: str, n_neighbors: int, weights: str, metric: str) -> Any:
    neighbours = KNeighborsRegressor if task == "regression" else KNeighborsClassifier
    return neighbours(n_neighbors=n_neighbors, weights=weights, metric=metric)


if __name__ == "__main__":
    training.run(build, training.Kind("k_nearest_neighbours", scaled=True))
