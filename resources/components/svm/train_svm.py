"""Learn a border with the widest margin."""

from __future__ import annotations

from typing import Any

import reach
import training
from sklearn.calibration import CalibratedClassifierCV
from sklearn.svm import SVC, SVR


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
    shape = {"kernel": kernel, "C": c, "gamma": reach.of(gamma), "degree": degree}
    if task == "regression":
        return SVR(**shape, epsilon=epsilon)
    weight = "balanced" if balanced else None
    border = SVC(**shape, class_weight=weight, random_state=seed)
    return CalibratedClassifierCV(border, ensemble=False) if probabilities else border


if __name__ == "__main__":
    training.run(build, training.Kind("svm", scaled=True))
