"""Take some rows of a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import step
import tables
from step import ComponentError


def main(
    data: Path,
    method: str,
    rows: int,
    fraction: float,
    replace: bool,
    seed: int,
    table: Path,
    stratify: str | None = None,
) -> None:
    source = tables.read(data)
    wanted = _wanted(source.num_rows, method, rows, fraction, replace)
    if method == "first":
        taken = np.arange(wanted)
    else:
        random = np.random.default_rng(seed)
        groups = _groups(source, stratify)
        taken = _taken(groups, wanted, replace, random)
    sample = source.take(pa.array(np.sort(taken)))
    tables.write(sample, table)
    step.metrics({"rows": sample.num_rows, "columns": sample.num_columns})


def _wanted(have: int, method: str, rows: int, fraction: float, replace: bool) -> int:
    if have == 0:
        raise ComponentError("The table has no rows", "Check the step before")
    if method == "fraction":
        rows = max(1, round(have * fraction))
    if rows > have and not (replace and method != "first"):
        print(f"The table has only {step.count(have, 'row')}: all are taken")
        return have
    return rows


def _groups(table: pa.Table, stratify: str | None) -> list[Any]:
    """The places of each group's rows; one group without a column."""
    if not stratify:
        return [np.arange(table.num_rows)]
    tables.require(table.column_names, stratify, "stratify")
    encoded = pc.dictionary_encode(
        table.column(stratify).combine_chunks(), null_encoding="encode"
    )
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return [np.flatnonzero(codes == code) for code in np.unique(codes)]


def _taken(groups: list[Any], wanted: int, replace: bool, random: Any) -> Any:
    sizes = np.array([len(group) for group in groups])
    shares = _shares(sizes, wanted, replace)
    parts = [
        random.choice(group, size=share, replace=replace)
        for group, share in zip(groups, shares, strict=True)
    ]
    return np.concatenate(parts)


def _shares(sizes: Any, wanted: int, replace: bool) -> Any:
    """How many of each group, in proportion: the largest remainders are rounded up."""
    exact = sizes * wanted / sizes.sum()
    shares = np.floor(exact).astype(int)
    order = np.argsort(-(exact - shares), kind="stable")
    shares[order[: wanted - shares.sum()]] += 1
    return shares if replace else np.minimum(shares, sizes)


if __name__ == "__main__":
    step.run(main)
