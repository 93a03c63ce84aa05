"""How strongly number columns go together."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import columns as column_names
import pandas as pd
import plots
import step
import tables
from step import ComponentError

_MOST_BARS = 15


def main(
    data: Path,
    method: str,
    matrix: Path,
    pairs: Path,
    report: Path,
    columns: str | None = None,
) -> None:
    frame = tables.frame(data)
    chosen = column_names.numbers(frame, columns)
    if len(chosen) < 2:
        raise ComponentError(
            f"Only column '{chosen[0]}' is named", "Name two or more in 'Columns'"
        )
    found = frame[chosen].corr(method=method)
    tables.write_frame(found.rename_axis("column").reset_index(), matrix)
    told = _pairs(found, frame, chosen)
    tables.write_frame(told, pairs)
    top = told.dropna().head(_MOST_BARS)
    plots.write(
        report,
        "bars",
        "Strongest correlations",
        "Columns",
        "Correlation",
        labels=[f"{a} · {b}" for a, b in zip(top["first"], top["second"], strict=True)],
        values=plots.numbers(top["correlation"]),
    )
    values = {"rows": len(frame), "columns": len(chosen)}
    if len(top):
        values["strongest"] = float(top["correlation"].abs().max())
    plots.write_metrics(report, values)
    step.metrics(values)


def _pairs(
    found: pd.DataFrame, frame: pd.DataFrame, columns: list[str]
) -> pd.DataFrame:
    """Each pair once, the strongest first."""
    known = frame[columns].notna()
    rows = [
        {
            "first": a,
            "second": b,
            "correlation": found.loc[a, b],
            "rows": int((known[a] & known[b]).sum()),
        }
        for a, b in combinations(columns, 2)
    ]
    told = pd.DataFrame(rows)
    order = told["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return told.loc[order].reset_index(drop=True)


if __name__ == "__main__":
    step.run(main)
