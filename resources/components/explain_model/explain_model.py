"""Which columns a model needs, and how its answer changes with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
import scoring
import step
import tables
import trained
from fitting import Work

_GRID = 20
_CATEGORIES = 12
_CURVES = 5
_AVERAGED = 200


def main(
    model: Path,
    data: Path,
    metric: str,
    repeats: int,
    top: int,
    rows: int,
    seed: int,
    table: Path,
    evaluation: Path,
    target: str | None = None,
) -> None:
    loaded, work = trained.load(model, data, target)
    measured = scoring.metric(metric, work, loaded)
    rng = np.random.default_rng(seed)
    frame, labels = work.rows(work.frame)
    if len(frame) > rows:
        chosen = np.sort(rng.choice(len(frame), rows, replace=False))
        frame, labels = frame.iloc[chosen], labels[chosen]
    base = measured.of(loaded, frame, labels)
    told = _importance(loaded, frame, labels, measured, repeats, rng)
    values = {measured.name: base, "columns": float(len(told))}
    step.metrics(values)
    plots.write_metrics(evaluation, values)
    tables.write_frame(told, table)
    _write_importance(told, measured.name, evaluation)
    for place, column in enumerate(told.column.head(top), start=1):
        _write_dependence(loaded, frame, work, column, place, evaluation)
    for name, drop in told[["column", "importance"]].head(10).itertuples(index=False):
        print(f"{name}: {measured.name} worse by {drop:.4g} when shuffled")


def _importance(
    model: Any,
    frame: pd.DataFrame,
    labels: Any,
    measured: scoring.Metric,
    repeats: int,
    rng: Any,
) -> pd.DataFrame:
    base = measured.better(measured.of(model, frame, labels))
    found = []
    for done, column in enumerate(frame.columns, start=1):
        drops = []
        for _ in range(repeats):
            values = frame[column].to_numpy()[rng.permutation(len(frame))]
            shuffled = frame.assign(**{column: values})
            drops.append(base - measured.better(measured.of(model, shuffled, labels)))
        found.append((column, float(np.mean(drops)), float(np.std(drops))))
        step.progress(0.8 * done / frame.shape[1], f"shuffled {column}")
    told = pd.DataFrame(found, columns=["column", "importance", "spread"])
    return told.sort_values("importance", ascending=False, ignore_index=True)


def _write_importance(told: pd.DataFrame, metric: str, folder: Path) -> None:
    drops = told.importance.clip(lower=0)
    whole = drops.sum() or 1.0
    plots.write(
        folder,
        "importance",
        "What the model needs",
        "Share of importance",
        "Column",
        labels=told.column.tolist(),
        values=plots.numbers(drops / whole),
        method="permutation",
    )


def _write_dependence(
    model: Any, frame: pd.DataFrame, work: Work, column: str, place: int, folder: Path
) -> None:
    """The mean answer with the column set to one value after the other."""
    few = frame.head(_AVERAGED)
    number = work.kinds[column] == "number"
    grid = _grid(frame[column], number)
    answers = np.array([_answer(model, few.assign(**{column: v})) for v in grid])
    title = f"Answer by {column}"
    file = f"dependence_{place}"
    said = "Mean probability" if hasattr(model, "predict_proba") else "Mean prediction"
    if number:
        names = _names(model, answers.shape[1])
        series = [
            {"label": name, "x": plots.numbers(grid), "y": plots.numbers(answers[:, n])}
            for n, name in names
        ]
        shown = (folder, "curves", title, column, said)
        plots.write(*shown, file=file, series=series)
        return
    # Of categories the bars show one answer: the last label's, as in a ROC curve.
    label = f" of {model.classes_[-1]}" if hasattr(model, "predict_proba") else ""
    shown = (folder, "bars", title, column, said + label)
    bars = plots.numbers(answers[:, -1])
    plots.write(*shown, file=file, labels=[str(v) for v in grid], values=bars)


def _grid(column: pd.Series[Any], number: bool) -> list[Any]:
    known = column.dropna()
    if not number:
        return known.value_counts().index[:_CATEGORIES].tolist()
    places = np.linspace(0.02, 0.98, _GRID)
    return np.unique(known.quantile(places)).tolist()


def _answer(model: Any, frame: pd.DataFrame) -> list[float]:
    if hasattr(model, "predict_proba"):
        return model.predict_proba(frame).mean(axis=0).tolist()  # type: ignore[no-any-return]
    answers = np.asarray(model.predict(frame))
    if answers.dtype.kind in "fiub":
        return [float(answers.mean())]
    return [float((answers == label).mean()) for label in model.classes_]


def _names(model: Any, count: int) -> list[tuple[int, str]]:
    """The curves to draw; of two labels only the second."""
    if count == 1:
        return [(0, "prediction")]
    labels = [str(each) for each in model.classes_]
    return list(enumerate(labels))[1 if count == 2 else 0 :][:_CURVES]


if __name__ == "__main__":
    step.run(main)
