"""Gradient boosting by XGBoost."""

from __future__ import annotations

from typing import Any

import boosting
import training
from sklearn.ensemble import VotingClassifier


def build(
    task: str,
    n_estimators: int,
    learning_rate: float,
    max_leaves: int,
    subsample: float,
    colsample_bytree: float,
    reg_lambda: float,
    seed: int,
    max_depth: int | None = None,
) -> Any:
    xgboost = boosting.library("xgboost", "XGBoost")
    boosted = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    trees = boosted(
        n_estimators=n_estimators,
        learning_rate=learning_rate,
        max_depth=max_depth,
        max_leaves=max_leaves,
        subsample=subsample,
        colsample_bytree=colsample_bytree,
        reg_lambda=reg_lambda,
        random_state=seed,
    )
    if task == "regression":
        return trees
    # XGBoost takes only 0, 1, 2 ... for labels: a vote of one turns ours into them.
    return VotingClassifier([("xgboost", trees)], voting="soft")


if __name__ == "__main__":
    training.run(build, training.Kind("xgboost", packages=("xgboost",)))
