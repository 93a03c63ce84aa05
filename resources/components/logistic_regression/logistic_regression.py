"""Learn a category as a weighted sum of the columns."""

from __future__ import annotations

from typing import Any

import training
from sklearn.linear_model import LogisticRegression

_RATIOS = {"l2": 0.0, "l1": 1.0, "none": 0.0}


def build(
    task: str,
    penalty: str,
    c: float,
    l1_ratio: float,
    balanced: bool,
    max_iter: int,
    seed: int,
) -> Any:
    ratio = _RATIOS.get(penalty, l1_ratio)
    return LogisticRegression(
        C=float("inf") if penalty == "none" else c,
        l1_ratio=ratio,
        solver="saga" if ratio else "lbfgs",
        class_weight="balanced" if balanced else None,
        max_iter=max_iter,
        random_state=seed,
    )


if __name__ == "__main__":
    training.run(
        build,
        training.Kind(
            "logistic_regression",
            scaled=True,
            tasks=("classification",),
            instead="Linear regression for a number",
        ),
    )
