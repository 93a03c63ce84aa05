"""Gradient boosting by LightGBM."""

from __future__ import annotations

from typing import Any

import boosting
import training


def build(
    task: str,
    n_estimators: int,
    learning_rate: float,
    num_leaves: int,
    subsample: float,
    colsample_bytree: float,
    reg_lambda: float,
    seed: int,
    max_depth: int | None = None,
) -> Any:
    lightgbm = boosting.library("lightgbm", "LightGBM")
    boosted = (
        lightgbm.LGBMRegressor if task == "regression" else lightgbm.LGBMClassifier
    )
    return boosted(
        n_estimators=n_estimators,
        learning_rate=learning_rate,
        max_depth=max_depth or -1,
        num_leaves=num_leaves,
        subsample=subsample,
        subsample_freq=int(subsample < 1),
        colsample_bytree=colsample_bytree,
        reg_lambda=reg_lambda,
        random_state=seed,
        verbose=-1,
    )


if __name__ == "__main__":
    training.run(build, training.Kind("lightgbm", packages=("lightgbm",)))
