"""Keep the columns that tell most about a target, each looked at alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plots
import step
import tables
import targets
import transforms
from sklearn.feature_selection import (
    chi2,
    f_classif,
    f_regression,
    mutual_info_classif,
    mutual_info_regression,
)
from step import ComponentError
from targets import Choice

_MOST_BARS = 30


def main(
    data: Path,
    target: str,
    method: str,
    most: int,
    task: str,
    seed: int,
    table: Path,
    transform: Path,
    ranking: Path,
    report: Path,
    columns: str | None = None,
) -> None:
    frame = tables.frame(data)
    choice = targets.choice(frame, target, columns, task, "a score")
    scores, chances = _scored(choice, method, seed)
    ranked = _ranked(choice.columns, scores, chances, most)
    tables.write_frame(ranked, ranking)
    plots.write_metrics(report, {"columns": len(ranked), "kept_columns": most})
    top = ranked.head(_MOST_BARS)
    plots.write(
        report,
        "bars",
        "Scores of columns",
        "Column",
        "Score",
        labels=list(top["column"]),
        values=plots.numbers(top["score"].fillna(0)),
    )
    kept = set(ranked.loc[ranked["kept"], "column"])
    transforms.select(
        frame,
        choice.columns,
        [c for c in choice.columns if c in kept],
        table,
        transform,
    )


def _scored(choice: Choice, method: str, seed: int) -> tuple[Any, Any]:
    classes = choice.task == "classification"
    if method == "chi2":
        _check_chi2(choice)
        return chi2(choice.rows, choice.labels)
    if method == "anova":
        # A constant column has no score; it comes last.
        with np.errstate(all="ignore"):
            function = f_classif if classes else f_regression
            return function(choice.rows, choice.labels)
    mutual = partial(
        mutual_info_classif if classes else mutual_info_regression, random_state=seed
    )
    return mutual(choice.rows, choice.labels), None


def _check_chi2(choice: Choice) -> None:
    if choice.task == "regression":
        raise ComponentError(
            "chi2 compares classes, and the target holds numbers",
            "Set 'Method' to mutual_information or anova",
        )
    lowest = choice.rows.min()
    if (lowest < 0).any():
        name = lowest.index[lowest < 0][0]
        raise ComponentError(
            f"Column '{name}' goes down to {lowest[name]:g}, and chi2 needs counts",
            "Set 'Method' to mutual_information or anova",
        )


def _ranked(columns: list[str], scores: Any, chances: Any, most: int) -> pd.DataFrame:
    made = pd.DataFrame({"column": columns, "score": np.asarray(scores, dtype=float)})
    if chances is not None:
        made["p_value"] = np.asarray(chances, dtype=float)
    ordered = made.sort_values(
        "score", ascending=False, kind="stable", ignore_index=True
    )
    if most > len(columns):
        print(f"There are {step.count(len(columns), 'column')}: all are kept")
    return ordered.assign(rank=ordered.index + 1, kept=ordered.index < most)


if __name__ == "__main__":
    step.run(main)
