"""Rows and columns: filtered, sorted, renamed, computed, grouped, pivoted, replaced."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from component_steps import Steps

# -- filter -------------------------------------------------------------------


def test_that_a_condition_parts_the_penguins(steps: Steps, penguins: Path) -> None:
    condition = "body_mass_g > 4000 AND sex = 'female'"
    result = steps.ok("filter_rows", data=penguins, condition=condition)
    assert len(result.table()) == 58
    assert result.table()["body_mass_g"].min() > 4000
    assert len(result.table("rest")) == 344 - 58
    assert result.table("rest")["body_mass_g"].isna().sum() == 2
    assert "\u2060row" not in result.table().columns


def test_that_a_condition_may_look_at_all_rows(steps: Steps, iris: Path) -> None:
    condition = "petal_length_cm > (SELECT avg(petal_length_cm) FROM t)"
    result = steps.ok("filter_rows", data=iris, condition=condition)
    assert result.table()["petal_length_cm"].min() > 3.758
    assert result.metrics == {"rows": 93, "other_rows": 57}


@pytest.mark.parametrize(
    ("condition", "message", "hint"),
    [
        ("speces = 'Gentoo'", "'Condition' can't be worked out", 'mean "species"'),
        ("year > 1) OR (1 = 1", "syntax error", "Correct 'Condition'"),
        ("year > 1; DROP TABLE t", "more than one statement", "Columns are: species"),
        ("", "without selection list", "Correct 'Condition'"),
        ("year > 'late'", "Could not convert", "Correct 'Condition'"),
        ("year IN (SELECT year FROM 'x.csv')", "Cannot access file", "Import data"),
    ],
)
def test_that_a_condition_that_is_none_is_told(
    steps: Steps, penguins: Path, condition: str, message: str, hint: str
) -> None:
    error = steps.fails("filter_rows", data=penguins, condition=condition).error
    assert message in error["message"]
    assert hint in error["hint"]


# -- sort, rename --------------------------------------------------------------


def test_that_penguins_are_sorted_and_equal_ones_stay(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "columns": "species, body_mass_g"}
    table = steps.ok("sort_rows", **given, order="descending").table()
    assert table["species"].iloc[0] == "Gentoo"
    assert table["body_mass_g"].iloc[0] == 6300
    original = steps.ok("select_columns", data=penguins, columns="*").table()
    expected = original.sort_values(
        ["species", "body_mass_g"], ascending=False, kind="stable", ignore_index=True
    )
    pd.testing.assert_frame_equal(table, expected)


def test_that_rows_without_a_value_can_come_first(steps: Steps) -> None:
    table = steps.table({"a": [2.0, None, 1.0]})
    result = steps.ok("sort_rows", data=table, columns="a", missing="first").table()
    assert result["a"].fillna(0).tolist() == [0, 1, 2]


def test_that_sorting_by_an_unknown_column_is_told(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails("sort_rows", data=penguins, columns="body_mass")
    assert "Did you mean 'body_mass_g'?" in result.err
    assert "'Columns'" in result.err


def test_that_columns_are_renamed_one_by_one_and_in_a_style(
    steps: Steps, penguins: Path
) -> None:
    table = steps.ok(
        "rename_columns", data=penguins, names="sex=Gender", style="upper"
    ).table()
    assert list(table.columns)[:2] == ["SPECIES", "ISLAND"]
    assert list(table.columns)[6] == "Gender"
    wild = steps.table({"Body Mass (g)": [1], "billLength": [2]})
    snake = steps.ok("rename_columns", data=wild, style="snake").table()
    assert list(snake.columns) == ["body_mass_g", "bill_length"]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"names": "sx=gender"}, "Did you mean 'sex'?"),
        ({"names": "sex"}, "'sex' gives no new name"),
        ({"names": "sex=year"}, "sex, year would all be called 'year'"),
    ],
)
def test_that_names_that_can_not_be_given_are_told(
    steps: Steps, penguins: Path, inputs: dict, message: str
) -> None:
    result = steps.fails("rename_columns", data=penguins, **inputs)
    assert message in result.err.replace("year, sex", "sex, year")


# -- compute ------------------------------------------------------------------


def test_that_a_column_is_computed_or_replaced(steps: Steps, penguins: Path) -> None:
    made = steps.ok(
        "compute_column",
        data=penguins,
        name="ratio",
        expression="bill_length_mm / bill_depth_mm",
    )
    table = made.table()
    expected = table["bill_length_mm"] / table["bill_depth_mm"]
    pd.testing.assert_series_equal(table["ratio"], expected, check_names=False)
    replaced = steps.ok(
        "compute_column",
        data=made.output("table"),
        name="island",
        expression="upper(island) || count(*) OVER (PARTITION BY island)",
    ).table()
    assert replaced["island"].iloc[0] == "TORGERSEN52"
    assert list(replaced.columns) == list(table.columns)


@pytest.mark.parametrize(
    ("name", "expression", "message"),
    [
        ("x", "bill_lenght_mm * 2", "Did you mean"),
        ("x", "avg(year)", "Add OVER ()"),
        ("x", "year +", "syntax error"),
        (" ", "1", "has no name"),
    ],
)
def test_that_a_formula_that_is_none_is_told(
    steps: Steps, penguins: Path, name: str, expression: str, message: str
) -> None:
    given = {"data": penguins, "name": name, "expression": expression}
    assert message in steps.fails("compute_column", **given).err


# -- group, pivot, unpivot -----------------------------------------------------


def test_that_penguins_are_grouped(steps: Steps, penguins: Path) -> None:
    table = steps.ok(
        "group_aggregate",
        data=penguins,
        group_columns="species",
        columns="body_mass_g, sex",
        functions="mean, missing",
    ).table()
    assert list(table.columns) == [
        "species",
        "rows",
        "body_mass_g_mean",
        "body_mass_g_missing",
        "sex_missing",
    ]
    assert table["rows"].tolist() == [152, 68, 124]
    assert table["body_mass_g_mean"].iloc[0] == pytest.approx(3700.66, abs=0.01)
    assert table["sex_missing"].tolist() == [6, 0, 5]


def test_that_without_groups_there_is_one_row(steps: Steps, iris: Path) -> None:
    table = steps.ok(
        "group_aggregate", data=iris, functions="max, distinct", count_column=" "
    ).table()
    assert table.shape == (1, 8)
    assert table["petal_length_cm_max"].iloc[0] == 6.9


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"group_columns": "specie"}, "Did you mean 'species'?"),
        ({"functions": "avrage, mean"}, "'avrage' is not known in 'Functions'"),
        ({"columns": "sex"}, "Column 'sex' holds no numbers, so it has no mean"),
        ({"group_columns": "year", "count_column": "year"}, "two columns 'year'"),
    ],
)
def test_that_groups_that_can_not_be_made_are_told(
    steps: Steps, penguins: Path, inputs: dict, message: str
) -> None:
    assert message in steps.fails("group_aggregate", data=penguins, **inputs).err


def test_that_a_pivoted_table_is_the_long_one_again_when_unpivoted(
    steps: Steps, penguins: Path
) -> None:
    wide = steps.ok(
        "pivot_table",
        data=penguins,
        row_columns="species",
        names_from="island",
        values_from="body_mass_g",
        function="count",
        fill=0,
    )
    table = wide.table().set_index("species")
    assert table.loc["Adelie"].tolist() == [44, 56, 51]
    assert table.loc["Gentoo"].tolist() == [123, 0, 0]
    long = steps.ok(
        "unpivot_table",
        data=wide.output("table"),
        columns="!species, *",
        name_column="island",
        value_column="birds",
    ).table()
    assert long.head(3).to_dict("list") == {
        "species": ["Adelie"] * 3,
        "island": ["Biscoe", "Dream", "Torgersen"],
        "birds": [44, 56, 51],
    }


def test_that_numbers_and_text_become_text_in_one_column(steps: Steps) -> None:
    table = steps.table({"k": [1], "n": [2.5], "t": ["x"], "gap": [None]})
    result = steps.ok("unpivot_table", data=table, columns="n, t", drop_missing=True)
    assert result.table()["value"].tolist() == ["2.5", "x"]
    assert "all values become text" in result.out


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"names_from": "iland"}, "Did you mean 'island'?"),
        ({"row_columns": "island"}, "can't be in rows and columns at once"),
        ({"values_from": "sex"}, "Column 'sex' holds no numbers, so it has no mean"),
    ],
)
def test_that_a_pivot_that_can_not_be_made_is_told(
    steps: Steps, penguins: Path, inputs: dict, message: str
) -> None:
    given = {
        "data": penguins,
        "row_columns": "species",
        "names_from": "island",
        "values_from": "year",
        **inputs,
    }
    assert message in steps.fails("pivot_table", **given).err


def test_that_unpivoting_into_a_column_that_is_there_is_refused(
    steps: Steps, iris: Path
) -> None:
    given = {"data": iris, "columns": "petal_*", "name_column": "species"}
    assert "has a column 'species' already" in steps.fails("unpivot_table", **given).err


# -- replace, balance ---------------------------------------------------------


def test_that_values_of_text_and_numbers_are_replaced(
    steps: Steps, penguins: Path
) -> None:
    text = steps.ok(
        "replace_values", data=penguins, columns="sex", replacements="male=m\n=unknown"
    )
    counts = text.table()["sex"].value_counts().to_dict()
    assert counts == {"m": 168, "female": 165, "unknown": 11}
    assert text.metrics["replaced_rows"] == 179
    numbers = steps.ok(
        "replace_values", data=penguins, columns="year", replacements="2007=7\n2008="
    ).table()
    assert numbers["year"].value_counts().to_dict() == {7.0: 110, 2009.0: 120}
    part = steps.ok(
        "replace_values",
        data=penguins,
        columns="species",
        replacements=r"(.)(\w+)=\2\1",
        match="regex",
    ).table()
    assert part["species"].iloc[0] == "delieA"


@pytest.mark.parametrize(
    ("columns", "replacements", "match", "message"),
    [
        ("sx", "a=b", "whole", "Did you mean 'sex'?"),
        ("sex", "male", "whole", "'male' says no new value"),
        ("sex", "\n", "whole", "nothing to replace"),
        ("year", "late=1", "whole", "'late' is not a number"),
        ("sex", "(=x", "regex", "'(' is not a regular expression"),
    ],
)
def test_that_replacements_that_are_none_are_told(
    steps: Steps,
    penguins: Path,
    columns: str,
    replacements: str,
    match: str,
    message: str,
) -> None:
    given = {"columns": columns, "replacements": replacements, "match": match}
    assert message in steps.fails("replace_values", data=penguins, **given).err


@pytest.mark.parametrize(
    ("method", "counts"),
    [("repeat_rare", [152, 152, 152]), ("thin_frequent", [68, 68, 68])],
)
def test_that_species_become_equally_frequent(
    steps: Steps, penguins: Path, method: str, counts: list[int]
) -> None:
    given = {"data": penguins, "target": "species", "method": method}
    result = steps.ok("balance_classes", **given)
    assert result.table()["species"].value_counts().tolist() == counts
    assert "Chinstrap: 68 ->" in result.out


def test_that_a_single_class_can_not_be_balanced(steps: Steps) -> None:
    table = steps.table({"t": ["a", "a"]})
    result = steps.fails("balance_classes", data=table, target="t")
    assert "Column 't' has 1 value" in result.err
