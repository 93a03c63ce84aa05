"""Put numbers into bins."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import Any

import columns as column_names
import numpy as np
import pandas as pd
import step
import tables
import transforms
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer
from step import ComponentError

_STRATEGIES = {
    "equal_width": "uniform",
    "equal_count": "quantile",
    "clusters": "kmeans",
}
_SEED = 42


def main(
    data: Path,
    method: str,
    bins: int,
    output: str,
    table: Path,
    bin_list: Path,
    transform: Path,
    columns: str | None = None,
    edges: str | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        binner, chosen = transforms.load(fitted, frame)
    else:
        chosen = column_names.numbers(frame, columns)
        binner = _binner(frame[chosen], method, bins, output, edges)
    column_names.complete(frame, chosen, "binning")
    binned = transforms.apply(binner, frame, chosen)
    tables.write_frame(_listed(binner, frame, chosen), bin_list)
    transforms.report(binned, chosen)
    transforms.save(binner, chosen, transform)
    tables.write_frame(binned, table)


def _binner(
    frame: pd.DataFrame, method: str, bins: int, output: str, edges: str | None
) -> Any:
    if method == "edges":
        return _by_edges(_numbers(edges)).fit(frame)
    column_names.complete(frame, list(frame.columns), "binning")
    binner = KBinsDiscretizer(
        bins,
        strategy=_STRATEGIES[method],
        encode="onehot-dense" if output == "one_hot" else "ordinal",
        quantile_method="averaged_inverted_cdf",
        subsample=None,
        random_state=_SEED,
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        binner.fit(frame)
    for said in {str(each.message).split(". ")[0] for each in caught}:
        print(f"Note: {said}")
    return binner


def _by_edges(edges: list[float]) -> FunctionTransformer:
    return FunctionTransformer(
        np.digitize, kw_args={"bins": edges}, feature_names_out="one-to-one"
    )


def _numbers(text: str | None) -> list[float]:
    try:
        found = [float(part) for part in tables.names_in(text)]
    except ValueError as error:
        raise ComponentError(
            f"'Edges' holds what is no number: {error}", "Write numbers like 10, 20, 50"
        ) from None
    if not found or any(a >= b for a, b in itertools.pairwise(found)):
        raise ComponentError(
            "'Edges' needs numbers that go up", "Write them like 10, 20, 50"
        )
    return found


def _listed(binner: Any, frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """A row for each bin: from where to where it goes, and how many rows it holds."""
    rows = []
    for place, name in enumerate(columns):
        if isinstance(binner, FunctionTransformer):
            inner = binner.kw_args["bins"]
            ends = [-np.inf, *inner, np.inf]
        else:
            ends = list(binner.bin_edges_[place])
            inner = ends[1:-1]
        counts = np.bincount(np.digitize(frame[name], inner), minlength=len(ends) - 1)
        rows += [
            {"column": name, "bin": i, "from": ends[i], "to": ends[i + 1], "rows": n}
            for i, n in enumerate(counts)
        ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    step.run(main)
