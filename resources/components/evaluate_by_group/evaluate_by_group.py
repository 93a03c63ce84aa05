"""Measure predicted numbers within groups of rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import judged
import numpy as np
import pandas as pd
import plots
import step
import tables


def main(
    data: Path,
    target: str,
    prediction: str,
    group: str,
    ranges: int,
    table: Path,
    evaluation: Path,
) -> None:
    frame = judged.rows(data, target, prediction)
    actual = judged.numbers(frame, target, "target")
    predicted = judged.numbers(frame, prediction, "prediction")
    groups = judged.groups(frame, group, ranges, "group")
    told = pd.DataFrame(
        [
            {group: name, **measured(actual[groups == name], predicted[groups == name])}
            for name in groups.cat.categories
            if (groups == name).any()
        ]
    )
    whole = measured(actual, predicted)
    worst = told.sort_values("rmse", ascending=False, ignore_index=True)
    values = {
        **whole,
        "groups": float(len(told)),
        "worst_rmse": float(worst.rmse[0]),
        "rmse_gap": float(worst.rmse[0] - worst.rmse.iloc[-1]),
    }
    step.metrics(values)
    plots.write_metrics(evaluation, values)
    _picture(told, group, evaluation)
    tables.write_frame(worst, table)
    print(f"The worst group is {worst[group][0]}: rmse {worst.rmse[0]:.4g}")


def measured(actual: Any, predicted: Any) -> dict[str, float]:
    """Errors in the target's unit; `bias` above 0 is predicted too high."""
    errors = predicted - actual
    around = ((actual - actual.mean()) ** 2).sum()
    return {
        "rows": float(len(actual)),
        "mae": float(np.abs(errors).mean()),
        "rmse": float(np.sqrt((errors**2).mean())),
        "r2": float(1 - (errors**2).sum() / around) if around else float("nan"),
        "bias": float(errors.mean()),
    }


def _picture(told: pd.DataFrame, group: str, folder: Path) -> None:
    labels = told[group].tolist()
    for key, title in (("rmse", "Errors by group"), ("bias", "Bias by group")):
        bars = plots.numbers(told[key])
        shown = (folder, "bars", title, group, key)
        plots.write(*shown, file=key, labels=labels, values=bars)


if __name__ == "__main__":
    step.run(main)
