"""Learn a number as a weighted sum of the columns."""

from __future__ import annotations

from typing import Any

import training
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, Ridge


def build(
    task: str, penalty: str, alpha: float, l1_ratio: float, max_iter: int, seed: int
) -> Any:
    if penalty == "none":
        return LinearRegression()
    if penalty == "ridge":
        return Ridge(alpha=alpha, random_state=seed)
    if penalty == "lasso":
        return Lasso(alpha=alpha, max_iter=max_iter, random_state=seed)
    return ElasticNet(
        alpha=alpha, l1_ratio=l1_ratio, max_iter=max_iter, random_state=seed
    )


if __name__ == "__main__":
    training.run(
        build,
        training.Kind(
            "linear_regression",
            scaled=True,
            tasks=("regression",),
            instead="Logistic regression for categories",
        ),
    )
