"""Columns are chosen, reduced and weighed: on wine, cancers, irises and diabetes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from component_steps import Steps
from sklearn.datasets import load_wine
from sklearn.decomposition import PCA
from sklearn.feature_selection import f_classif
from sklearn.preprocessing import StandardScaler

# -- constant and correlated columns -------------------------------------------


def test_that_pixels_that_are_always_dark_are_left_out_of_digits(
    steps: Steps, digits: Path
) -> None:
    result = steps.ok("drop_constant", data=digits)
    assert result.metrics["columns_dropped"] == 3
    assert "pixel_0_0: 100.0% of its values are the same" in result.out
    assert "digit" in result.table().columns
    few = steps.table({"pixel_0_1": [1.0], "digit": [1]})
    again = steps.fails("apply_transform", data=few, fitted=result.output("transform"))
    assert "is not in the table" in again.err


def test_that_rare_gaps_and_little_variance_have_limits(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "missing": 0.01, "variance": 1}
    table = steps.ok("drop_constant", **given).table()
    assert list(table.columns) == [
        "species",
        "island",
        "bill_length_mm",
        "bill_depth_mm",
        "flipper_length_mm",
        "body_mass_g",
    ]


def test_that_leaving_out_every_column_is_refused(steps: Steps) -> None:
    table = steps.table({"a": [1, 1], "b": ["x", "x"]})
    result = steps.fails("drop_constant", data=table)
    assert "No column would be left" in result.err


def test_that_measures_of_cancers_that_go_together_are_left_out(
    steps: Steps, breast_cancer: Path
) -> None:
    result = steps.ok("drop_correlated", data=breast_cancer, limit=0.9)
    numbers = result.table().drop(columns="diagnosis")
    strength = numbers.corr().abs().to_numpy()
    assert strength[~np.eye(len(strength), dtype=bool)].max() <= 0.9
    assert result.metrics["columns_dropped"] == 30 - numbers.shape[1] > 5
    again = steps.ok(
        "apply_transform", data=breast_cancer, fitted=result.output("transform")
    )
    pd.testing.assert_frame_equal(again.table(), result.table())


def test_that_of_two_alike_the_one_closer_to_the_target_stays(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "limit": 0.5, "target": "body_mass_g"}
    table = steps.ok("drop_correlated", **given).table()
    assert "flipper_length_mm" in table.columns
    assert "bill_length_mm" not in table.columns
    assert "body_mass_g" in table.columns
    wrong = steps.fails("drop_correlated", data=penguins, target="body_mas_g")
    assert "Did you mean 'body_mass_g'?" in wrong.err


# -- the best columns ----------------------------------------------------------


def test_that_anova_ranks_wine_as_scikit_learn_does(steps: Steps, wine: Path) -> None:
    given = {"data": wine, "target": "cultivar", "method": "anova", "most": 4}
    result = steps.ok("select_best", **given)
    bunch = load_wine(as_frame=True)
    scores = f_classif(bunch.data, bunch.target)[0]
    ranking = result.table("ranking")
    assert ranking["score"].to_numpy() == pytest.approx(np.sort(scores)[::-1])
    best = set(ranking["column"].head(4))
    assert set(result.table().columns) == best | {"cultivar"}
    plot = json.loads((result.output("report") / "plots/bars.json").read_text())
    assert plot["labels"][0] == ranking["column"].iloc[0]


@pytest.mark.parametrize(
    ("data", "target", "method"),
    [
        ("wine", "cultivar", "mutual_information"),
        ("wine", "cultivar", "chi2"),
        ("diabetes", "progression", "mutual_information"),
        ("diabetes", "progression", "anova"),
    ],
)
def test_that_each_method_keeps_as_many_as_wanted(
    steps: Steps, sample, data: str, target: str, method: str
) -> None:
    given = {"target": target, "method": method, "most": 3}
    result = steps.ok("select_best", data=sample(data), **given)
    assert result.table().shape[1] == 4
    again = steps.ok(
        "apply_transform", data=sample(data), fitted=result.output("transform")
    )
    pd.testing.assert_frame_equal(again.table(), result.table())


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"target": "specie"}, "Did you mean 'species'?"),
        ({"columns": "bill_*"}, "Column 'bill_length_mm' has 2 missing values"),
        ({"target": "year", "columns": "year"}, "'year' is what is to be predicted"),
        ({"task": "regression", "columns": "year"}, "holds categories, not numbers"),
    ],
)
def test_that_a_choice_that_can_not_be_made_is_told(
    steps: Steps, penguins: Path, inputs: dict, message: str
) -> None:
    given = {"data": penguins, "target": "species", **inputs}
    assert message in steps.fails("select_best", **given).err


def test_that_counts_can_not_be_negative(steps: Steps) -> None:
    table = steps.table({"a": [-1.0, 2.0, 3.0], "t": ["x", "y", "x"]})
    result = steps.fails("select_best", data=table, target="t", method="chi2")
    assert "Column 'a' goes down to -1, and chi2 needs counts" in result.err


# -- recursively ---------------------------------------------------------------


@pytest.mark.parametrize("estimator", ["random_forest", "linear"])
def test_that_irises_are_told_apart_by_their_petals(
    steps: Steps, iris: Path, estimator: str
) -> None:
    given = {"data": iris, "target": "species", "estimator": estimator, "most": 2}
    result = steps.ok("select_recursively", **given)
    kept = {"petal_length_cm", "petal_width_cm", "species"}
    assert set(result.table().columns) == kept
    assert result.table("ranking")["rank"].tolist() == [1, 1, 2, 3]


def test_that_cross_validation_finds_how_many_columns_diabetes_needs(
    steps: Steps, diabetes: Path
) -> None:
    given = {"data": diabetes, "target": "progression", "estimator": "linear"}
    result = steps.ok("select_recursively", **given, folds=3)
    assert result.metrics["validation_score"] > 0.45
    assert "bmi" in result.table().columns
    plot = json.loads((result.output("report") / "plots/curves.json").read_text())
    assert plot["series"][0]["x"] == list(range(1, 11))
    again = steps.ok(
        "apply_transform", data=diabetes, fitted=result.output("transform")
    )
    pd.testing.assert_frame_equal(again.table(), result.table())


def test_that_folds_larger_than_a_class_are_told(steps: Steps) -> None:
    table = steps.table({"a": range(6), "b": range(6), "t": list("xxxxyy")})
    result = steps.fails("select_recursively", data=table, target="t")
    assert "A class has only 2 rows: too few for 5 folds" in result.err


# -- PCA ----------------------------------------------------------------------


def test_that_wine_is_reduced_as_scikit_learn_does_it(steps: Steps, wine: Path) -> None:
    result = steps.ok("pca", data=wine, components=3)
    scaled = StandardScaler().fit_transform(load_wine().data)
    known = PCA(3, svd_solver="full").fit(scaled)
    made = result.table()[["pca0", "pca1", "pca2"]].to_numpy()
    assert np.abs(made) == pytest.approx(np.abs(known.transform(scaled)), abs=1e-6)
    assert list(result.table().columns) == ["cultivar", "pca0", "pca1", "pca2"]
    shares = known.explained_variance_ratio_
    assert result.metrics["explained_variance"] == pytest.approx(shares.sum())
    plot = json.loads((result.output("report") / "plots/bars.json").read_text())
    assert plot["values"] == pytest.approx(shares.tolist(), abs=1e-5)
    assert result.table("loadings").shape == (13, 4)
    again = steps.ok("apply_transform", data=wine, fitted=result.output("transform"))
    pd.testing.assert_frame_equal(again.table(), result.table())


def test_that_digits_keep_their_variance_in_fewer_columns(
    steps: Steps, digits: Path
) -> None:
    given = {"data": digits, "columns": "pixel_*", "standardise": False}
    result = steps.ok("pca", **given, variance=0.9)
    assert result.metrics["kept_columns"] == 21
    assert result.metrics["explained_variance"] > 0.9


def test_that_a_reduction_that_can_not_be_made_is_told(
    steps: Steps, penguins: Path, iris: Path
) -> None:
    assert "and PCA can't do with any" in steps.fails("pca", data=penguins).err
    many = steps.fails("pca", data=iris, components=9)
    assert "9 components can't be made of 4 columns and 150 rows" in many.err
    other = steps.ok("normalise", data=iris).output("transform")
    wrong = steps.fails("pca", data=iris, fitted=other)
    assert "not one of a PCA step" in wrong.err


# -- importance, correlations ---------------------------------------------------


def test_that_a_model_of_penguins_relies_on_bills(steps: Steps, penguins: Path) -> None:
    columns = "bill_length_mm, island, sex"
    model = steps.ok(
        "train_model",
        data=penguins,
        target="species",
        features=columns,
        n_estimators=20,
    ).output("model")
    given = {"model": model, "data": penguins, "target": "species"}
    result = steps.ok("permutation_importance", **given, repeats=3)
    told = result.table("importance")
    assert told["column"].iloc[0] == "bill_length_mm"
    assert told["importance"].iloc[0] > 0.2
    assert result.metrics["accuracy"] > 0.9
    plot = json.loads((result.output("report") / "plots/importance.json").read_text())
    assert sum(plot["values"]) == pytest.approx(1, abs=1e-4)
    for changed, message in (
        ({"target": "specie"}, "Did you mean 'species'?"),
        ({"score": "r2"}, "r2 compares numbers, and column 'species' holds categories"),
        ({"model": penguins}, "is not an MLflow model"),
    ):
        told = steps.fails("permutation_importance", **{**given, **changed})
        assert message in told.err


def test_that_flippers_go_with_the_weight_of_penguins(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("correlations", data=penguins)
    first = result.table("pairs").iloc[0]
    assert {first["first"], first["second"]} == {"flipper_length_mm", "body_mass_g"}
    assert first["correlation"] == pytest.approx(0.8712, abs=0.0001)
    assert first["rows"] == 342
    matrix = result.table("matrix").set_index("column")
    assert np.diag(matrix.to_numpy()) == pytest.approx(1)
    alone = steps.fails("correlations", data=penguins, columns="year")
    assert "Only column 'year' is named" in alone.err
