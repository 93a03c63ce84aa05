"""Bring values that lie far out back to a limit, or drop their rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import numpy as np
import pandas as pd
import step
import tables
import transforms
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from step import ComponentError


def main(
    data: Path,
    method: str,
    factor: float,
    percent: float,
    action: str,
    table: Path,
    transform: Path,
    columns: str | None = None,
    lowest: float | None = None,
    highest: float | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        clipper, chosen = transforms.load(fitted, frame)
        low, high = _limits_of(clipper)
    else:
        chosen = column_names.numbers(frame, columns)
        low, high = _limits(frame[chosen], method, factor, percent, lowest, highest)
        clipper = _clipper(low, high).fit(frame[chosen])
    outside = (frame[chosen] < low) | (frame[chosen] > high)
    result = _acted(frame, chosen, outside, clipper, action)
    _report(outside, low, high, chosen, result)
    transforms.save(clipper, chosen, transform)
    tables.write_frame(result, table)


def _limits(
    frame: pd.DataFrame,
    method: str,
    factor: float,
    percent: float,
    lowest: float | None,
    highest: float | None,
) -> tuple[Any, Any]:
    if method == "quartiles":
        one, three = frame.quantile(0.25), frame.quantile(0.75)
        return _arrays(one - factor * (three - one), three + factor * (three - one))
    if method == "deviations":
        return _arrays(
            frame.mean() - factor * frame.std(), frame.mean() + factor * frame.std()
        )
    if method == "percent":
        return _arrays(frame.quantile(percent / 100), frame.quantile(1 - percent / 100))
    if lowest is None and highest is None:
        raise ComponentError(
            "There is no limit", "Give 'Lowest', 'Highest' or both, or choose a method"
        )
    low = -np.inf if lowest is None else lowest
    high = np.inf if highest is None else highest
    if low > high:
        raise ComponentError(
            f"'Lowest' is {low:g}, above 'Highest', {high:g}", "Exchange the two"
        )
    return np.full(frame.shape[1], low), np.full(frame.shape[1], high)


def _arrays(low: pd.Series[Any], high: pd.Series[Any]) -> tuple[Any, Any]:
    """Limits as arrays; a column without values has none."""
    return (
        low.fillna(-np.inf).to_numpy(dtype="float64"),
        high.fillna(np.inf).to_numpy(dtype="float64"),
    )


def _clipper(low: Any, high: Any) -> Pipeline:
    """Plain numpy functions, so that it loads wherever scikit-learn is."""
    limits = {"a_min": low, "a_max": high}
    return Pipeline(
        [
            ("array", FunctionTransformer(np.asarray, feature_names_out="one-to-one")),
            (
                "clip",
                FunctionTransformer(
                    np.clip, kw_args=limits, feature_names_out="one-to-one"
                ),
            ),
        ]
    )


def _limits_of(clipper: Any) -> tuple[Any, Any]:
    try:
        limits = clipper.named_steps["clip"].kw_args
    except (AttributeError, KeyError):
        raise ComponentError(
            "The fitted transform is not one of a Clip outliers step",
            "Connect one of those, or use an Apply transform step",
        ) from None
    return limits["a_min"], limits["a_max"]


def _acted(
    frame: pd.DataFrame,
    columns: list[str],
    outside: pd.DataFrame,
    clipper: Any,
    action: str,
) -> pd.DataFrame:
    if action == "clip":
        return transforms.apply(clipper, frame, columns)
    if action == "drop_rows":
        return frame[~outside.any(axis=1)]
    return frame.assign(**{name: frame[name].mask(outside[name]) for name in columns})


def _report(
    outside: pd.DataFrame, low: Any, high: Any, columns: list[str], result: pd.DataFrame
) -> None:
    for name, least, most in zip(columns, low, high, strict=True):
        number = step.count(int(outside[name].sum()), "value")
        print(f"{name}: {number} outside {least:.6g} to {most:.6g}")
    if result.empty:
        raise ComponentError(
            "No row is left", "Raise 'Factor', or set 'Action' to clip"
        )
    step.metrics(
        {
            "rows": len(result),
            "outlier_rows": int(outside.any(axis=1).sum()),
            "rows_dropped": len(outside) - len(result),
        }
    )


if __name__ == "__main__":
    step.run(main)
