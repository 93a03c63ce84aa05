"""Made-up data of a known shape, to try things with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import step
import tables
from sklearn import datasets
from step import ComponentError


def main(
    shape: str,
    rows: int,
    features: int,
    classes: int,
    noise: float,
    missing: float,
    seed: int,
    table: Path,
) -> None:
    values, target = _made(shape, rows, features, classes, noise, seed)
    names = [f"x{number}" for number in range(1, values.shape[1] + 1)]
    frame = pd.DataFrame(values, columns=names)
    _punch(frame, missing, seed)
    frame = frame.assign(target=_labels(target, shape))
    tables.write_frame(frame, table)
    step.metrics(
        {
            "rows": len(frame),
            "columns": frame.shape[1],
            "missing_rows": int(frame.isna().any(axis=1).sum()),
        }
    )


def _made(
    shape: str, rows: int, features: int, classes: int, noise: float, seed: int
) -> tuple[Any, Any]:
    if shape == "classification":
        return _classification(rows, features, classes, noise, seed)
    if shape == "regression":
        return datasets.make_regression(
            n_samples=rows,
            n_features=features,
            n_informative=max(1, features // 2),
            noise=noise * 100,
            random_state=seed,
        )
    if shape == "clusters":
        return datasets.make_blobs(
            n_samples=rows,
            n_features=features,
            centers=classes,
            cluster_std=1 + noise,
            random_state=seed,
        )[:2]
    make = datasets.make_moons if shape == "moons" else datasets.make_circles
    return make(n_samples=rows, noise=noise, random_state=seed)


def _classification(
    rows: int, features: int, classes: int, noise: float, seed: int
) -> tuple[Any, Any]:
    informative = max(2, features // 2)
    if features < 2 or classes > 2**informative:
        raise ComponentError(
            f"{step.count(features, 'feature')} can't tell {classes} classes apart",
            "Set 'Features' higher, or 'Classes' lower",
        )
    return datasets.make_classification(
        n_samples=rows,
        n_features=features,
        n_informative=informative,
        n_redundant=min(features - informative, features // 4),
        n_clusters_per_class=1,
        n_classes=classes,
        flip_y=min(noise, 1.0),
        random_state=seed,
    )


def _punch(frame: pd.DataFrame, share: float, seed: int) -> None:
    """Holes in the features, for trying out what deals with them."""
    if share:
        holes = np.random.default_rng(seed).random(frame.shape) < share
        frame[:] = frame.mask(holes)


def _labels(target: Any, shape: str) -> Any:
    if shape == "regression":
        return target
    return [f"class_{number}" for number in target]


if __name__ == "__main__":
    step.run(main)
