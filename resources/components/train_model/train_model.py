"""Fit a model that predicts one column of a table from the others."""

from __future__ import annotations

from pathlib import Path

import estimators
import step
import training


def main(
    data: Path,
    target: str,
    estimator: str,
    task: str,
    n_estimators: int,
    learning_rate: float,
    c: float,
    alpha: float,
    n_neighbors: int,
    seed: int,
    model: Path,
    report: Path,
    validation: Path | None = None,
    features: str | None = None,
    max_depth: int | None = None,
    max_iter: int | None = None,
    parameters: str | None = None,
) -> None:
    ours = {
        "n_estimators": n_estimators,
        "max_depth": max_depth,
        "learning_rate": learning_rate,
        "c": c,
        "alpha": alpha,
        "n_neighbors": n_neighbors,
        "max_iter": max_iter,
        "seed": seed,
    }
    training.train(
        training.Kind(estimator, scaled=estimators.CHOICES[estimator].scaled),
        lambda found: estimators.build(estimator, found, ours),
        data,
        target,
        model,
        report,
        task,
        validation,
        features,
        parameters,
    )


if __name__ == "__main__":
    step.run(main)
