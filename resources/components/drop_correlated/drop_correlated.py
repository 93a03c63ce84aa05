"""Leave out columns that say the same as others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import numpy as np
import pandas as pd
import step
import tables
import transforms


def main(
    data: Path,
    limit: float,
    method: str,
    table: Path,
    transform: Path,
    columns: str | None = None,
    target: str | None = None,
) -> None:
    frame = tables.frame(data)
    if target:
        tables.require(list(frame.columns), target, "target")
    chosen = column_names.numbers(frame, columns, without=[target])
    strength = frame[chosen].corr(method=method).abs().fillna(0)
    order = _order(frame, chosen, target, method)
    kept = _kept(strength, order, limit)
    transforms.select(
        frame, chosen, [name for name in chosen if name in kept], table, transform
    )


def _order(
    frame: pd.DataFrame, columns: list[str], target: str | None, method: str
) -> list[str]:
    """Which columns to keep first: those closest to the target, else as they stand."""
    if not target or not column_names.is_number(frame[target]):
        return columns
    closeness = frame[columns].corrwith(frame[target], method=method).abs().fillna(0)
    return list(closeness.sort_values(ascending=False, kind="stable").index)


def _kept(strength: pd.DataFrame, order: list[str], limit: float) -> list[str]:
    kept: list[str] = []
    for name in order:
        close: Any = strength.loc[name, kept]
        if len(kept) and float(np.max(close)) > limit:
            print(f"{name}: correlated with {close.idxmax()} by {close.max():.3f}")
        else:
            kept.append(name)
    return kept


if __name__ == "__main__":
    step.run(main)
