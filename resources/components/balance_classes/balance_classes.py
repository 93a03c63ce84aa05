"""Make classes equally frequent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import step
import tables
from step import ComponentError


def main(
    data: Path, target: str, method: str, ratio: float, seed: int, table: Path
) -> None:
    source = tables.read(data)
    tables.require(source.column_names, target, "target")
    codes, labels = pd.factorize(
        source.column(target).to_pandas(), use_na_sentinel=False
    )
    sizes = np.bincount(codes)
    if len(sizes) < 2:
        raise ComponentError(
            f"Column '{target}' has {step.count(len(sizes), 'value')}: there is "
            "nothing to balance",
            "Choose another column in 'Target'",
        )
    taken = _taken(codes, sizes, method, ratio, np.random.default_rng(seed))
    balanced = source.take(pa.array(np.sort(taken, kind="stable")))
    for label, before, after in zip(
        labels, sizes, np.bincount(codes[taken], minlength=len(sizes)), strict=True
    ):
        print(f"{label}: {before} -> {after} rows")
    tables.write(balanced, table)
    change = balanced.num_rows - source.num_rows
    step.metrics(
        {
            "rows": balanced.num_rows,
            "added_rows": max(0, change),
            "rows_dropped": max(0, -change),
        }
    )


def _taken(codes: Any, sizes: Any, method: str, ratio: float, random: Any) -> Any:
    """Places of rows: rare classes are repeated, or frequent ones thinned out."""
    parts = []
    for code, size in enumerate(sizes):
        places = np.flatnonzero(codes == code)
        if method == "repeat_rare":
            wanted = max(size, round(sizes.max() * ratio))
            more = random.choice(places, wanted - size, replace=True)
            parts.append(np.concatenate([places, more]))
        else:
            wanted = min(size, max(1, round(sizes.min() / ratio)))
            parts.append(random.choice(places, wanted, replace=False))
    return np.concatenate(parts)


if __name__ == "__main__":
    step.run(main)
