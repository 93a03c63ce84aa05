"""Make skewed numbers more even: powers, roots and logarithms."""

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
from sklearn.preprocessing import FunctionTransformer, PowerTransformer, StandardScaler
from step import ComponentError

_FUNCTIONS = {
    "log": (np.log, np.exp),
    "log1p": (np.log1p, np.expm1),
    "square_root": (np.sqrt, np.square),
    "cube_root": (np.cbrt, None),
    "square": (np.square, None),
}


def main(
    data: Path,
    method: str,
    standardise: bool,
    table: Path,
    transform: Path,
    columns: str | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        power, chosen = transforms.load(fitted, frame)
    else:
        chosen = column_names.numbers(frame, columns)
        power = _power(frame[chosen], method, standardise)
    before = frame[chosen].skew()
    changed = transforms.apply(power, frame, chosen)
    for name in chosen:
        print(f"{name}: skewness {before[name]:.2f} -> {changed[name].skew():.2f}")
    transforms.report(changed, chosen)
    transforms.save(power, chosen, transform)
    tables.write_frame(changed, table)


def _power(frame: pd.DataFrame, method: str, standardise: bool) -> Any:
    if method == "box_cox":
        _check_positive(frame)
    if method in ("yeo_johnson", "box_cox"):
        power = PowerTransformer(method.replace("_", "-"), standardize=standardise)
        return power.fit(frame)
    function, inverse = _FUNCTIONS[method]
    single = FunctionTransformer(
        function, inverse_func=inverse, feature_names_out="one-to-one"
    )
    transforms.check_range(single, frame)
    if not standardise:
        return single.fit(frame)
    return Pipeline([("power", single), ("scale", StandardScaler())]).fit(frame)


def _check_positive(frame: pd.DataFrame) -> None:
    for name in frame.columns:
        lowest = frame[name].min()
        if lowest <= 0:
            raise ComponentError(
                f"Column '{name}' goes down to {lowest:g}, and box_cox needs values "
                "above 0",
                "Set 'Method' to yeo_johnson, or leave the column out of 'Columns'",
            )


if __name__ == "__main__":
    step.run(main)
