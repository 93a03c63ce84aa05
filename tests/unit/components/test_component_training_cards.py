"""The cards that train one kind of model each, on real tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from component_steps import Steps
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

CLASSIFIERS: list[tuple[str, dict[str, Any]]] = [
    ("logistic_regression", {}),
    ("logistic_regression", {"penalty": "l1", "c": 0.5, "max_iter": 5000}),
    ("decision_tree", {"max_depth": 3}),
    ("random_forest", {"n_estimators": 10, "balanced": True}),
    ("random_forest", {"n_estimators": 10, "extra_trees": True}),
    ("gradient_boosting", {"n_estimators": 10}),
    ("svm", {"probabilities": True}),
    ("k_nearest_neighbours", {"weights": "distance"}),
    ("naive_bayes", {}),
    ("neural_network", {"layers": "16", "max_iter": 200, "learning_rate": 0.01}),
]
REGRESSORS: list[tuple[str, dict[str, Any]]] = [
    ("linear_regression", {"penalty": "none"}),
    ("linear_regression", {"penalty": "ridge"}),
    ("linear_regression", {"penalty": "lasso"}),
    ("linear_regression", {"penalty": "elastic_net", "alpha": 0.1}),
    ("decision_tree", {"min_samples_leaf": 5}),
    ("random_forest", {"n_estimators": 10}),
    ("gradient_boosting", {"n_estimators": 20}),
    ("svm", {"kernel": "linear", "c": 10}),
    ("k_nearest_neighbours", {"n_neighbors": 8}),
    ("neural_network", {"layers": "16", "max_iter": 300, "learning_rate": 0.05}),
]


@pytest.mark.parametrize(("card", "settings"), CLASSIFIERS)
def test_that_every_card_learns_the_penguins_species(
    steps: Steps, penguins: Path, card: str, settings: dict[str, Any]
) -> None:
    features = "bill_*, sex, body_mass_g"
    given = {"data": penguins, "target": "species", "features": features}
    result = steps.ok(card, **given, **settings)
    assert result.metrics["training_accuracy"] > 0.93
    assert result.params["task"] == "classification"
    assert (result.output("report") / "plots/importance.json").is_file()
    scored = steps.ok("score_model", model=result.output("model"), data=penguins)
    table = scored.table()
    assert (table["prediction"] == table["species"]).mean() > 0.93
    chances = table[[name for name in table if name.startswith("probability_")]]
    np.testing.assert_allclose(chances.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(("card", "settings"), REGRESSORS)
def test_that_every_card_learns_the_progress_of_diabetes(
    steps: Steps, card: str, settings: dict[str, Any]
) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    result = steps.ok(card, data=table, target="target", **settings)
    assert result.metrics["training_r2"] > 0.4
    scored = steps.ok("score_model", model=result.output("model"), data=table)
    assert scored.table()["prediction"].between(0, 400).all()


def test_that_a_lasso_drops_columns_that_least_squares_keeps(steps: Steps) -> None:
    import json

    table = steps.table(load_diabetes(as_frame=True).frame)

    def dropped(penalty: str) -> int:
        given = {"data": table, "target": "target", "penalty": penalty, "alpha": 10}
        report = steps.ok("linear_regression", **given).output("report")
        plot = json.loads((report / "plots/importance.json").read_text())
        return sum(value == 0 for value in plot["values"])

    assert dropped("none") == 0
    assert dropped("lasso") >= 3


def test_that_a_tree_tells_its_rules_in_the_names_of_the_columns(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("decision_tree", data=penguins, target="species", max_depth=2)
    rules = (result.output("report") / "rules.txt").read_text()
    assert "flipper_length_mm <= " in rules
    assert "class: Gentoo" in rules
    assert rules.splitlines()[0] in result.out


def test_that_a_network_shows_its_loss(steps: Steps, penguins: Path) -> None:
    given = {"data": penguins, "target": "species", "layers": "8, 4", "max_iter": 15}
    result = steps.ok("neural_network", **given)
    losses = [r["value"] for r in result.reports if r.get("key") == "loss"]
    assert len(losses) == 15
    assert losses[-1] < losses[0]


def test_that_balancing_finds_more_of_a_rare_category(steps: Steps) -> None:
    frame = load_breast_cancer(as_frame=True).frame
    rare = pd.concat([frame[frame.target == 1], frame[frame.target == 0].head(20)])
    table = steps.table(rare[["mean texture", "mean smoothness", "target"]])

    def found(balanced: bool) -> int:
        given = {"data": table, "target": "target", "balanced": balanced}
        model = steps.ok("logistic_regression", **given).output("model")
        scored = steps.ok("score_model", model=model, data=table).table()
        return int(((scored.prediction == 0) & (scored.target == 0)).sum())

    assert found(balanced=True) > found(balanced=False) + 5


def test_that_parameters_reach_an_estimator_inside_another(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "target": "species", "probabilities": True}
    result = steps.ok("svm", **given, parameters='{"tol": 0.05}')
    assert result.params["estimator__tol"] == 0.05


@pytest.mark.parametrize(
    ("card", "inputs", "message", "hint"),
    [
        ("svm", {"target": "specis"}, "Column 'specis' is not in", "'species'"),
        ("svm", {"gamma": "wide"}, "'wide' is no reach", "'Gamma'"),
        ("neural_network", {"layers": "8, x"}, "'8, x' doesn't say", "'Layers'"),
        ("linear_regression", {}, "holds categories", "Logistic regression"),
        (
            "logistic_regression",
            {"target": "bill_depth_mm"},
            "holds numbers with fractions",
            "use Linear regression for a number",
        ),
        (
            "naive_bayes",
            {"distribution": "multinomial", "parameters": '{"alpa": 1}'},
            "naive_bayes has no parameter 'alpa'",
            "Did you mean 'alpha'?",
        ),
        ("random_forest", {"features": "wing*"}, "No column matches", "'Features'"),
        ("gradient_boosting", {"n_estimators": "x"}, "n_estimators", "parameters"),
        ("decision_tree", {"parameters": "{"}, "is not JSON", "Write it like"),
        (
            "k_nearest_neighbours",
            {"n_neighbors": 5000},
            "n_neighbors",
            "Correct the parameters",
        ),
        (
            "lightgbm_model",
            {},
            "LightGBM isn't in the environment of this step",
            "Gradient boosting step",
        ),
        (
            "xgboost_model",
            {},
            "XGBoost isn't in the environment of this step",
            "Gradient boosting step",
        ),
    ],
)
def test_that_a_card_says_what_is_wrong_and_how_to_mend_it(
    steps: Steps,
    penguins: Path,
    card: str,
    inputs: dict[str, Any],
    message: str,
    hint: str,
) -> None:
    error = steps.fails(card, **{"data": penguins, "target": "species", **inputs}).error
    assert message in error["message"]
    assert hint in error["hint"]


# -- combine models -----------------------------------------------------------


@pytest.mark.parametrize("method", ["voting", "stacking"])
def test_that_combined_models_are_one_model(steps: Steps, method: str) -> None:
    frame = load_wine(as_frame=True).frame
    table = steps.table(frame.astype({"target": str}))
    parts = {
        "model_1": ("logistic_regression", {"features": "alcohol, hue, proline"}),
        "model_2": ("naive_bayes", {}),
        "model_3": ("decision_tree", {"features": "flavanoids, ash"}),
    }
    models = {
        port: steps.ok(card, data=table, target="target", **settings).output("model")
        for port, (card, settings) in parts.items()
    }
    given = {"data": table, "target": "target", "method": method, **models}
    result = steps.ok("combine_models", **given, validation=table)
    assert result.metrics["validation_accuracy"] > 0.97
    assert result.params["models"] == 3
    scored = steps.ok("score_model", model=result.output("model"), data=table).table()
    assert (scored.prediction == scored.target).mean() > 0.97
    assert "probability_2" in scored.columns


def test_that_weights_decide_whose_number_counts(steps: Steps) -> None:
    table = steps.table(load_diabetes(as_frame=True).frame)
    given = {"data": table, "target": "target"}
    line = steps.ok("linear_regression", **given).output("model")
    tree = steps.ok("decision_tree", **given, max_depth=2).output("model")
    both = steps.ok(
        "combine_models", **given, model_1=line, model_2=tree, weights="0, 1"
    ).output("model")

    def predicted(model: Path) -> list[float]:
        return steps.ok("score_model", model=model, data=table).table().prediction

    np.testing.assert_allclose(predicted(both), predicted(tree))


def test_that_models_that_do_not_belong_together_are_told(
    steps: Steps, penguins: Path
) -> None:
    def model(target: str) -> Path:
        given = {"data": penguins, "target": target, "features": "bill_*"}
        return steps.ok("decision_tree", **given).output("model")

    species, mass = model("species"), model("body_mass_g")
    given = {"data": penguins, "target": "species"}
    error = steps.fails("combine_models", **given, model_1=species, model_2=mass)
    assert "Model 2 predicts 'body_mass_g', not 'species'" in error.err
    error = steps.fails(
        "combine_models", **given, model_1=species, model_2=species, weights="1"
    )
    assert "Write 2 numbers separated by commas" in error.err
