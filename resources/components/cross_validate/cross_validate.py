"""Measure a model on rows it hasn't seen, fold by fold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fitting
import numpy as np
import pandas as pd
import plots
import scoring
import step
import tables
import trained
import unsupervised
from sklearn.model_selection import GroupKFold, KFold, TimeSeriesSplit
from step import ComponentError


def main(
    model: Path,
    data: Path,
    folds: int,
    split: str,
    seed: int,
    table: Path,
    report: Path,
    target: str | None = None,
    groups: str | None = None,
) -> None:
    start, work = trained.load(model, data, target)
    rows, labels = work.rows(work.frame)
    measured = scoring.every(work, start)
    parts: list[pd.DataFrame] = []
    scores: dict[str, list[float]] = {each.name: [] for each in measured}
    cut = list(_cut(work, labels, folds, split, groups, seed))
    for number, (inside, outside) in enumerate(cut, start=1):
        fitted = scoring.refitted(start, rows.iloc[inside], labels[inside])
        for each in measured:
            value = _score(each, fitted, rows.iloc[outside], labels[outside])
            scores[each.name].append(value)
            if not np.isnan(value):
                step.metric(f"fold_{each.name}", value, at=number)
        parts.append(_predicted(fitted, work, rows, outside, number))
        step.progress(number / len(cut), f"fold {number} of {len(cut)}")
    _report(scores, report)
    tables.write_frame(pd.concat(parts).sort_index(), table)


def _cut(
    work: fitting.Work,
    labels: Any,
    folds: int,
    split: str,
    groups: str | None,
    seed: int,
) -> Iterator[tuple[Any, Any]]:
    places = np.arange(len(labels))
    if split == "auto":
        return scoring.folds(work, labels, folds, seed).split(places, labels)
    if split == "groups":
        return _by_group(work.frame, folds, groups)
    if folds >= len(labels):
        raise ComponentError(
            f"{len(labels)} rows can't be cut into {folds} folds", "Lower 'Folds'"
        )
    if split == "time":
        return TimeSeriesSplit(folds).split(places)
    return KFold(folds, shuffle=True, random_state=seed).split(places)


def _by_group(
    frame: pd.DataFrame, folds: int, groups: str | None
) -> Iterator[tuple[Any, Any]]:
    if not groups:
        raise ComponentError(
            "The column that says which rows belong together is missing",
            "Choose it in 'Groups', or another 'Split'",
        )
    tables.require(list(frame.columns), groups, "groups")
    known = frame[groups].astype(str)
    if known.nunique() < folds:
        raise ComponentError(
            f"'{groups}' has {known.nunique()} groups, fewer than the {folds} folds",
            f"Lower 'Folds' to {known.nunique()}, or choose another column",
        )
    return GroupKFold(folds).split(frame, groups=known)


def _score(each: scoring.Metric, fitted: Any, rows: Any, labels: Any) -> float:
    """NaN where a fold lacks a category that the metric needs."""
    try:
        return each.of(fitted, rows, labels)
    except ValueError:
        return float("nan")


def _predicted(
    fitted: Any, work: fitting.Work, rows: Any, places: Any, number: int
) -> pd.DataFrame:
    seen = rows.iloc[places]
    found = {"fold": number, "prediction": fitted.predict(seen)}
    if hasattr(fitted, "predict_proba"):
        chances = fitted.predict_proba(seen)
        for place, label in enumerate(fitted.classes_):
            found[f"probability_{label}"] = chances[:, place]
    return unsupervised.with_columns(work.frame.iloc[places], **found)


def _report(scores: dict[str, list[float]], report: Path) -> None:
    values: dict[str, float] = {}
    for name, each in scores.items():
        known = np.array(each)[~np.isnan(each)]
        if len(known):
            values[name] = float(known.mean())
            values[f"{name}_spread"] = float(known.std())
    step.metrics(values)
    plots.write_metrics(report, values)
    first = next(iter(scores))
    folds = [str(number) for number in range(1, len(scores[first]) + 1)]
    bars = plots.numbers(np.nan_to_num(scores[first]))
    plots.write(report, "bars", "Folds", "Fold", first, labels=folds, values=bars)
    for name in scores:
        if name in values:
            print(f"{name}: {values[name]:.4g} ± {values[f'{name}_spread']:.2g}")


if __name__ == "__main__":
    step.run(main)
