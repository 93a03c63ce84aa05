"""Find and describe the rows where a model errs most."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import features as columns_of
import judged
import numpy as np
import pandas as pd
import plots
import step
import tables
from preparation import preparation
from sklearn.tree import DecisionTreeRegressor
from step import ComponentError

_LARGEST = 0.1
_WORDS = re.compile(r"^(number|text|boolean)__(.*)$")


def main(
    data: Path,
    target: str,
    prediction: str,
    max_depth: int,
    min_share: float,
    table: Path,
    errors: Path,
    evaluation: Path,
    features: str | None = None,
) -> None:
    frame = judged.rows(data, target, prediction)
    wrong, measure = how_wrong(frame, target, prediction)
    if not wrong.any():
        raise ComponentError(
            "Every row is predicted right: there are no errors to analyse",
            "Use rows that the model hasn't learnt from",
        )
    hidden = [
        name
        for name in frame.columns
        if name in (target, prediction) or str(name).startswith("probability_")
    ]
    kinds = columns_of.kinds(frame.drop(columns=hidden), "", features)
    prepare = preparation(kinds, scaled=False)
    ready = prepare.fit_transform(columns_of.prepared(frame, kinds))
    fewest = max(1, round(min_share * len(frame)))
    tree = DecisionTreeRegressor(
        max_depth=max_depth, min_samples_leaf=fewest, random_state=0
    ).fit(ready, wrong)
    names = [str(name) for name in prepare.get_feature_names_out(list(kinds))]
    found = _groups(tree, ready, wrong, described(tree, names), measure)
    _finish(found, frame, wrong, measure, (table, errors, evaluation))


def how_wrong(frame: pd.DataFrame, target: str, prediction: str) -> tuple[Any, str]:
    """Each row's error: 0 or 1 for categories, the size for numbers."""
    both = frame[target], frame[prediction]
    few = frame[target].nunique() <= max(2, min(20, len(frame) // 10))
    if all(judged.is_number(each) for each in both):
        known = set(frame[target].unique())
        if not (few and set(frame[prediction].unique()) <= known):
            sizes = (both[1] - both[0]).abs().to_numpy("float64")
            return sizes, "mean_error"
    actual, predicted = (judged.texts(each) for each in both)
    wrong = [a != p for a, p in zip(actual, predicted, strict=True)]
    return np.array(wrong, dtype="float64"), "error_rate"


def _groups(
    tree: Any, ready: Any, wrong: Any, texts: dict[int, str], measure: str
) -> pd.DataFrame:
    leaves = tree.apply(ready)
    whole = wrong.mean()
    told = [
        {
            "rows_with": texts[leaf],
            "rows": int((leaves == leaf).sum()),
            measure: float(wrong[leaves == leaf].mean()),
            "times_the_average": float(wrong[leaves == leaf].mean() / whole),
            "share_of_errors": float(wrong[leaves == leaf].sum() / wrong.sum()),
        }
        for leaf in np.unique(leaves)
    ]
    return pd.DataFrame(told).sort_values(measure, ascending=False, ignore_index=True)


def described(tree: Any, names: list[str]) -> dict[int, str]:
    """What the rows at each end of the tree have in common."""
    inner = tree.tree_
    found: dict[int, str] = {}

    def walk(node: int, conditions: dict[tuple[str, str], str]) -> None:
        if inner.children_left[node] < 0:
            found[node] = " and ".join(conditions.values()) or "all rows"
            return
        name, limit = names[inner.feature[node]], inner.threshold[node]
        for child, above in (
            (inner.children_left[node], False),
            (inner.children_right[node], True),
        ):
            key = (name, ">" if above else "<=")
            # A tighter condition on the same side takes the place of the looser.
            walk(child, {**conditions, key: condition(name, limit, above)})

    walk(0, {})
    return found


def condition(name: str, limit: float, above: bool) -> str:
    matched = _WORDS.match(name)
    kind, column = (matched[1], matched[2]) if matched else ("number", name)
    if kind == "number":
        return f"{column} {'>' if above else '<='} {limit:.4g}"
    if kind == "boolean":
        return f"{column} is {'true' if above else 'not true'}"
    column, _, value = column.rpartition("_")
    return f"{column} {'is' if above else 'is not'} {value}"


def _finish(
    found: pd.DataFrame,
    frame: pd.DataFrame,
    wrong: Any,
    measure: str,
    folders: tuple[Path, Path, Path],
) -> None:
    table, errors, evaluation = folders
    values = {
        measure: float(wrong.mean()),
        f"worst_{measure}": float(found[measure][0]),
        "groups": float(len(found)),
    }
    step.metrics({"rows": len(frame), **values})
    plots.write_metrics(evaluation, values)
    shown = (evaluation, "bars", "Where the model errs", "Rows with", measure)
    bars = plots.numbers(found[measure])
    plots.write(*shown, labels=found.rows_with.tolist(), values=bars)
    tables.write_frame(found, table)
    chosen = wrong > 0
    if measure == "mean_error":
        chosen = wrong >= np.quantile(wrong, 1 - _LARGEST)
    order = np.argsort(-wrong[chosen], kind="stable")
    tables.write_frame(frame[chosen].assign(error=wrong[chosen]).iloc[order], errors)
    print(f"Worst: {found.rows_with[0]} ({found[measure][0]:.3g})")


if __name__ == "__main__":
    step.run(main)
