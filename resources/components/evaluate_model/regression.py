"""Metrics and plots of predicted numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import plots
from sklearn import metrics


def evaluate(
    frame: pd.DataFrame, target: str, prediction: str, folder: Path
) -> dict[str, float]:
    """Metrics of the predictions, in the target's unit; plots go to the folder."""
    actual = frame[target].to_numpy(dtype="float64")
    predicted = frame[prediction].to_numpy(dtype="float64")
    order = np.argsort(predicted, kind="stable")
    x, y, residuals = plots.thinned(
        actual[order], predicted[order], (actual - predicted)[order]
    )
    plots.write(
        folder,
        "predicted_vs_actual",
        "Predicted and actual",
        f"Actual {target}",
        f"Predicted {target}",
        x=x,
        y=y,
        diagonal=True,
    )
    plots.write(
        folder,
        "residuals",
        "Residuals",
        f"Predicted {target}",
        "Actual - predicted",
        x=y,
        y=residuals,
        zero_line=True,
    )
    return {
        "rows": len(actual),
        "mae": float(metrics.mean_absolute_error(actual, predicted)),
        "rmse": float(metrics.root_mean_squared_error(actual, predicted)),
        "r2": float(metrics.r2_score(actual, predicted)) if len(actual) > 1 else 0.0,
        "medae": float(metrics.median_absolute_error(actual, predicted)),
    }
