"""Learn a border around the usual rows."""

from __future__ import annotations

from typing import Any

import anomalies
import reach
from sklearn.svm import OneClassSVM


def detect(ready: Any, share: float, kernel: str, gamma: str) -> anomalies.Anomalies:
    border = OneClassSVM(nu=share, kernel=kernel, gamma=reach.of(gamma))
    return anomalies.told_by(border.fit(ready), ready)


if __name__ == "__main__":
    anomalies.run(detect, "One-class SVM")
