"""Few columns that keep most of the variance of many."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import columns as column_names
import numpy as np
import pandas as pd
import plots
import step
import tables
import transforms
from sklearn.decomposition import PCA
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from step import ComponentError


def main(
    data: Path,
    components: int,
    variance: float,
    standardise: bool,
    keep: bool,
    table: Path,
    loadings: Path,
    transform: Path,
    report: Path,
    columns: str | None = None,
    fitted: Path | None = None,
) -> None:
    frame = tables.frame(data)
    if fitted:
        reduction, chosen = transforms.load(fitted, frame)
    else:
        chosen = column_names.numbers(frame, columns)
        _check(frame, chosen, components)
        reduction = _reduction(components, variance, standardise).fit(frame[chosen])
    column_names.complete(frame, chosen, "PCA")
    result = transforms.apply(reduction, frame, chosen)
    if keep:
        result = pd.concat([frame[chosen], result], axis=1)
    pca = _pca(reduction)
    tables.write_frame(_loadings(pca, chosen), loadings)
    _report(pca, report)
    transforms.report(result, chosen)
    transforms.save(reduction, chosen, transform)
    tables.write_frame(result, table)


def _check(frame: pd.DataFrame, columns: list[str], components: int) -> None:
    column_names.complete(frame, columns, "PCA")
    most = min(len(columns), len(frame))
    if components > most:
        raise ComponentError(
            f"{components} components can't be made of "
            f"{step.count(len(columns), 'column')} and "
            f"{step.count(len(frame), 'row')}",
            f"Set 'Components' to {most} or less, or to 0",
        )


def _reduction(components: int, variance: float, standardise: bool) -> Pipeline:
    wanted: Any = components or (variance if variance < 1 else None)
    pca = PCA(wanted, svd_solver="full")
    scale = [("scale", StandardScaler())] if standardise else []
    return Pipeline([*scale, ("pca", pca)])


def _pca(reduction: Any) -> Any:
    pca = getattr(reduction, "named_steps", {}).get("pca")
    if pca is None:
        raise ComponentError(
            "The fitted transform is not one of a PCA step",
            "Connect one of those, or use an Apply transform step",
        )
    return pca


def _loadings(pca: Any, columns: list[str]) -> pd.DataFrame:
    """How much each column weighs in each component."""
    made = {f"pca{n}": weights for n, weights in enumerate(pca.components_)}
    return pd.DataFrame({"column": columns, **made})


def _report(pca: Any, report: Path) -> None:
    shares = pca.explained_variance_ratio_
    names = [f"pca{number}" for number in range(len(shares))]
    plots.write(
        report,
        "bars",
        "Variance of each component",
        "Component",
        "Share of the variance",
        labels=names,
        values=plots.numbers(shares),
    )
    x, y = plots.thinned(np.arange(1, len(shares) + 1), np.cumsum(shares))
    series = [{"label": "together", "x": x, "y": y}]
    plots.write(
        report,
        "curves",
        "Variance of the first components",
        "Components",
        "Share of the variance",
        series=series,
    )
    values = {
        "explained_variance": float(shares.sum()),
        "kept_columns": len(shares),
    }
    plots.write_metrics(report, values)
    step.metrics(values)
    print(f"{len(shares)} components keep {shares.sum():.1%} of the variance")


if __name__ == "__main__":
    step.run(main)
