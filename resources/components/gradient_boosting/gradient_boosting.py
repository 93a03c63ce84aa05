"""Learn trees that correct each other."""

from __future__ import annotations

from typing import Any

import training
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)


def build(
    task: str,
    n_estimators: int,
    learning_rate: float,
    max_leaf_nodes: int,
    l2_regularization: float,
    early_stopping: bool,
    seed: int,
    max_depth: int | None = None,
) -> Any:
    boosted = (
        HistGradientBoostingRegressor
        if task == "regression"
        else HistGradientBoostingClassifier
    )
    return boosted(
        max_iter=n_estimators,
        learning_rate=learning_rate,
        max_depth=max_depth,
        max_leaf_nodes=max_leaf_nodes,
        l2_regularization=l2_regularization,
        early_stopping=early_stopping,
        random_state=seed,
    )


if __name__ == "__main__":
    training.run(build, training.Kind("gradient_boosting"))
