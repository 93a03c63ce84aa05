"""Bring number columns to a common scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import step
import tables
import transforms
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from step import ComponentError


def main(
    data: Path,
    method: str,
    table: Path,
    transform: Path,
    columns: str | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        scaler, chosen = transforms.load(fitted, frame)
    else:
        chosen = _chosen(frame, columns)
        scaler = _scaler(method)
    if isinstance(scaler, FunctionTransformer):
        _check_logarithm(frame, chosen)
    if not fitted:
        scaler.fit(frame[chosen])
    scaled = transforms.apply(scaler, frame, chosen)
    transforms.report(scaled, chosen)
    transforms.save(scaler, chosen, transform)
    tables.write_frame(scaled, table)


def _chosen(frame: pd.DataFrame, columns: str | None) -> list[str]:
    numbers = [str(n) for n in frame.columns if transforms.is_number(frame[n])]
    chosen = tables.choose(list(frame.columns), columns, default=numbers)
    if wrong := [name for name in chosen if name not in numbers]:
        raise ComponentError(
            f"Column '{wrong[0]}' holds no numbers",
            "Encode it first, or leave it out of 'Columns'",
        )
    if not chosen:
        raise ComponentError(
            "No column of the table holds numbers",
            "Encode its text first, or remove this step",
        )
    return chosen


def _scaler(method: str) -> Any:
    return {
        "z_score": StandardScaler,
        "min_max": MinMaxScaler,
        "robust": RobustScaler,
        "max_abs": MaxAbsScaler,
        "log1p": _logarithm,
    }[method]()


def _logarithm() -> FunctionTransformer:
    return FunctionTransformer(
        np.log1p, inverse_func=np.expm1, feature_names_out="one-to-one"
    )


def _check_logarithm(frame: pd.DataFrame, columns: list[str]) -> None:
    for name in columns:
        lowest = frame[name].min()
        if lowest <= -1:
            raise ComponentError(
                f"Column '{name}' goes down to {lowest:g}, "
                "and log1p needs values above -1",
                "Choose another method, or leave the column out of 'Columns'",
            )


if __name__ == "__main__":
    step.run(main)
