"""Split the rows of a table into a training and a test table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import step
import tables
from step import ComponentError

Rows: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


def main(
    data: Path,
    test_fraction: float,
    shuffle: bool,
    seed: int,
    train: Path,
    test: Path,
    stratify: str | None = None,
) -> None:
    table = tables.read(data)
    if not 0 < test_fraction < 1:
        raise ComponentError(
            f"The test fraction is {test_fraction:g}",
            "Set 'Test fraction' to a number between 0 and 1, e.g. 0.2",
        )
    wanted = max(1, round(table.num_rows * test_fraction))
    if wanted >= table.num_rows:
        raise ComponentError(
            f"The table has {step.count(table.num_rows, 'row')}: too few to split",
            "Check the step before, or choose a smaller 'Test fraction'",
        )
    train_rows, test_rows = _rows(table, wanted, shuffle, seed, stratify)
    tables.write(table.take(pa.array(train_rows)), train)
    tables.write(table.take(pa.array(test_rows)), test)
    step.metrics({"train_rows": len(train_rows), "test_rows": len(test_rows)})


def _rows(
    table: pa.Table, test: int, shuffle: bool, seed: int, stratify: str | None
) -> tuple[Rows, Rows]:
    if not stratify:
        order = np.arange(table.num_rows)
        if shuffle:
            order = np.random.default_rng(seed).permutation(order)
        return order[:-test], order[-test:]
    if not shuffle:
        raise ComponentError(
            "A split can't be stratified without mixing the rows",
            "Set 'Shuffle' to true, or empty 'Stratify'",
        )
    return _stratified(table, test, seed, stratify)


def _stratified(
    table: pa.Table, test: int, seed: int, stratify: str
) -> tuple[Rows, Rows]:
    from sklearn.model_selection import train_test_split

    tables.require(table.column_names, stratify, "stratify")
    codes = _codes(table, stratify)
    _check_groups(table, stratify, codes, test)
    train_rows, test_rows = train_test_split(
        np.arange(table.num_rows), test_size=test, random_state=seed, stratify=codes
    )
    return train_rows, test_rows


def _codes(table: pa.Table, stratify: str) -> Rows:
    """The group of each row as a number; missing values are a group of their own."""
    encoded = pc.dictionary_encode(
        table.column(stratify).combine_chunks(), null_encoding="encode"
    )
    return encoded.indices.to_numpy(zero_copy_only=False)


def _check_groups(table: pa.Table, stratify: str, codes: Rows, test: int) -> None:
    values, sizes = np.unique(codes, return_counts=True)
    if sizes.min() < 2:
        first = int(np.flatnonzero(codes == values[sizes.argmin()])[0])
        value = table.column(stratify)[first].as_py()
        raise ComponentError(
            f"Only one row has the value '{value}' in column '{stratify}'",
            "Choose a column with at least two rows a value in 'Stratify', "
            "or leave it empty",
        )
    if min(test, len(codes) - test) < len(values):
        raise ComponentError(
            f"Column '{stratify}' has {len(values)} values, "
            f"but the smaller table gets {min(test, len(codes) - test)} rows",
            "Change 'Test fraction', or choose another column in 'Stratify'",
        )


if __name__ == "__main__":
    step.run(main)
