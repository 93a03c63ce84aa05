"""Spread the rows of a table over folds, for cross-validation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns
import numpy as np
import pandas as pd
import pyarrow as pa
import step
import tables
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
)
from step import ComponentError


def main(
    data: Path,
    folds: int,
    test_fold: int,
    shuffle: bool,
    seed: int,
    fold_column: str,
    table: Path,
    train: Path,
    test: Path,
    stratify: str | None = None,
    group: str | None = None,
) -> None:
    source = tables.read(data)
    _check(source, folds, test_fold)
    columns.new(source.column_names, fold_column, "fold_column")
    classes = _codes(source, stratify, "stratify", folds)
    groups = _codes(source, group, "group", folds)
    splitter = _splitter(classes is not None, groups is not None, folds, shuffle, seed)
    fold = _numbered(splitter, source.num_rows, classes, groups)
    tables.write(source.append_column(fold_column, pa.array(fold)), table)
    in_test = pa.array(fold == test_fold)
    tables.write(source.filter(pa.array(fold != test_fold)), train)
    tables.write(source.filter(in_test), test)
    test_rows = int((fold == test_fold).sum())
    step.metrics({"train_rows": source.num_rows - test_rows, "test_rows": test_rows})


def _check(table: pa.Table, folds: int, test_fold: int) -> None:
    if table.num_rows < folds:
        raise ComponentError(
            f"The table has {step.count(table.num_rows, 'row')}: too few for "
            f"{folds} folds",
            "Set 'Folds' lower, or check the step before",
        )
    if test_fold > folds:
        raise ComponentError(
            f"There is no fold {test_fold} of {folds}",
            f"Set 'Test fold' to a number from 1 to {folds}",
        )


def _codes(
    table: pa.Table, column: str | None, parameter: str, folds: int
) -> Any | None:
    """The values of a column as numbers; too few of them are an error."""
    if not column:
        return None
    tables.require(table.column_names, column, parameter)
    values = table.column(column).to_pandas()
    codes, _ = pd.factorize(values, use_na_sentinel=False)
    sizes = np.bincount(codes)
    if parameter == "stratify" and sizes.min() < folds:
        rarest = values.iloc[int(np.flatnonzero(codes == sizes.argmin())[0])]
        raise ComponentError(
            f"Only {step.count(int(sizes.min()), 'row')} of column '{column}' "
            f"hold '{rarest}': too few for {folds} folds",
            "Set 'Folds' lower, or choose another column in 'Stratify'",
        )
    if parameter == "group" and len(sizes) < folds:
        raise ComponentError(
            f"Column '{column}' has {step.count(len(sizes), 'value')}: too few for "
            f"{folds} folds",
            "Set 'Folds' lower, or choose another column in 'Group'",
        )
    return codes


def _splitter(
    stratified: bool, grouped: bool, folds: int, shuffle: bool, seed: int
) -> Any:
    kind = {
        (False, False): KFold,
        (True, False): StratifiedKFold,
        (False, True): GroupKFold,
        (True, True): StratifiedGroupKFold,
    }[stratified, grouped]
    return kind(folds, shuffle=shuffle, random_state=seed if shuffle else None)


def _numbered(splitter: Any, rows: int, classes: Any, groups: Any) -> Any:
    fold = np.zeros(rows, dtype=np.int64)
    parts = splitter.split(np.zeros((rows, 1)), classes, groups)
    for number, (_, places) in enumerate(parts, start=1):
        fold[places] = number
    return fold


if __name__ == "__main__":
    step.run(main)
