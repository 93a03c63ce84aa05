"""Find rows that a few random cuts set apart."""

from __future__ import annotations

from typing import Any

import anomalies
from sklearn.ensemble import IsolationForest


def detect(
    ready: Any, share: float, n_estimators: int, seed: int
) -> anomalies.Anomalies:
    forest = IsolationForest(
        n_estimators=n_estimators, contamination=share, random_state=seed
    )
    return anomalies.told_by(forest.fit(ready), ready)


if __name__ == "__main__":
    anomalies.run(detect, "Isolation forest")
