"""Select, clean, encode, normalise, split: on Palmer penguins."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from component_steps import Steps

# -- select columns -----------------------------------------------------------


def test_that_patterns_choose_columns_in_the_order_given(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("select_columns", data=penguins, columns="sex, bill_*")
    assert list(result.table().columns) == ["sex", "bill_length_mm", "bill_depth_mm"]


def test_that_columns_can_be_left_out(steps: Steps, penguins: Path) -> None:
    result = steps.ok(
        "select_columns", data=penguins, columns="*_mm, year", mode="exclude"
    )
    assert list(result.table().columns) == ["species", "island", "body_mass_g", "sex"]


def test_that_an_exclamation_mark_takes_one_out(steps: Steps, penguins: Path) -> None:
    result = steps.ok("select_columns", data=penguins, columns="*_mm, !bill_depth_mm")
    assert list(result.table().columns) == ["bill_length_mm", "flipper_length_mm"]


def test_that_a_name_with_a_comma_stands_in_quotes(steps: Steps) -> None:
    table = steps.table({"a, b": [1], "c": [2]})
    result = steps.ok("select_columns", data=table, columns='"a, b"')
    assert list(result.table().columns) == ["a, b"]


def test_that_an_unknown_column_brings_the_closest_name(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails("select_columns", data=penguins, columns="Speces")
    assert "Column 'Speces' is not in the table" in result.err
    assert "Did you mean 'species'?" in result.err
    assert "Columns are: species, island," in result.err


def test_that_a_pattern_without_a_match_is_told(steps: Steps, penguins: Path) -> None:
    result = steps.fails("select_columns", data=penguins, columns="wing_*")
    assert "No column matches 'wing_*'" in result.err


def test_that_leaving_out_everything_is_refused(steps: Steps, penguins: Path) -> None:
    result = steps.fails("select_columns", data=penguins, columns="*", mode="exclude")
    assert "No column is left" in result.err


def test_that_a_table_that_is_gone_is_told(steps: Steps) -> None:
    result = steps.fails("select_columns", data=steps.root / "gone", columns="a")
    assert "There is no table at" in result.err


# -- clean missing values -----------------------------------------------------


def test_that_rows_are_dropped_by_the_columns_named(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("clean_missing", data=penguins, columns="bill_*, body_mass_g")
    assert len(result.table()) == 342
    assert result.table()["sex"].isna().sum() == 9
    assert result.metrics["rows_dropped"] == 2


def test_that_the_threshold_keeps_rows_with_few_gaps(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("clean_missing", data=penguins, threshold=0.5)
    assert len(result.table()) == 342


def test_that_columns_with_gaps_are_dropped(steps: Steps, penguins: Path) -> None:
    result = steps.ok("clean_missing", data=penguins, method="drop_columns")
    assert list(result.table().columns) == ["species", "island", "year"]


@pytest.mark.parametrize(("method", "value"), [("mean", 3.0), ("median", 2.0)])
def test_that_numbers_are_filled_and_text_is_left(
    steps: Steps, method: str, value: float
) -> None:
    table = steps.table({"n": [1.0, 2.0, 6.0, None], "t": ["x", None, "y", "y"]})
    result = steps.ok("clean_missing", data=table, method=method)
    assert result.table()["n"].iloc[3] == value
    assert result.table()["t"].isna().sum() == 1
    assert "Left as they are" in result.out
    assert result.metrics["values_filled"] == 1


def test_that_the_most_frequent_value_fills_text(steps: Steps, penguins: Path) -> None:
    result = steps.ok("clean_missing", data=penguins, method="mode", columns="sex")
    assert result.table()["sex"].value_counts().to_dict() == {
        "male": 179,
        "female": 165,
    }


def test_that_a_constant_keeps_the_type_of_numbers(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok(
        "clean_missing", data=penguins, method="constant", columns="*_g", value="-1"
    )
    assert result.table()["body_mass_g"].min() == -1.0


def test_that_true_and_false_can_be_filled(steps: Steps) -> None:
    table = steps.table({"b": [True, None, True]})
    result = steps.ok("clean_missing", data=table, method="constant", value="false")
    assert result.table()["b"].tolist() == [True, False, True]


def test_that_a_constant_of_another_type_is_refused(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails(
        "clean_missing", data=penguins, method="constant", value="unknown"
    )
    assert "'unknown' can't be filled into column 'bill_length_mm'" in result.err


def test_that_the_mean_of_text_is_refused(steps: Steps, penguins: Path) -> None:
    result = steps.fails("clean_missing", data=penguins, method="mean", columns="sex")
    assert "Column 'sex' holds no numbers, so it has no mean" in result.err


def test_that_a_column_without_any_value_has_no_mean(steps: Steps) -> None:
    table = steps.table({"a": [1.0, 2.0], "b": [np.nan, np.nan]})
    result = steps.fails("clean_missing", data=table, method="mean")
    assert "Column 'b' has no value at all" in result.err


def test_that_dropping_everything_is_told(steps: Steps) -> None:
    table = steps.table({"a": [1.0, None], "b": [None, 2.0]})
    assert "Nothing is left" in steps.fails("clean_missing", data=table).err


# -- encode -------------------------------------------------------------------


def test_that_categories_become_columns(steps: Steps, penguins: Path) -> None:
    result = steps.ok("encode", data=penguins, columns="island, sex")
    table = result.table()
    made = [f"island_{name}" for name in ("Biscoe", "Dream", "Torgersen")]
    assert table[made].sum().to_dict() == dict(zip(made, (168, 124, 52), strict=True))
    assert table["sex_nan"].sum() == 11
    assert "island" not in table.columns
    assert table["species"].iloc[0] == "Adelie"


def test_that_all_text_is_encoded_if_no_column_is_named(
    steps: Steps, penguins: Path
) -> None:
    table = steps.ok("encode", data=penguins, method="ordinal").table()
    assert list(table.columns)[:2] == ["species", "island"]
    assert sorted(table["species"].unique()) == [0.0, 1.0, 2.0]
    assert table["sex"].isna().sum() == 11


def test_that_a_fitted_encoder_encodes_other_rows_alike(
    steps: Steps, penguins: Path
) -> None:
    first = steps.ok("encode", data=penguins, columns="island")
    other = steps.table({"island": ["Dream", "Atlantis", None], "x": [1, 2, 3]})
    second = steps.ok("encode", data=other, fitted=first.output("transform")).table()
    assert second["island_Dream"].tolist() == [1, 0, 0]
    assert second.filter(like="island_").iloc[1].sum() == 0
    assert second["x"].tolist() == [1, 2, 3]


def test_that_the_encoder_is_plain_scikit_learn(steps: Steps, penguins: Path) -> None:
    result = steps.ok("encode", data=penguins, columns="island")
    encoder = joblib.load(result.output("transform") / "transform.joblib")
    assert type(encoder).__module__.startswith("sklearn.")
    assert encoder.categories_[0].tolist() == ["Biscoe", "Dream", "Torgersen"]


def test_that_rare_categories_share_a_column(steps: Steps) -> None:
    table = steps.table({"t": list("aaabbbcd")})
    result = steps.ok("encode", data=table, max_categories=3)
    assert set(result.table().columns) == {"t_a", "t_b", "t_infrequent_sklearn"}


def test_that_a_table_without_text_has_nothing_to_encode(steps: Steps) -> None:
    result = steps.fails("encode", data=steps.table({"a": [1, 2]}))
    assert "No column of the table holds text" in result.err


def test_that_a_fitted_encoder_needs_its_columns(steps: Steps, penguins: Path) -> None:
    first = steps.ok("encode", data=penguins, columns="island")
    other = steps.table({"isle": ["Dream"]})
    result = steps.fails("encode", data=other, fitted=first.output("transform"))
    assert "Column 'island' is not in the table" in result.err


# -- normalise ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "check"),
    [
        ("z_score", lambda c: (c.mean(), c.std(ddof=0)) == pytest.approx((0, 1))),
        ("min_max", lambda c: (c.min(), c.max()) == pytest.approx((0, 1))),
        ("robust", lambda c: c.median() == pytest.approx(0)),
        ("max_abs", lambda c: c.abs().max() == pytest.approx(1)),
        ("log1p", lambda c: c.max() == pytest.approx(np.log1p(6300))),
    ],
)
def test_that_each_method_scales_as_its_name_says(
    steps: Steps, penguins: Path, method: str, check
) -> None:
    result = steps.ok("normalise", data=penguins, method=method, columns="body_mass_g")
    table = result.table()
    assert check(table["body_mass_g"])
    assert table["body_mass_g"].isna().sum() == 2
    assert table["year"].iloc[0] == 2007
    assert list(table.columns)[5] == "body_mass_g"


def test_that_the_scale_of_training_rows_is_used_for_others(steps: Steps) -> None:
    first = steps.ok(
        "normalise", data=steps.table({"a": [0.0, 10.0]}), method="min_max"
    )
    other = steps.table({"a": [5.0, 20.0]})
    second = steps.ok("normalise", data=other, fitted=first.output("transform"))
    assert second.table()["a"].tolist() == [0.5, 2.0]


def test_that_a_logarithm_of_negative_numbers_is_refused(steps: Steps) -> None:
    table = steps.table({"a": [-5.0, 1.0]})
    result = steps.fails("normalise", data=table, method="log1p")
    assert "Column 'a' goes down to -5" in result.err


def test_that_text_can_not_be_normalised(steps: Steps, penguins: Path) -> None:
    result = steps.fails("normalise", data=penguins, columns="year, island")
    assert "Column 'island' holds no numbers" in result.err


# -- split --------------------------------------------------------------------


def test_that_a_split_gives_away_no_row_and_none_twice(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("split", data=penguins, test_fraction=0.25, stratify="species")
    train, test = result.table("train"), result.table("test")
    assert (len(train), len(test)) == (258, 86)
    assert result.metrics == {"train_rows": 258, "test_rows": 86}
    both = pd.concat([train, test]).astype(str).sort_values(list(train.columns))
    source = steps.ok("select_columns", data=penguins, columns="*").table()
    every = source.astype(str).sort_values(list(train.columns))
    assert both.to_numpy().tolist() == every.to_numpy().tolist()
    shares = test["species"].value_counts() / source["species"].value_counts()
    assert shares.between(0.24, 0.26).all()


def test_that_the_seed_decides_the_split(steps: Steps, penguins: Path) -> None:
    def test_rows(seed: int) -> list:
        result = steps.ok("split", data=penguins, seed=seed)
        return result.table("test").astype(str).to_numpy().tolist()

    assert test_rows(1) == test_rows(1)
    assert test_rows(1) != test_rows(2)


def test_that_without_shuffling_the_last_rows_are_the_test(steps: Steps) -> None:
    table = steps.table({"a": list(range(10))})
    result = steps.ok("split", data=table, shuffle=False, test_fraction=0.3)
    assert result.table("test")["a"].tolist() == [7, 8, 9]


def test_that_missing_values_are_a_group_of_their_own(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("split", data=penguins, stratify="sex", test_fraction=0.5)
    assert result.table("test")["sex"].isna().sum() in (5, 6)


def test_that_stratifying_by_an_unknown_column_is_told(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails("split", data=penguins, stratify="specie")
    assert "Did you mean 'species'?" in result.err
    assert "'Stratify'" in result.err


def test_that_a_value_of_one_row_only_is_told(steps: Steps) -> None:
    table = steps.table({"t": ["a", "a", "a", "b"]})
    result = steps.fails("split", data=table, stratify="t", test_fraction=0.5)
    assert "Only one row has the value 'b' in column 't'" in result.err


def test_that_more_groups_than_test_rows_is_told(steps: Steps) -> None:
    table = steps.table({"t": list("aabbccdd")})
    result = steps.fails("split", data=table, stratify="t", test_fraction=0.2)
    assert "Column 't' has 4 values, but the smaller table gets 2 rows" in result.err


def test_that_one_row_can_not_be_split(steps: Steps) -> None:
    result = steps.fails("split", data=steps.table({"a": [1]}))
    assert "The table has 1 row: too few to split" in result.err
