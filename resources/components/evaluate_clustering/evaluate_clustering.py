"""Measure clusters, and tell what is typical of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import clustering
import numpy as np
import pandas as pd
import plots
import step
import tables
import unsupervised
from sklearn import metrics
from step import ComponentError

_MANY = 500


def main(
    data: Path,
    cluster: str,
    scale: bool,
    evaluation: Path,
    profile: Path,
    labels: str | None = None,
    features: str | None = None,
) -> None:
    frame = tables.frame(data)
    tables.require(list(frame.columns), cluster, "cluster")
    if labels:
        tables.require(list(frame.columns), labels, "labels")
    frame = frame[frame[cluster].notna()].reset_index(drop=True)
    others = frame.drop(columns=[name for name in (cluster, labels) if name])
    kinds = unsupervised.columns(others, features)
    found = _numbered(frame[cluster])
    _, ready = unsupervised.matrix(others, kinds, scale)
    values = {**clustering.sizes(found), **clustering.quality(ready, found)}
    if labels:
        values |= _agreement(frame, cluster, labels)
    plots.write_metrics(evaluation, values)
    clustering.picture(ready, found, evaluation)
    step.metrics(values)
    tables.write_frame(_profile(others, kinds, frame[cluster]), profile)
    for key, value in values.items():
        print(f"{key}: {value:.4g}")


def _numbered(column: pd.Series[Any]) -> Any:
    """Clusters as numbers; -1 stays noise, names are counted from 0."""
    if column.nunique() > _MANY:
        raise ComponentError(
            f"Column '{column.name}' has {column.nunique()} values: no clusters",
            "Choose the column with each row's cluster in 'Cluster'",
        )
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype="int64")
    return pd.factorize(column, sort=True)[0].astype("int64")


def _agreement(frame: pd.DataFrame, cluster: str, labels: str) -> dict[str, float]:
    """How far clusters and known groups are the same, whatever they are called."""
    known = frame[frame[labels].notna()]
    pair = known[labels].astype(str), known[cluster].astype(str)
    return {
        "adjusted_rand": float(metrics.adjusted_rand_score(*pair)),
        "adjusted_mutual_information": float(metrics.adjusted_mutual_info_score(*pair)),
        "homogeneity": float(metrics.homogeneity_score(*pair)),
        "completeness": float(metrics.completeness_score(*pair)),
    }


def _profile(
    others: pd.DataFrame, kinds: dict[str, Any], cluster: pd.Series[Any]
) -> pd.DataFrame:
    """The size of each cluster, its numbers' means and its most frequent words."""
    grouped = others.groupby(cluster)
    told = {"rows": grouped.size()}
    for name, kind in kinds.items():
        if kind == "number":
            told[f"{name}_mean"] = grouped[name].mean()
        else:
            told[f"{name}_mode"] = grouped[name].agg(_most_frequent)
    return pd.DataFrame(told).rename_axis("cluster").reset_index()


def _most_frequent(column: pd.Series[Any]) -> Any:
    modes = column.mode()
    return modes.iloc[0] if len(modes) else np.nan


if __name__ == "__main__":
    step.run(main)
