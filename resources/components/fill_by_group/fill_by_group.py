"""Fill missing values with what their group has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import pandas as pd
import step
import tables
from step import ComponentError


def main(
    data: Path,
    group_columns: str,
    method: str,
    overall: bool,
    table: Path,
    columns: str | None = None,
    reference: Path | None = None,
) -> None:
    frame = tables.frame(data)
    source = tables.frame(reference) if reference else frame
    groups = column_names.keys(list(frame.columns), group_columns)
    if not groups:
        raise ComponentError(
            "No column makes the groups", "Name one in 'Group columns'"
        )
    chosen = _chosen(frame, columns, groups, method)
    for name in [*groups, *chosen]:
        tables.require(list(source.columns), name, "reference")
    filled = {
        name: _filled(frame, source, name, groups, method, overall) for name in chosen
    }
    result = frame.assign(**filled)
    left = int(result[chosen].isna().sum().sum())
    if left:
        print(f"{step.count(left, 'value')} left: their group has none either")
    tables.write_frame(result, table)
    step.metrics(
        {
            "rows": len(result),
            "values_filled": int(frame[chosen].isna().sum().sum()) - left,
        }
    )


def _chosen(
    frame: pd.DataFrame, columns: str | None, groups: list[str], method: str
) -> list[str]:
    if method in ("mean", "median"):
        return column_names.numbers(frame, columns, without=groups)
    others = [name for name in frame.columns if name not in groups]
    return tables.choose(list(frame.columns), columns, default=others)


def _filled(
    frame: pd.DataFrame,
    source: pd.DataFrame,
    name: str,
    groups: list[str],
    method: str,
    overall: bool,
) -> pd.Series[Any]:
    column = frame[name]
    if not column.isna().any():
        return column
    by_group = source.groupby(groups, dropna=False)[name].agg(_summary(method))
    by_group.name = "filling"
    values = frame[groups].merge(
        by_group.reset_index(), on=groups, how="left", validate="many_to_one"
    )["filling"]
    filled = column.where(column.notna(), values.set_axis(frame.index))
    if overall and source[name].notna().any():
        filled = filled.fillna(_summary(method)(source[name]))
    return filled


def _summary(method: str) -> Any:
    def most_frequent(values: pd.Series[Any]) -> Any:
        modes = values.mode()
        return modes.iloc[0] if len(modes) else None

    if method == "most_frequent":
        return most_frequent
    return lambda values: getattr(values, method)()


if __name__ == "__main__":
    step.run(main)
