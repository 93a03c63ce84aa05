"""Find rows that lie less densely than their neighbours."""

from __future__ import annotations

from typing import Any

import anomalies
from sklearn.neighbors import LocalOutlierFactor
from step import ComponentError


def detect(ready: Any, share: float, n_neighbors: int) -> anomalies.Anomalies:
    if n_neighbors >= len(ready):
        raise ComponentError(
            f"A table of {len(ready)} rows has no {n_neighbors} neighbours for each",
            f"Lower 'N neighbors' to {len(ready) - 1} or less",
        )
    settings = {"n_neighbors": n_neighbors, "contamination": share}
    here = LocalOutlierFactor(**settings)
    unusual = here.fit_predict(ready) < 0
    # For known rows a row isn't its own neighbour; for new ones there is no such row.
    model = LocalOutlierFactor(**settings, novelty=True).fit(ready)
    return anomalies.Anomalies(unusual, -here.negative_outlier_factor_, model)


if __name__ == "__main__":
    anomalies.run(detect, "Local outlier factor")
