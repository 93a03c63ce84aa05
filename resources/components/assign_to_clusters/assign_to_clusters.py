"""Put rows into known clusters."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import step
import tables
import unsupervised
from sklearn.mixture import GaussianMixture


def main(model: Path, data: Path, table: Path) -> None:
    frame = tables.frame(data)
    loaded, rows = unsupervised.load(model, "clustering", frame)
    with warnings.catch_warnings():
        # DBSCAN's rows in no cluster have no probability, which is what we expect.
        warnings.filterwarnings("ignore", message="Outlier label")
        labels = np.asarray(loaded.predict(rows), dtype="int64")
    assigned = unsupervised.with_columns(
        frame, cluster=labels, **_nearness(loaded, rows)
    )
    tables.write_frame(assigned, table)
    step.metrics({"rows": len(frame), "clusters": len(np.unique(labels[labels >= 0]))})


def _nearness(loaded: Any, rows: Any) -> dict[str, Any]:
    """How sure the assignment is, where the model knows it."""
    if isinstance(loaded.named_steps["model"], GaussianMixture):
        return {"probability": loaded.predict_proba(rows).max(axis=1)}
    if hasattr(loaded, "transform"):
        return {"distance": loaded.transform(rows).min(axis=1)}
    return {}


if __name__ == "__main__":
    step.run(main)
