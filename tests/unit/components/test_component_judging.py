"""Errors by group, comparisons, explanations and gates: on real predictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from component_steps import Steps
from sklearn.datasets import load_breast_cancer, load_diabetes


def plot(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / f"plots/{name}.json").read_text())
    return found


@pytest.fixture
def predicted_mass(steps: Steps, penguins: Path) -> Path:
    """Masses predicted from bills alone, which is too little."""
    given = {"data": penguins, "target": "body_mass_g", "features": "bill_*"}
    model = steps.ok("linear_regression", **given).output("model")
    return steps.ok("score_model", model=model, data=penguins).output("table")


@pytest.fixture
def predicted_species(steps: Steps, penguins: Path) -> Path:
    given = {"data": penguins, "target": "species", "features": "body_mass_g, sex"}
    model = steps.ok("decision_tree", **given).output("model")
    return steps.ok("score_model", model=model, data=penguins).output("table")


# -- by group -----------------------------------------------------------------


def test_that_errors_are_measured_in_each_group(
    steps: Steps, penguins: Path, predicted_mass: Path
) -> None:
    given = {"data": predicted_mass, "target": "body_mass_g", "group": "species"}
    result = steps.ok("evaluate_by_group", **given)
    table = result.table()
    assert table.rows.sum() == 342
    assert set(table.species) == {"Adelie", "Chinstrap", "Gentoo"}
    assert table.rmse.is_monotonic_decreasing
    whole = np.sqrt((table.rmse**2 * table.rows).sum() / 342)
    assert result.metrics["rmse"] == pytest.approx(whole)
    bars = plot(result.output("evaluation"), "bias")
    assert sorted(bars["labels"]) == ["Adelie", "Chinstrap", "Gentoo"]


def test_that_a_column_of_numbers_is_cut_into_ranges(
    steps: Steps, penguins: Path, predicted_mass: Path
) -> None:
    given = {"data": predicted_mass, "target": "body_mass_g"}
    result = steps.ok("evaluate_by_group", **given, group="bill_length_mm", ranges=4)
    table = result.table()
    assert len(table) == 4
    assert table.rows.between(80, 90).all()
    assert all(" to " in name for name in table.bill_length_mm)


def test_that_confusion_is_counted_in_each_segment(
    steps: Steps, penguins: Path, predicted_species: Path
) -> None:
    given = {"data": predicted_species, "target": "species", "segment": "sex"}
    result = steps.ok("confusion_by_segment", **given)
    table = result.table()
    assert set(table.sex) == {"male", "female", "(missing)"}
    assert table.accuracy.is_monotonic_increasing
    assert table.most_frequent_mistake.str.contains(" as ").all()
    matrix = plot(result.output("evaluation"), "confusion_1")
    assert matrix["title"] == f"sex: {table.sex[0]}"
    assert np.sum(matrix["values"]) == table.rows[0]


def test_that_the_weakest_rows_are_found_and_described(
    steps: Steps, penguins: Path, predicted_species: Path
) -> None:
    given = {"data": predicted_species, "target": "species"}
    result = steps.ok("error_analysis", **given)
    table = result.table()
    assert table.rows.sum() == 344
    assert table.error_rate.is_monotonic_decreasing
    assert table.share_of_errors.sum() == pytest.approx(1)
    assert table.times_the_average[0] > 1.3
    wrong = result.table("errors")
    assert (wrong.prediction != wrong.species).all()
    assert len(wrong) == round(result.metrics["error_rate"] * 344)


def test_that_a_group_of_errors_is_what_its_words_say(
    steps: Steps, penguins: Path, predicted_mass: Path
) -> None:
    given = {"data": predicted_mass, "target": "body_mass_g", "features": "species"}
    result = steps.ok("error_analysis", **given, max_depth=1)
    first = result.table().iloc[0]
    assert first.rows_with in {f"species is {n}" for n in ("Adelie", "Chinstrap")} | {
        "species is Gentoo",
        "species is not Gentoo",
        "species is not Adelie",
        "species is not Chinstrap",
    }
    assert result.metrics["worst_mean_error"] == pytest.approx(first.mean_error)
    assert len(result.table("errors")) == 35


def test_that_scores_become_labels_with_a_zone_of_doubt(
    steps: Steps, penguins: Path, predicted_species: Path
) -> None:
    given = {"data": predicted_species, "score": "probability_Gentoo"}
    result = steps.ok(
        "scores_to_labels",
        **given,
        threshold=0.8,
        unsure_below=0.2,
        positive="Gentoo",
        negative="other",
    )
    table = result.table()
    sure = table[table.label.notna()]
    assert (sure[sure.label == "Gentoo"].probability_Gentoo >= 0.8).all()
    assert (sure[sure.label == "other"].probability_Gentoo < 0.2).all()
    assert result.metrics["unsure"] == table.label.isna().sum() > 0


# -- compare ------------------------------------------------------------------


def test_that_a_clearly_better_classifier_is_told(steps: Steps, penguins: Path) -> None:
    given = {"data": penguins, "target": "species"}
    poor = steps.ok("naive_bayes", **given, features="body_mass_g").output("model")
    good = steps.ok("random_forest", **given, n_estimators=10).output("model")
    asked = {"model_1": poor, "model_2": good, "data": penguins}
    result = steps.ok("compare_models", **asked)
    assert "The second model is better in accuracy" in result.out
    values = result.metrics
    assert values["p_value"] < 0.001
    assert values["difference_low"] > 0.1
    net = values["only_2_right"] - values["only_1_right"]
    assert values["difference"] == pytest.approx(net / 344)
    table = result.table()
    assert (table.prediction_1 != table.prediction_2).all()
    same = steps.ok("compare_models", **{**asked, "model_1": good})
    assert same.metrics["p_value"] == 1
    assert "may be chance" in same.out


def test_that_regressions_are_compared_row_by_row(steps: Steps) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    given = {"data": table, "target": "target"}
    line = steps.ok("linear_regression", **given).output("model")
    flat = steps.ok("linear_regression", **given, features="sex").output("model")
    asked = {"model_1": line, "model_2": flat, "data": table}
    result = steps.ok("compare_models", **asked)
    assert "The first model is better in mean error" in result.out
    assert result.metrics["mae_2"] - result.metrics["mae_1"] == pytest.approx(
        -result.metrics["difference"]
    )
    assert result.metrics["difference_high"] < 0


# -- explain ------------------------------------------------------------------


def test_that_a_model_is_explained_by_what_it_needs(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "target": "species"}
    model = steps.ok("random_forest", **given, n_estimators=10).output("model")
    result = steps.ok("explain_model", model=model, data=penguins, top=3, repeats=2)
    table = result.table()
    assert set(table.column[:3]) & {"bill_length_mm", "flipper_length_mm", "island"}
    assert table.set_index("column").importance["year"] < 0.03
    evaluation = result.output("evaluation")
    assert plot(evaluation, "importance")["labels"] == table.column.tolist()
    for place in (1, 2, 3):
        shown = plot(evaluation, f"dependence_{place}")
        assert table.column[place - 1] in shown["title"]
        if shown["kind"] == "curves":
            answers = np.array([each["y"] for each in shown["series"]])
            np.testing.assert_allclose(answers.sum(axis=0), 1, atol=1e-4)


def test_that_the_curve_of_a_straight_line_is_straight(steps: Steps) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    model = steps.ok("linear_regression", data=table, target="target").output("model")
    result = steps.ok("explain_model", model=model, data=table, top=1, repeats=2)
    shown = plot(result.output("evaluation"), "dependence_1")
    (line,) = shown["series"]
    slopes = np.diff(line["y"]) / np.diff(line["x"])
    np.testing.assert_allclose(slopes, slopes[0], rtol=0.02)


# -- deploy -------------------------------------------------------------------


def test_that_scoring_in_batches_says_the_same_as_at_once(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "target": "species"}
    model = steps.ok("decision_tree", **given).output("model")
    asked = {"model": model, "data": penguins}
    batched = steps.ok("batch_score", **asked, rows_at_once=100)
    assert batched.metrics["batches"] == 4
    at_once = steps.ok("score_model", **asked).table()
    pd.testing.assert_frame_equal(batched.table(), at_once, check_dtype=False)
    shares = [r["progress"] for r in batched.reports if "progress" in r]
    assert shares == sorted(shares) and shares[-1] == 1


def test_that_a_bad_batch_may_be_let_through(steps: Steps, penguins: Path) -> None:
    given = {"data": penguins, "target": "species", "features": "year, body_mass_g"}
    model = steps.ok("decision_tree", **given).output("model")
    table = steps.table({"year": ["long ago", "2007", "2008"], "body_mass_g": [1] * 3})
    asked = {"model": model, "data": table, "rows_at_once": 1, "keep": "year"}
    result = steps.ok("batch_score", **asked, most_failed_batches=1)
    assert "Batch 1 (from row 1)" in result.out
    found = result.table()
    assert list(found.columns[:2]) == ["year", "prediction"]
    assert found.prediction.isna().tolist() == [True, False, False]
    error = steps.fails("batch_score", **asked).error
    assert "Batch 1 (from row 1): Column 'year' must hold numbers" in error["message"]


@pytest.fixture
def judged(steps: Steps) -> tuple[Path, Path, Path]:
    """A model of tumours, its evaluation and that of a poorer one."""
    table = steps.table(load_breast_cancer(as_frame=True).frame)
    found = []
    for features in ("mean *", "mean smoothness"):
        given = {"data": table, "target": "target", "features": features}
        model = steps.ok("logistic_regression", **given).output("model")
        scored = steps.ok("score_model", model=model, data=table).output("table")
        told = steps.ok("evaluate_model", data=scored, target="target")
        found.append((model, told.output("evaluation")))
    return found[0][0], found[0][1], found[1][1]


def test_that_only_a_better_model_is_registered(
    steps: Steps, judged: tuple[Path, Path, Path]
) -> None:
    model, good, poor = judged
    given = {"model": model, "name": "tumours", "tags": "stage=dev"}
    passed = steps.ok("register_if_better", **given, evaluation=good, champion=poor)
    (action,) = passed.actions
    assert action["name"] == "tumours"
    assert action["metrics"]["accuracy"] == passed.metrics["new_accuracy"] > 0.9
    decision = json.loads((passed.output("decision") / "decision.json").read_text())
    assert decision["registered"] is True
    refused = steps.ok("register_if_better", **given, evaluation=poor, champion=good)
    assert refused.actions == []
    assert "'tumours' is not registered: accuracy is 0." in refused.out
    assert refused.metrics["passed"] == 0


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"minimum": 0.99}, "below 0.99"),
        ({"metric": "log_loss", "minimum": 0.001}, "above 0.001"),
        ({"margin": 0.5}, "must be better by 0.5"),
        ({"metric": "accurracy"}, "Did you mean 'accuracy'?"),
        ({"name": "my model"}, "can't be the name of a model"),
    ],
)
def test_that_a_gate_says_why_it_stays_shut(
    steps: Steps,
    judged: tuple[Path, Path, Path],
    inputs: dict[str, Any],
    told: str,
) -> None:
    model, good, poor = judged
    given = {"model": model, "evaluation": good, "champion": poor, "name": "tumours"}
    asked = {**given, "otherwise": "fail", **inputs}
    result = steps.fails("register_if_better", **asked)
    assert told in result.err
    assert result.actions == []


def test_that_a_metric_that_is_no_number_does_not_pass(steps: Steps) -> None:
    told = steps.file("bad/metrics.json", '{"r2": "NaN"}').parent
    model = steps.file("weights.bin", b"x")
    given = {"model": model, "name": "m", "evaluation": told, "metric": "r2"}
    result = steps.ok("register_if_better", **given, minimum=0.5)
    assert "'m' is not registered: r2 is not a number" in result.out
    assert result.actions == []


# -- bad input ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "inputs", "told"),
    [
        ("evaluate_by_group", {"group": "specie"}, "Did you mean 'species'?"),
        ("evaluate_by_group", {"group": "species", "target": "sex"}, "no numbers"),
        ("confusion_by_segment", {"segment": "iland"}, "Did you mean 'island'?"),
        ("confusion_by_segment", {"segment": "sex"}, "too many for categories"),
        ("error_analysis", {"features": "wing"}, "Column 'wing' is not"),
        ("error_analysis", {"prediction": "predicton"}, "Did you mean 'prediction'?"),
    ],
)
def test_that_judging_says_what_is_wrong(
    steps: Steps, predicted_mass: Path, card: str, inputs: dict[str, Any], told: str
) -> None:
    given = {"data": predicted_mass, "target": "body_mass_g", **inputs}
    assert told in steps.fails(card, **given).err


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"score": "probability"}, "Column 'probability' is not"),
        ({"score": "species"}, "holds no numbers"),
        ({"score": "year", "negative": "positive"}, "Both labels are the same"),
        ({"score": "year", "unsure_below": 0.9}, "above the threshold 0.5"),
    ],
)
def test_that_labels_need_scores(
    steps: Steps, penguins: Path, inputs: dict[str, Any], told: str
) -> None:
    assert told in steps.fails("scores_to_labels", data=penguins, **inputs).err


def test_that_what_can_not_be_compared_or_explained_is_told(
    steps: Steps, penguins: Path
) -> None:
    mass = steps.ok("decision_tree", data=penguins, target="body_mass_g")
    kind = steps.ok("decision_tree", data=penguins, target="species")
    models = {"model_1": mass.output("model"), "model_2": kind.output("model")}
    error = steps.fails("compare_models", **models, data=penguins).error
    assert "can't be learnt" in error["message"] or "categor" in error["message"]
    clusters = steps.ok("k_means", data=penguins).output("model")
    error = steps.fails("explain_model", model=clusters, data=penguins).error
    assert "made for clustering" in error["message"]
