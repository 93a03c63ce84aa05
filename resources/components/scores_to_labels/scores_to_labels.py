"""Make labels of scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import step
import tables
from step import ComponentError


def main(
    data: Path,
    score: str,
    threshold: float,
    positive: str,
    negative: str,
    column: str,
    table: Path,
    unsure_below: float | None = None,
) -> None:
    frame = tables.frame(data)
    tables.require(list(frame.columns), score, "score")
    if not pd.api.types.is_numeric_dtype(frame[score]):
        raise ComponentError(
            f"Column '{score}' holds no numbers",
            "Choose a column of scores or probabilities in 'Score'",
        )
    if positive == negative:
        raise ComponentError(
            "Both labels are the same", "Change 'Positive' or 'Negative'"
        )
    if unsure_below is not None and unsure_below > threshold:
        raise ComponentError(
            f"'Unsure below' is {unsure_below}, above the threshold {threshold}",
            "Set it to a score below 'Threshold', or leave it empty",
        )
    scores = frame[score].to_numpy("float64")
    labels = np.where(scores >= threshold, positive, negative).astype(object)
    lowest = threshold if unsure_below is None else unsure_below
    unsure = np.isnan(scores) | ((scores >= lowest) & (scores < threshold))
    labels[unsure] = None
    if column in frame.columns:
        print(f"Replaced column: {column}")
    tables.write_frame(frame.assign(**{column: labels}), table)
    step.metrics(
        {
            "rows": len(frame),
            "positive": int((labels == positive).sum()),
            "negative": int((labels == negative).sum()),
            "unsure": int(unsure.sum()),
        }
    )


if __name__ == "__main__":
    step.run(main)
