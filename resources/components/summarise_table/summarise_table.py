"""Say what each column of a table holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
import step
import tables
from columns import is_number
from pandas.api import types
from step import ComponentError

_MOST_PLOTS = 12
_BINS = 10
_BARS = 8


def main(data: Path, summary: Path, report: Path, columns: str | None = None) -> None:
    frame = tables.frame(data)
    chosen = tables.choose(list(frame.columns), columns, default=frame.columns)
    if not chosen:
        raise ComponentError("The table has no columns", "Check the step before")
    told = pd.DataFrame([_told(frame[name], name) for name in chosen])
    tables.write_frame(told, summary)
    counts = _counts(frame[chosen])
    plots.write_metrics(report, counts)
    for number, name in enumerate(chosen[:_MOST_PLOTS], start=1):
        _draw(frame[name].dropna(), name, report, number)
    step.metrics(counts)


def _counts(frame: pd.DataFrame) -> dict[str, float]:
    return {
        "rows": len(frame),
        "columns": frame.shape[1],
        "incomplete_rows": int(frame.isna().any(axis=1).sum()),
        "repeated_rows": int(frame.astype(str).duplicated().sum()),
    }


def _told(column: pd.Series[Any], name: str) -> dict[str, Any]:
    """One row of the summary; what a column hasn't is missing."""
    known = column.dropna()
    counts = known.astype(str).value_counts()
    top = counts.index[0] if len(counts) else None
    return {
        "column": name,
        "type": _kind(column),
        "rows": len(column),
        "missing": len(column) - len(known),
        "missing_share": 1 - len(known) / len(column) if len(column) else 0.0,
        "distinct": len(counts),
        **_spread(known),
        "minimum": _ends(known)[0],
        "maximum": _ends(known)[1],
        "most_frequent": top,
        "most_frequent_rows": int(counts.iloc[0]) if len(counts) else 0,
    }


def _kind(column: pd.Series[Any]) -> str:
    if types.is_bool_dtype(column):
        return "true/false"
    if types.is_datetime64_any_dtype(column):
        return "time"
    if is_number(column):
        return "whole number" if types.is_integer_dtype(column) else "number"
    inferred = types.infer_dtype(column, skipna=True)
    return {"string": "text", "boolean": "true/false"}.get(inferred, inferred)


def _spread(known: pd.Series[Any]) -> dict[str, float | None]:
    names = ("mean", "deviation", "quartile_1", "median", "quartile_3", "skewness")
    if not is_number(known) or known.empty:
        return dict.fromkeys(names, None)
    values = (
        known.mean(),
        known.std(),
        *known.quantile([0.25, 0.5, 0.75]),
        known.skew(),
    )
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def _ends(known: pd.Series[Any]) -> tuple[str | None, str | None]:
    """The least and the greatest value as text, for columns hold different kinds."""
    if known.empty:
        return None, None
    comparable = known if is_number(known) or _is_time(known) else known.astype(str)
    return _text(comparable.min()), _text(comparable.max())


def _is_time(column: pd.Series[Any]) -> bool:
    return types.is_datetime64_any_dtype(column)


def _text(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float | np.floating) else str(value)


def _draw(known: pd.Series[Any], name: str, report: Path, number: int) -> None:
    if known.empty:
        return
    if is_number(known) and known.nunique() > _BARS:
        finite = known[np.isfinite(known.astype(float))].astype(float)
        counts, edges = np.histogram(finite, bins=min(_BINS, max(2, len(finite) // 5)))
        labels = [f"{edge:.4g}" for edge in edges[:-1]]
    else:
        top = known.astype(str).value_counts().head(_BARS)
        labels, counts = list(top.index), top.to_numpy()
    plots.write(
        report,
        "bars",
        name,
        name,
        "Rows",
        file=f"{number:02d}_bars",
        labels=labels,
        values=[int(count) for count in counts],
    )


if __name__ == "__main__":
    step.run(main)
