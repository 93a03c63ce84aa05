"""Tune, cross-validate, calibrate, choose a threshold: on penguins and tumours."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from component_steps import Steps
from sklearn.datasets import load_breast_cancer, load_diabetes


@pytest.fixture
def tree(steps: Steps, penguins: Path) -> Path:
    """A tree that is too small on purpose."""
    given = {"data": penguins, "target": "species", "max_depth": 1}
    result = steps.ok("decision_tree", **given, features="bill_*, sex, body_mass_g")
    return result.output("model")


@pytest.fixture
def tumours(steps: Steps) -> tuple[Path, Path]:
    """Tumours to learn from and tumours to judge by."""
    frame = load_breast_cancer(as_frame=True).frame
    names = {0: "malignant", 1: "benign"}
    frame = frame.assign(target=frame.target.map(names)).sample(frac=1, random_state=0)
    return steps.table(frame.head(280)), steps.table(frame.tail(289))


def lines(folder: Path, name: str = "curves") -> list[dict[str, Any]]:
    found = json.loads((folder / f"plots/{name}.json").read_text())
    assert found["kind"] == "curves"
    return found["series"]


# -- tune ---------------------------------------------------------------------


def test_that_a_random_search_finds_a_deeper_tree(
    steps: Steps, penguins: Path, tree: Path
) -> None:
    result = steps.ok("tune_model", model=tree, data=penguins, trials=8, folds=3)
    assert result.metrics["cv_accuracy_before"] < 0.85
    assert result.metrics["cv_accuracy"] > 0.93
    trials = result.table("trials_out")
    assert len(trials) == 9
    assert trials.accuracy.is_monotonic_decreasing
    assert {"trial", "spread", "seconds", "max_depth"} <= set(trials.columns)
    assert set(trials.trial) == set(range(9))
    best = lines(result.output("report"))[1]["y"]
    assert best == sorted(best)
    told = [r["message"] for r in result.reports if "progress" in r]
    assert told[-1].startswith("trial 8 of 8 · accuracy 0.9")
    model = pickle.loads((result.output("model_out") / "model.pkl").read_bytes())
    assert model.named_steps["model"].max_depth != 1
    scored = steps.ok("score_model", model=result.output("model_out"), data=penguins)
    table = scored.table()
    assert (table.prediction == table.species).mean() > 0.95


def test_that_a_grid_tries_every_combination(steps: Steps) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    line = steps.ok("linear_regression", data=table, target="target", alpha=10000)
    result = steps.ok(
        "tune_model",
        model=line.output("model"),
        data=table,
        strategy="grid",
        space='{"alpha": [1, 100], "fit_intercept": [true, false]}',
        metric="mae",
        folds=3,
    )
    trials = result.table("trials_out")
    assert len(trials) == 5
    assert trials.mae.is_monotonic_increasing
    assert trials.mae[0] < 50 < trials.mae.iloc[-1]
    assert result.params["fit_intercept"] is True


@pytest.mark.parametrize(
    ("inputs", "message", "hint"),
    [
        ({"space": "{"}, "'Space' is not JSON", "Write it like"),
        ({"space": "{}"}, "names no parameter", "Write it like"),
        ({"space": '{"depth": [1]}'}, "no parameter 'depth'", "It has"),
        ({"space": '{"max_depth": 3}'}, "neither a list nor a range", "Write [1"),
        (
            {"strategy": "grid", "space": '{"max_depth": {"low": 1, "high": 9}}'},
            "A grid can't try the range of 'max_depth'",
            "choose random",
        ),
        ({"strategy": "grid", "trials": 5}, "The grid has 40 combinations", "to 40"),
        ({"metric": "rmse"}, "rmse can't measure a classification", "accuracy"),
        ({"target": "specis"}, "Column 'specis' is not", "'species'"),
        ({"folds": 90}, "'Chinstrap' has 68 rows, fewer than the 90", "68"),
    ],
)
def test_that_a_search_says_what_is_wrong(
    steps: Steps,
    penguins: Path,
    tree: Path,
    inputs: dict[str, Any],
    message: str,
    hint: str,
) -> None:
    error = steps.fails("tune_model", model=tree, data=penguins, **inputs).error
    assert message in error["message"]
    assert hint in error["hint"]


# -- cross-validate -----------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "folds"),
    [
        ({}, 5),
        ({"split": "random", "folds": 3}, 3),
        ({"split": "groups", "groups": "island", "folds": 3}, 3),
    ],
)
def test_that_every_row_is_predicted_by_a_model_that_has_not_seen_it(
    steps: Steps, penguins: Path, tree: Path, inputs: dict[str, Any], folds: int
) -> None:
    result = steps.ok("cross_validate", model=tree, data=penguins, **inputs)
    table = result.table()
    assert len(table) == 344
    assert set(table.fold) == set(range(1, folds + 1))
    right = (table.prediction == table.species).groupby(table.fold).mean()
    assert result.metrics["accuracy"] == pytest.approx(right.mean())
    assert result.metrics["accuracy_spread"] == pytest.approx(right.std(ddof=0))
    if "groups" in inputs:
        assert (table.groupby("island").fold.nunique() == 1).all()


def test_that_time_lets_a_model_learn_from_the_past_only(steps: Steps) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    line = steps.ok("linear_regression", data=table, target="target").output("model")
    result = steps.ok("cross_validate", model=line, data=table, split="time", folds=4)
    known = result.table()
    assert len(known) < 442
    assert known.fold.is_monotonic_increasing
    assert 45 < result.metrics["rmse"] < 70


def test_that_folds_that_can_not_be_cut_are_told(
    steps: Steps, penguins: Path, tree: Path
) -> None:
    given = {"model": tree, "data": penguins, "split": "groups"}
    assert "Choose it in 'Groups'" in steps.fails("cross_validate", **given).err
    error = steps.fails("cross_validate", **given, groups="iland").error
    assert "Did you mean 'island'?" in error["hint"]
    error = steps.fails("cross_validate", **given, groups="island", folds=9).error
    assert "3 groups, fewer than the 9 folds" in error["message"]


# -- calibrate ----------------------------------------------------------------


def test_that_the_probabilities_of_bayes_get_better(
    steps: Steps, tumours: tuple[Path, Path]
) -> None:
    known, fresh = tumours
    model = steps.ok("naive_bayes", data=known, target="target").output("model")
    result = steps.ok("calibrate_probabilities", model=model, data=fresh)
    assert result.metrics["log_loss_after"] < result.metrics["log_loss_before"] / 2
    assert result.metrics["brier_after"] < result.metrics["brier_before"]
    names = [each["label"] for each in lines(result.output("report"))]
    assert names == ["ideal", "before", "after"]
    scored = steps.ok("score_model", model=result.output("model_out"), data=fresh)
    assert scored.table().probability_benign.between(0.001, 0.999).all()


def test_that_a_model_without_probabilities_is_not_calibrated(
    steps: Steps, penguins: Path
) -> None:
    svm = steps.ok("svm", data=penguins, target="species").output("model")
    error = steps.fails("calibrate_probabilities", model=svm, data=penguins).error
    assert "gives no probabilities" in error["message"]
    assert "turn on 'Probabilities'" in error["hint"]


# -- choose a threshold -------------------------------------------------------


def test_that_the_threshold_follows_what_mistakes_cost(
    steps: Steps, tumours: tuple[Path, Path]
) -> None:
    known, fresh = tumours
    given = {"data": known, "target": "target", "features": "mean texture, mean area"}
    model = steps.ok("logistic_regression", **given).output("model")
    asked = {"model": model, "data": fresh, "positive": "malignant"}
    careful = steps.ok("choose_threshold", **asked, cost_false_negative=20)
    calm = steps.ok("choose_threshold", **asked, cost_false_positive=20)
    assert careful.metrics["threshold"] < 0.3 < calm.metrics["threshold"]
    half = careful.metrics["cost_per_row_at_half"]
    assert careful.metrics["cost_per_row"] <= half
    table = steps.ok(
        "score_model", model=careful.output("model_out"), data=fresh
    ).table()
    missed = (table.target == "malignant") & (table.prediction == "benign")
    assert missed.sum() == careful.metrics["false_negatives"]
    alarms = (table.target == "benign") & (table.prediction == "malignant")
    assert alarms.sum() == careful.metrics["false_positives"]
    spent = 20 * missed.sum() + alarms.sum()
    assert careful.metrics["cost_per_row"] == pytest.approx(spent / 289)
    assert lines(careful.output("report"), "cost")[0]["label"] == "cost"


@pytest.mark.parametrize("objective", ["f1", "youden", "precision"])
def test_that_other_objectives_are_met(
    steps: Steps, tumours: tuple[Path, Path], objective: str
) -> None:
    known, fresh = tumours
    given = {"data": known, "target": "target", "features": "mean smoothness"}
    model = steps.ok("logistic_regression", **given).output("model")
    result = steps.ok(
        "choose_threshold",
        model=model,
        data=fresh,
        objective=objective,
        minimum_precision=0.8,
    )
    if objective == "precision":
        assert result.metrics["precision"] >= 0.8
        assert result.metrics["recall"] > 0
    else:
        assert 0.5 < result.metrics["f1"] < 1
    assert np.isfinite(result.metrics["threshold"])


def test_that_a_threshold_needs_two_known_categories(
    steps: Steps, penguins: Path, tree: Path, tumours: tuple[Path, Path]
) -> None:
    error = steps.fails("choose_threshold", model=tree, data=penguins).error
    assert "tells 3 categories apart" in error["message"]
    known, _ = tumours
    model = steps.ok("naive_bayes", data=known, target="target").output("model")
    given = {"model": model, "data": known, "positive": "malignent"}
    error = steps.fails("choose_threshold", **given).error
    assert "Did you mean 'malignant'?" in error["hint"]
