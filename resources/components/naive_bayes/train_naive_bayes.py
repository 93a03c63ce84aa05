"""Learn how each column is distributed in each category."""

from __future__ import annotations

from typing import Any

import training
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB

_OF_COUNTS = {
    "bernoulli": BernoulliNB,
    "multinomial": MultinomialNB,
    "complement": ComplementNB,
}


def build(task: str, distribution: str, smoothing: float | None = None) -> Any:
    if distribution == "gaussian":
        return GaussianNB(var_smoothing=1e-9 if smoothing is None else smoothing)
    return _OF_COUNTS[distribution](alpha=1.0 if smoothing is None else smoothing)


if __name__ == "__main__":
    training.run(
        build,
        training.Kind(
            "naive_bayes",
            tasks=("classification",),
            instead="Linear regression for a number",
        ),
    )
