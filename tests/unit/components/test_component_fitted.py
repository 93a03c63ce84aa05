"""What is fitted on one table and applied to another: bins, limits, powers, codes."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from component_steps import Result, Steps

# -- replaying -----------------------------------------------------------------


@pytest.fixture
def halves(steps: Steps, iris: Path) -> Result:
    return steps.ok("split", data=iris, test_fraction=0.4, stratify="species")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("normalise", {"method": "quantile_normal"}),
        ("encode", {"method": "ordinal"}),
        ("bin_numbers", {"bins": 4}),
        ("bin_numbers", {"bins": 3, "output": "one_hot"}),
        ("clip_outliers", {"factor": 0.5}),
        ("power_transform", {}),
        ("power_transform", {"method": "log"}),
    ],
)
def test_that_a_fitted_transform_does_to_itself_what_its_step_did(
    steps: Steps, iris: Path, halves: Result, name: str, settings: dict
) -> None:
    fitted = steps.ok(name, data=halves.output("train"), **settings)
    transform = fitted.output("transform")
    again = steps.ok("apply_transform", data=halves.output("train"), fitted=transform)
    pd.testing.assert_frame_equal(again.table(), fitted.table())
    test = steps.ok("apply_transform", data=halves.output("test"), fitted=transform)
    assert list(test.table().columns) == list(fitted.table().columns)
    loaded = joblib.load(transform / "transform.joblib")
    assert type(loaded).__module__.startswith("sklearn.")
    by_step = steps.ok(name, data=halves.output("test"), fitted=transform)
    pd.testing.assert_frame_equal(by_step.table(), test.table())


def test_that_a_transform_needs_its_columns_and_a_folder_of_one(
    steps: Steps, iris: Path, penguins: Path
) -> None:
    fitted = steps.ok("power_transform", data=iris, columns="petal_*")
    transform = fitted.output("transform")
    result = steps.fails("apply_transform", data=penguins, fitted=transform)
    assert "Column 'petal_length_cm' is not in the table" in result.err
    other = steps.fails("apply_transform", data=penguins, fitted=iris)
    assert "holds no fitted transform" in other.err
    negative = steps.table({"petal_length_cm": ["x"], "petal_width_cm": [1.0]})
    told = steps.fails("apply_transform", data=negative, fitted=transform)
    assert "can't be transformed" in told.err


# -- encode by the target ------------------------------------------------------


def test_that_islands_are_encoded_by_the_weight_of_their_penguins(
    steps: Steps, penguins: Path
) -> None:
    known = steps.ok("clean_missing", data=penguins, columns="body_mass_g")
    given = {"data": known.output("table"), "columns": "island", "method": "target"}
    result = steps.ok("encode", **given, target="body_mass_g")
    by_weight = result.table().groupby("species")["island"].mean()
    assert by_weight["Gentoo"] > 4600 > by_weight["Chinstrap"] > 3600
    assert "Choose that column in 'Target'" in steps.fails("encode", **given).err
    gaps = steps.fails("encode", **{**given, "data": penguins}, target="body_mass_g")
    assert "Column 'body_mass_g' has 2 missing values" in gaps.err


# -- bins ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "rows"),
    [
        ("equal_width", [22, 56, 41, 25, 6]),
        ("equal_count", [26, 33, 30, 29, 32]),
        ("clusters", None),
    ],
)
def test_that_sepals_are_put_into_bins(
    steps: Steps, iris: Path, method: str, rows: list[int] | None
) -> None:
    given = {"data": iris, "columns": "sepal_length_cm", "method": method}
    result = steps.ok("bin_numbers", **given)
    counts = result.table()["sepal_length_cm"].value_counts().sort_index()
    listed = result.table("bin_list")
    assert listed["rows"].tolist() == counts.tolist()
    assert (listed["to"].iloc[:-1].to_numpy() == listed["from"].iloc[1:]).all()
    assert listed["rows"].sum() == 150
    if method == "equal_width":
        lengths = steps.ok("select_columns", data=iris, columns="sepal_length_cm")
        edges = np.linspace(4.3, 7.9, 6)
        assert np.histogram(lengths.table()["sepal_length_cm"], edges)[0].sum() == 150


def test_that_edges_of_ones_own_are_kept_to(steps: Steps, iris: Path) -> None:
    given = {"data": iris, "columns": "sepal_length_cm", "method": "edges"}
    result = steps.ok("bin_numbers", **given, edges="5, 6.5")
    listed = result.table("bin_list")
    assert listed["from"].tolist() == [-np.inf, 5, 6.5]
    assert sorted(result.table()["sepal_length_cm"].unique()) == [0, 1, 2]
    for edges, message in (
        ("6, 5", "numbers that go up"),
        ("a", "what is no number"),
        (None, "numbers that go up"),
    ):
        assert message in steps.fails("bin_numbers", **given, edges=edges).err


def test_that_gaps_belong_to_no_bin(steps: Steps, penguins: Path) -> None:
    result = steps.fails("bin_numbers", data=penguins, columns="body_mass_g")
    assert "Column 'body_mass_g' has 2 missing values, and binning" in result.err
    text = steps.fails("bin_numbers", data=penguins, columns="sex")
    assert "Column 'sex' holds no numbers" in text.err


# -- outliers -----------------------------------------------------------------


def test_that_wide_sepals_are_clipped_emptied_or_dropped(
    steps: Steps, iris: Path
) -> None:
    given = {"data": iris, "columns": "sepal_width_cm"}
    clipped = steps.ok("clip_outliers", **given)
    assert clipped.table()["sepal_width_cm"].max() == pytest.approx(4.05)
    assert clipped.metrics["outlier_rows"] == 4
    emptied = steps.ok("clip_outliers", **given, action="missing")
    assert emptied.table()["sepal_width_cm"].isna().sum() == 4
    dropped = steps.ok("clip_outliers", **given, action="drop_rows")
    assert dropped.metrics["rows"] == 146


@pytest.mark.parametrize(
    ("settings", "highest"),
    [
        ({"method": "deviations", "factor": 2}, 6300 * 0.92),
        ({"method": "percent", "percent": 5}, 5650),
        ({"method": "fixed", "highest": 5000}, 5000),
    ],
)
def test_that_each_method_has_its_limit(
    steps: Steps, penguins: Path, settings: dict, highest: float
) -> None:
    given = {"data": penguins, "columns": "body_mass_g", **settings}
    table = steps.ok("clip_outliers", **given).table()
    assert table["body_mass_g"].max() == pytest.approx(highest, rel=0.01)
    assert table["body_mass_g"].isna().sum() == 2


def test_that_limits_that_are_none_are_told(steps: Steps, iris: Path) -> None:
    given = {"data": iris, "method": "fixed"}
    assert "There is no limit" in steps.fails("clip_outliers", **given).err
    crossed = steps.fails("clip_outliers", **given, lowest=3, highest=2)
    assert "'Lowest' is 3, above 'Highest', 2" in crossed.err
    other = steps.ok("normalise", data=iris).output("transform")
    wrong = steps.fails("clip_outliers", data=iris, fitted=other)
    assert "not one of a Clip outliers step" in wrong.err


# -- powers -------------------------------------------------------------------


@pytest.mark.parametrize("method", ["yeo_johnson", "box_cox", "log", "cube_root"])
def test_that_skewed_measures_of_cancers_become_even(
    steps: Steps, breast_cancer: Path, method: str
) -> None:
    given = {"data": breast_cancer, "columns": "area_error"}
    table = steps.ok("power_transform", **given, method=method).table()
    assert abs(table["area_error"].skew()) < 2.5
    assert table["area_error"].mean() == pytest.approx(0, abs=1e-9)


def test_that_a_power_that_is_not_defined_is_told(
    steps: Steps, breast_cancer: Path
) -> None:
    given = {"data": breast_cancer, "columns": "mean_concavity"}
    for method in ("box_cox", "log"):
        result = steps.fails("power_transform", **given, method=method)
        assert "Column 'mean_concavity' goes down to 0" in result.err
