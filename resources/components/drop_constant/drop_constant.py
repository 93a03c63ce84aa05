"""Leave out columns that hardly vary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import step
import tables
import transforms
from columns import is_number


def main(
    data: Path,
    frequent: float,
    variance: float,
    missing: float,
    table: Path,
    transform: Path,
    columns: str | None = None,
) -> None:
    frame = tables.frame(data)
    chosen = tables.choose(list(frame.columns), columns, default=frame.columns)
    limits = (frequent, variance, missing)
    reasons = {name: _reason(frame[name], *limits) for name in chosen}
    for name, reason in reasons.items():
        if reason:
            print(f"{name}: {reason}")
    kept = [name for name in chosen if not reasons[name]]
    transforms.select(frame, chosen, kept, table, transform)


def _reason(
    column: pd.Series[Any], frequent: float, variance: float, missing: float
) -> str:
    """Why a column is left out; "" if it is kept."""
    gaps = float(column.isna().mean()) if len(column) else 1.0
    known = column.dropna()
    if known.empty or gaps > missing:
        return f"{gaps:.1%} of its values are missing"
    share = float(known.astype(str).value_counts(normalize=True).iloc[0])
    if share >= frequent:
        return f"{share:.1%} of its values are the same"
    if is_number(column) and float(known.var(ddof=0)) < variance:
        return f"its variance is {known.var(ddof=0):.4g}"
    return ""


if __name__ == "__main__":
    step.run(main)
