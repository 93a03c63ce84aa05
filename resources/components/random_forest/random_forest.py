"""Learn many trees that vote."""

from __future__ import annotations

from typing import Any

import training
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)


def build(
    task: str,
    n_estimators: int,
    min_samples_leaf: int,
    extra_trees: bool,
    balanced: bool,
    seed: int,
    max_depth: int | None = None,
) -> Any:
    settings = {
        "n_estimators": n_estimators,
        "max_depth": max_depth,
        "min_samples_leaf": min_samples_leaf,
        "random_state": seed,
    }
    if task == "regression":
        regressor = ExtraTreesRegressor if extra_trees else RandomForestRegressor
        return regressor(**settings)
    classifier = ExtraTreesClassifier if extra_trees else RandomForestClassifier
    return classifier(**settings, class_weight="balanced" if balanced else None)


if __name__ == "__main__":
    training.run(build, training.Kind("random_forest"))
