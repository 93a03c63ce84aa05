"""Group rows that lie densely."""

from __future__ import annotations

from typing import Any

import clustering
import numpy as np
from sklearn.cluster import DBSCAN
from sklearn.neighbors import NearestNeighbors, RadiusNeighborsClassifier
from step import ComponentError

_WITH_NEIGHBOURS = 0.9


def find(ready: Any, min_samples: int, eps: float | None = None) -> clustering.Clusters:
    reach = eps or _reach(ready, min_samples)
    found = DBSCAN(eps=reach, min_samples=min_samples).fit(ready)
    core = found.core_sample_indices_
    if not len(core):
        raise ComponentError(
            f"No row has {min_samples} neighbours within {reach:.4g}: all are noise",
            "Raise 'Eps', lower 'Min samples', or leave 'Eps' empty",
        )
    # A new row belongs to the cluster of the dense rows within reach, as in DBSCAN.
    model = RadiusNeighborsClassifier(reach, outlier_label=clustering.NOISE)
    model.fit(ready[core], found.labels_[core])
    return clustering.Clusters(found.labels_.astype("int64"), model, {"eps": reach})


def _reach(ready: Any, min_samples: int) -> float:
    """The distance within which most rows have enough neighbours."""
    near = NearestNeighbors(n_neighbors=min_samples).fit(ready)
    farthest = near.kneighbors(ready)[0][:, -1]
    return max(float(np.quantile(farthest, _WITH_NEIGHBOURS)), 1e-9)


if __name__ == "__main__":
    clustering.run(find, "DBSCAN")
