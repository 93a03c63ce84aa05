"""Describe rows as a mixture of bell curves."""

from __future__ import annotations

from typing import Any

import clustering
from sklearn.mixture import GaussianMixture


def find(
    ready: Any,
    clusters: int,
    covariance: str,
    n_init: int,
    seed: int,
    choose_up_to: int | None = None,
) -> clustering.Clusters:
    def make(count: int) -> GaussianMixture:
        return GaussianMixture(
            count, covariance_type=covariance, n_init=n_init, random_state=seed
        ).fit(ready)

    def cost(model: GaussianMixture) -> float:
        return float(model.bic(ready))

    lines: dict[str, Any] = {}
    if choose_up_to is None:
        model = make(clusters)
    else:
        model, lines = clustering.best(range(1, choose_up_to + 1), make, cost, "bic")
    values = {"bic": cost(model), "aic": float(model.aic(ready))}
    return clustering.Clusters(model.predict(ready), model, values, lines)


if __name__ == "__main__":
    clustering.run(find, "Gaussian mixture")
