"""Tell whether one model is better than another, or the difference is chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
import step
import tables
import trained
from scipy import stats
from step import ComponentError

_DRAWS = 1000
_SHOWN = 1000


def main(
    model_1: Path,
    model_2: Path,
    data: Path,
    confidence: float,
    seed: int,
    table: Path,
    evaluation: Path,
    target: str | None = None,
) -> None:
    first, work = trained.load(model_1, data, target)
    second, other = trained.load(model_2, data, target or work.target)
    if work.task != other.task:
        raise ComponentError(
            "One model predicts categories, the other numbers",
            "Connect two models for the same target",
        )
    rows, actual = work.rows(work.frame)
    said = first.predict(rows), second.predict(other.rows(other.frame)[0])
    if work.task == "classification":
        values, sizes = _categories(actual, *said)
    else:
        values, sizes = _numbers(actual, *said)
    low, high = interval(sizes, confidence, seed)
    values |= {"difference_low": low, "difference_high": high, "rows": len(actual)}
    step.metrics(values)
    plots.write_metrics(evaluation, values)
    _picture(values, work.task, evaluation)
    _write(work.frame, said, sizes, table)
    print(_verdict(values, work.task, 1 - confidence))


def _categories(actual: Any, one: Any, two: Any) -> tuple[dict[str, float], Any]:
    """McNemar's exact test on the rows that only one of the models gets right."""
    right_1, right_2 = one == actual, two == actual
    only_1, only_2 = (right_1 & ~right_2).sum(), (right_2 & ~right_1).sum()
    apart = int(only_1 + only_2)
    p = stats.binomtest(int(only_2), apart).pvalue if apart else 1.0
    values = {
        "accuracy_1": float(right_1.mean()),
        "accuracy_2": float(right_2.mean()),
        "difference": float(right_2.mean() - right_1.mean()),
        "only_1_right": float(only_1),
        "only_2_right": float(only_2),
        "p_value": float(p),
    }
    return values, right_2.astype(float) - right_1.astype(float)


def _numbers(actual: Any, one: Any, two: Any) -> tuple[dict[str, float], Any]:
    """Wilcoxon's test on how much smaller each row's error is."""
    error_1, error_2 = np.abs(one - actual), np.abs(two - actual)
    gains = error_1 - error_2
    p = stats.wilcoxon(gains).pvalue if np.any(gains) else 1.0
    values = {
        "mae_1": float(error_1.mean()),
        "mae_2": float(error_2.mean()),
        "difference": float(gains.mean()),
        "closer_1": float((gains < 0).sum()),
        "closer_2": float((gains > 0).sum()),
        "p_value": float(p),
    }
    return values, gains


def interval(sizes: Any, confidence: float, seed: int) -> tuple[float, float]:
    """Where the mean difference lies, by drawing the rows again and again."""
    rng = np.random.default_rng(seed)
    means = [
        sizes[rng.integers(len(sizes), size=len(sizes))].mean() for _ in range(_DRAWS)
    ]
    outside = (1 - confidence) / 2
    low, high = np.quantile(means, [outside, 1 - outside])
    return float(low), float(high)


def _verdict(values: dict[str, float], task: str, level: float) -> str:
    unit = "accuracy" if task == "classification" else "mean error"
    p = values["p_value"]
    if p > level:
        return f"No model is clearly better: the difference may be chance (p {p:.3g})"
    better = "second" if values["difference"] > 0 else "first"
    low, high = values["difference_low"], values["difference_high"]
    return (
        f"The {better} model is better in {unit} by {abs(values['difference']):.4g} "
        f"({low:.4g} to {high:.4g}, p {p:.3g})"
    )


def _picture(values: dict[str, float], task: str, folder: Path) -> None:
    key = "accuracy" if task == "classification" else "mae"
    bars = plots.numbers([values[f"{key}_1"], values[f"{key}_2"]])
    shown = (folder, "bars", "Both models", "Model", key)
    plots.write(*shown, labels=["first", "second"], values=bars)


def _write(
    frame: pd.DataFrame, said: tuple[Any, Any], sizes: Any, folder: Path
) -> None:
    """The rows on which the choice between the models matters, most first."""
    both = frame.assign(prediction_1=said[0], prediction_2=said[1], gain=sizes)
    apart = both[np.asarray(said[0]) != np.asarray(said[1])]
    order = apart.gain.abs().sort_values(ascending=False, kind="stable").index
    tables.write_frame(apart.loc[order].head(_SHOWN), folder)


if __name__ == "__main__":
    step.run(main)
