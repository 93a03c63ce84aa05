"""Bring number columns to a common scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import numpy as np
import step
import tables
import transforms
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

_QUANTILES = 1000
_SEED = 42


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
        chosen = column_names.numbers(frame, columns)
        scaler = _scaler(method, len(frame))
        transforms.check_range(scaler, frame[chosen])
        scaler.fit(frame[chosen])
    scaled = transforms.apply(scaler, frame, chosen)
    transforms.report(scaled, chosen)
    transforms.save(scaler, chosen, transform)
    tables.write_frame(scaled, table)


def _scaler(method: str, rows: int) -> Any:
    if method.startswith("quantile"):
        return QuantileTransformer(
            n_quantiles=max(1, min(_QUANTILES, rows)),
            output_distribution=method.removeprefix("quantile_"),
            random_state=_SEED,
        )
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


if __name__ == "__main__":
    step.run(main)
