"""Learn a category from text."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import features as columns_of
import fitting
import numpy as np
import pandas as pd
import plots
import step
import tables
import texts
import training
from preparation import fill
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import LinearSVC
from step import ComponentError

_TOLD_WORDS = 15


def main(
    data: Path,
    column: str,
    target: str,
    estimator: str,
    c: float,
    longest_phrase: int,
    stop_words: str,
    words: int,
    balanced: bool,
    seed: int,
    model: Path,
    report: Path,
    validation: Path | None = None,
) -> None:
    frame = columns_of.rows_with_target(tables.frame(data), target)
    if column == target:
        raise ComponentError(
            f"The model can't learn '{target}' from itself",
            "Choose another column in 'Column' or 'Target'",
        )
    texts.of(frame, column)
    columns_of.task_of(frame[target], "classification")
    columns_of.check_labels(frame[target], "classification")
    held = training.held_out(validation, target)
    work = fitting.Work(frame, {column: "text"}, target, "classification", False, held)
    counting = {"max_features": words, **texts.settings(longest_phrase, stop_words)}
    built = _estimator(estimator, c, balanced, seed)
    training.say_parameters(estimator, work, built)

    started = time.perf_counter()
    try:
        fitted = fitting.fit(built, work, counted_words(column, counting))
    except ValueError as error:
        raise texts.no_words(error) from error
    values = fitting.measure(fitted, work)
    step.metrics({"rows": len(frame), "fit_seconds": time.perf_counter() - started})
    step.metrics(values)
    plots.write_metrics(report, values)
    _tell_words(fitted, report)
    training.save(fitted, work, estimator, model)
    for key, value in values.items():
        print(f"{key}: {value:.4f}")


def _estimator(name: str, c: float, balanced: bool, seed: int) -> Any:
    weight = "balanced" if balanced else None
    if name == "linear_svm":
        return LinearSVC(C=c, class_weight=weight, random_state=seed)
    if name == "naive_bayes":
        return ComplementNB()
    return LogisticRegression(C=c, class_weight=weight, max_iter=1000)


def counted_words(column: str, counting: dict[str, Any]) -> ColumnTransformer:
    """From a column of text to weighed words, with scikit-learn's own parts only."""
    counted = Pipeline(
        [
            ("fill_nan", fill(np.nan, "")),
            ("fill_none", fill(None, "")),
            # One text a row: the vectorizer takes a list, not a table of one column.
            ("flat", FunctionTransformer(np.ravel)),
            ("count", TfidfVectorizer(**counting, sublinear_tf=True)),
        ]
    )
    return ColumnTransformer([("text", counted, [column])])


def _tell_words(fitted: Pipeline, report: Path) -> None:
    """The words that speak for each category, as a table and as a plot."""
    counted = fitted.named_steps["prepare"].named_transformers_["text"]
    words = counted.named_steps["count"].get_feature_names_out()
    estimator = fitted.named_steps["model"]
    weights = getattr(estimator, "coef_", None)
    if weights is None:
        apart = estimator.feature_log_prob_ - estimator.feature_log_prob_.mean(axis=0)
        weights = apart * estimator.feature_count_
    labels = list(estimator.classes_)
    if len(weights) == 1:
        weights = np.vstack([-weights[0], weights[0]])
    told = [
        {"label": str(label), "word": words[place], "weight": float(row[place])}
        for label, row in zip(labels, weights, strict=True)
        for place in np.argsort(-row)[:_TOLD_WORDS]
    ]
    report.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(told).to_csv(report / "words.csv", index=False)
    sizes = np.abs(weights - weights.mean(axis=0)).mean(axis=0)
    order = np.argsort(-sizes)[:_TOLD_WORDS]
    plots.write(
        report,
        "importance",
        "Words the model looks at",
        "Share of importance",
        "Word",
        labels=words[order].tolist(),
        values=plots.numbers(sizes[order] / (sizes[order].sum() or 1)),
        method="coefficients",
    )


if __name__ == "__main__":
    step.run(main)
