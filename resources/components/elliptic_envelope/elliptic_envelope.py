"""Find rows far from the middle of one bell-shaped cloud."""

from __future__ import annotations

import warnings
from typing import Any

import anomalies
from sklearn.covariance import EllipticEnvelope


def detect(ready: Any, share: float, seed: int) -> anomalies.Anomalies:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        envelope = EllipticEnvelope(contamination=share, random_state=seed).fit(ready)
    if any("full rank" in str(each.message) for each in caught):
        print("Some columns say the same: leave them out in 'Features' to be exact")
    return anomalies.told_by(envelope, ready)


if __name__ == "__main__":
    anomalies.run(detect, "Elliptic envelope")
