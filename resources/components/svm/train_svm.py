"""Learn a border with the widest margin."""

from __future__ import annotations

import math
from typing import Any

import training
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC, SVR
from step import ComponentError


def build(
    task: str,
    kernel: str,
    c: float,
    gamma: str,
    degree: int,
    epsilon: float,
    probabilities: bool,
    balanced: bool,
    seed: int,
) -> Any:
    shape = {"kernel": kernel, "C": c, "gamma": reach(gamma), "degree": degree}
    if task == "regression":
        return SVR(**shape, epsilon=epsilon)
    weight = "balanced" if balanced else None
    border = SVC(**shape, class_weight=weight, random_state=seed)
    return CalibratedClassifierCV(border, ensemble=False) if probabilities else border


def reach(gamma: str) -> str | float:
    """`gamma` as scikit-learn takes it."""
    if gamma in ("scale", "auto"):
        return gamma
    try:
        number = float(gamma)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ComponentError(
            f"'{gamma}' is no reach for the kernel",
            "Write scale, auto or a number above 0 in 'Gamma'",
        )
    return number


if __name__ == "__main__":
    training.run(build, training.Kind("svm", scaled=True))
