"""Try other settings of a model and train it again with the best."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import fitting
import numpy as np
import pandas as pd
import plots
import scoring
import spaces
import step
import tables
import trained
import training
from sklearn.base import clone
from sklearn.pipeline import Pipeline

Trial = dict[str, Any]


def main(
    model: Path,
    data: Path,
    strategy: str,
    trials: int,
    metric: str,
    folds: int,
    seed: int,
    model_out: Path,
    trials_out: Path,
    report: Path,
    target: str | None = None,
    space: str | None = None,
) -> None:
    start, work = trained.load(model, data, target)
    measured = scoring.metric(metric, work, start)
    last = start.named_steps["model"] if isinstance(start, Pipeline) else start
    wanted = spaces.trials(spaces.of(space, last), strategy, trials, seed)
    rows, labels = work.rows(work.frame)
    cut = list(scoring.folds(work, labels, folds, seed).split(rows, labels))
    # The model as it came is the first trial: a search that finds no better is told.
    done = [_tried({}, start, rows, labels, cut, measured)]
    for number, settings in enumerate(wanted, start=1):
        done.append(_tried(settings, start, rows, labels, cut, measured))
        best = max(done, key=lambda trial: measured.better(trial["score"]))
        step.metric(f"trial_{measured.name}", done[-1]["score"], at=number)
        told = f"trial {number} of {len(wanted)} · {measured.name} {best['score']:.4g}"
        step.progress(number / (len(wanted) + 1), told)
    _finish(done, start, work, measured, (model_out, trials_out, report))


def _tried(
    settings: Mapping[str, Any],
    start: Any,
    rows: Any,
    labels: Any,
    cut: Any,
    measured: scoring.Metric,
) -> Trial:
    started = time.perf_counter()
    candidate = with_settings(start, settings)
    scores = []
    for inside, outside in cut:
        fitted = scoring.refitted(candidate, rows.iloc[inside], labels[inside])
        scores.append(measured.of(fitted, rows.iloc[outside], labels[outside]))
    return {
        "settings": dict(settings),
        "score": float(np.mean(scores)),
        "spread": float(np.std(scores)),
        "seconds": time.perf_counter() - started,
    }


def with_settings(start: Any, settings: Mapping[str, Any]) -> Any:
    """A fresh copy of the model with other settings of its estimator."""
    prefix = "model__" if isinstance(start, Pipeline) else ""
    given = {f"{prefix}{k}": spaces.as_given(v) for k, v in settings.items()}
    return clone(start).set_params(**given)


def _finish(
    done: list[Trial],
    start: Any,
    work: fitting.Work,
    measured: scoring.Metric,
    folders: tuple[Path, Path, Path],
) -> None:
    model_out, trials_out, report = folders
    ranked = sorted(done, key=lambda trial: -measured.better(trial["score"]))
    best = ranked[0]
    rows, labels = work.rows(work.frame)
    fitted = scoring.refitted(with_settings(start, best["settings"]), rows, labels)
    if isinstance(fitted, Pipeline):
        name = type(fitted.named_steps["model"]).__name__
    else:
        name = type(fitted).__name__
    training.save(fitted, work, name, model_out)
    values = {
        f"cv_{measured.name}": best["score"],
        f"cv_{measured.name}_spread": best["spread"],
        f"cv_{measured.name}_before": done[0]["score"],
    }
    step.params({k.rpartition("__")[2]: v for k, v in best["settings"].items()})
    step.metrics({"trials": len(done), **values})
    plots.write_metrics(report, values)
    _picture(done, measured, report)
    tables.write_frame(_table(ranked, done, measured), trials_out)
    said = best["settings"] or "the settings it came with"
    print(f"Best {measured.name}: {best['score']:.4g} with {said}")


def _table(
    ranked: list[Trial], done: list[Trial], measured: scoring.Metric
) -> pd.DataFrame:
    rows = [
        {
            "trial": done.index(trial),
            measured.name: trial["score"],
            "spread": trial["spread"],
            "seconds": round(trial["seconds"], 3),
            **{k.rpartition("__")[2]: v for k, v in trial["settings"].items()},
        }
        for trial in ranked
    ]
    table = pd.DataFrame(rows)
    for name in table.columns[4:]:
        values = table[name].dropna()
        if not values.map(lambda v: isinstance(v, int | float)).all():
            table[name] = table[name].map(_text)
    return table


def _text(value: Any) -> Any:
    if isinstance(value, str) or value is None or value != value:
        return value
    return json.dumps(value)


def _picture(done: list[Trial], measured: scoring.Metric, folder: Path) -> None:
    scores = [trial["score"] for trial in done]
    best = measured.sign * np.maximum.accumulate(measured.sign * np.array(scores))
    x, y, top = plots.thinned(np.arange(len(scores)), scores, best)
    series = [{"label": "trial", "x": x, "y": y}, {"label": "best", "x": x, "y": top}]
    labels = ("Search", "Trial (0 is the model as it came)", measured.name)
    plots.write(folder, "curves", *labels, series=series)


if __name__ == "__main__":
    step.run(main)
