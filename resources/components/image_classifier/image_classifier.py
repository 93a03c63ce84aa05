"""Learn what images show from their features."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import step
import tables
import training
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from step import ComponentError

_PREFIXES = ("pixel_", "hog_", "colour_")


def main(
    data: Path,
    target: str,
    estimator: str,
    c: float,
    n_neighbors: int,
    components: float,
    seed: int,
    model: Path,
    report: Path,
    validation: Path | None = None,
    features: str | None = None,
    parameters: str | None = None,
) -> None:
    def build(task: str) -> Any:
        learner = _learner(estimator, c, n_neighbors, seed)
        if components >= 1:
            return learner
        fewer = PCA(components, svd_solver="full", random_state=seed)
        return Pipeline([("fewer", fewer), ("learner", learner)])

    training.train(
        training.Kind(
            "image_classifier",
            scaled=False,
            tasks=("classification",),
            instead="a training step for numbers",
        ),
        build,
        data,
        target,
        model,
        report,
        validation=validation,
        features=features or _features(data),
        parameters=parameters,
    )


def _features(data: Path) -> str:
    """The columns that an Image features step makes."""
    names = tables.read(data).column_names
    found = [p for p in _PREFIXES if any(name.startswith(p) for name in names)]
    if not found:
        raise ComponentError(
            "The table has no columns of image features",
            "Connect the table of an Image features step, or name columns in "
            "'Features'",
        )
    return ", ".join(f"{prefix}*" for prefix in found)


def _learner(name: str, c: float, n_neighbors: int, seed: int) -> Any:
    if name == "svm":
        return SVC(C=c, random_state=seed)
    if name == "logistic_regression":
        return LogisticRegression(C=c, max_iter=1000)
    return KNeighborsClassifier(n_neighbors=n_neighbors)


if __name__ == "__main__":
    step.run(main)
