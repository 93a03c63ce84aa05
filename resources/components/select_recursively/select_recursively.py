"""Drop the column a model needs least, again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
import step
import tables
import targets
import transforms
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.feature_selection import RFE, RFECV
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from step import ComponentError
from targets import Choice


def main(
    data: Path,
    target: str,
    estimator: str,
    most: int,
    folds: int,
    drop: float,
    task: str,
    seed: int,
    table: Path,
    transform: Path,
    ranking: Path,
    report: Path,
    columns: str | None = None,
) -> None:
    frame = tables.frame(data)
    choice = targets.choice(frame, target, columns, task, "a model")
    selector = _selector(choice, estimator, most, folds, drop, seed)
    _fit(selector, choice)
    ranked = pd.DataFrame({"column": choice.columns, "rank": selector.ranking_})
    ranked = ranked.sort_values("rank", kind="stable", ignore_index=True)
    tables.write_frame(ranked.assign(kept=ranked["rank"] == 1), ranking)
    _report(selector, report, len(choice.columns))
    kept = [c for c, k in zip(choice.columns, selector.support_, strict=True) if k]
    transforms.select(frame, choice.columns, kept, table, transform)


def _selector(
    choice: Choice, estimator: str, most: int, folds: int, drop: float, seed: int
) -> Any:
    classes = choice.task == "classification"
    if estimator == "random_forest":
        kind = RandomForestClassifier if classes else RandomForestRegressor
        model: Any = kind(n_estimators=50, random_state=seed, n_jobs=1)
        importance = "feature_importances_"
    else:
        linear = LogisticRegression(max_iter=1000) if classes else Ridge()
        model = make_pipeline(StandardScaler(), linear)
        importance = f"named_steps.{type(linear).__name__.lower()}.coef_"
    dropped = max(1, int(drop)) if drop >= 1 else drop
    if most:
        return RFE(
            model, n_features_to_select=most, step=dropped, importance_getter=importance
        )
    return RFECV(model, step=dropped, cv=folds, importance_getter=importance, n_jobs=1)


def _fit(selector: Any, choice: Choice) -> None:
    if getattr(selector, "n_features_to_select", 0) and (
        selector.n_features_to_select > len(choice.columns)
    ):
        print(f"There are {step.count(len(choice.columns), 'column')}: all are kept")
        selector.n_features_to_select = len(choice.columns)
    if isinstance(selector, RFECV) and choice.task == "classification":
        rarest = int(np.bincount(choice.labels).min())
        if rarest < selector.cv:
            raise ComponentError(
                f"A class has only {step.count(rarest, 'row')}: too few for "
                f"{selector.cv} folds",
                "Set 'Folds' lower, or 'Most' to a number of columns",
            )
    step.progress(0.05, "fitting")
    selector.fit(choice.rows, choice.labels)


def _report(selector: Any, report: Path, columns: int) -> None:
    values: dict[str, float] = {
        "columns": columns,
        "kept_columns": int(selector.n_features_),
    }
    if isinstance(selector, RFECV):
        found = selector.cv_results_
        values["validation_score"] = float(np.max(found["mean_test_score"]))
        plots.write(
            report,
            "curves",
            "Score by number of columns",
            "Columns",
            "Score",
            series=[
                {
                    "label": "cross-validation",
                    "x": [int(n) for n in found["n_features"]],
                    "y": plots.numbers(found["mean_test_score"]),
                }
            ],
        )
    plots.write_metrics(report, values)
    step.metrics({k: v for k, v in values.items() if k == "validation_score"})


if __name__ == "__main__":
    step.run(main)
