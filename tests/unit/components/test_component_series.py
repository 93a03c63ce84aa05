"""Times and series: parts of dates, gaps, lags, windows, fills by group."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from component_steps import Steps


@pytest.fixture
def series(steps: Steps, penguins: Path) -> Path:
    """Penguins by day and species: a real measure in an order, with gaps."""
    return steps.ok(
        "sql",
        t1=penguins,
        query="SELECT DATE '2007-11-01' + CAST(row_number() OVER "
        "(PARTITION BY species) AS INTEGER) AS day, species, body_mass_g AS mass "
        "FROM t1",
    ).output("table")


# -- date parts ---------------------------------------------------------------


def test_that_dates_of_penguins_are_taken_apart(steps: Steps, series: Path) -> None:
    result = steps.ok(
        "date_parts", data=series, parts="year, month, weekday, weekend, epoch_days"
    )
    first = result.table().sort_values("day").iloc[0]
    assert (first["day_year"], first["day_month"], first["day_weekday"]) == (
        2007,
        11,
        5,
    )
    assert first["day_weekend"] == 0
    assert first["day_epoch_days"] == 13819


def test_that_parts_that_come_round_become_a_circle(steps: Steps) -> None:
    table = steps.table({"t": ["2024-01-15T06:00", "2024-12-31T18:00", None]})
    made = steps.ok(
        "date_parts",
        data=table,
        columns="t",
        parts="hour, year",
        cyclic=True,
        keep=False,
    ).table()
    assert list(made.columns) == ["t_hour_sin", "t_hour_cos", "t_year"]
    assert made["t_hour_sin"].tolist()[:2] == pytest.approx([1, -1])
    assert np.isnan(made["t_hour_sin"].iloc[2])


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, "No column of the table holds dates"),
        ({"columns": "species"}, "Column 'species' holds 'Adelie', which is no date"),
        ({"columns": "specis"}, "Did you mean 'species'?"),
        ({"columns": "species", "parts": "yaer"}, "Did you mean 'year'?"),
    ],
)
def test_that_what_is_no_date_is_told(
    steps: Steps, penguins: Path, inputs: dict, message: str
) -> None:
    assert message in steps.fails("date_parts", data=penguins, **inputs).err


# -- fill by group ------------------------------------------------------------


def test_that_a_gap_is_filled_from_its_species(steps: Steps, penguins: Path) -> None:
    given = {"data": penguins, "group_columns": "species", "columns": "body_mass_g"}
    result = steps.ok("fill_by_group", **given, method="mean")
    filled = result.table().loc[3, "body_mass_g"]
    assert filled == pytest.approx(3700.66, abs=0.01)
    assert result.metrics["values_filled"] == 2
    text = steps.ok(
        "fill_by_group", **{**given, "columns": "sex"}, method="most_frequent"
    )
    assert text.table()["sex"].notna().all()


def test_that_values_come_from_the_rows_given(steps: Steps) -> None:
    reference = steps.table({"g": ["a", "a"], "v": [1.0, 3.0]})
    table = steps.table({"g": ["a", "b", None], "v": [None, None, 7.0]})
    given = {"data": table, "reference": reference, "group_columns": "g"}
    filled = steps.ok("fill_by_group", **given, method="mean").table()
    assert filled["v"].tolist() == [2.0, 2.0, 7.0]
    strict = steps.ok("fill_by_group", **given, method="mean", overall=False)
    assert strict.table()["v"].isna().tolist() == [False, True, False]
    assert "1 value left" in strict.out


def test_that_filling_what_can_not_be_filled_is_told(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "group_columns": "species"}
    wrong = steps.fails("fill_by_group", **given, columns="sex", method="mean")
    assert "Column 'sex' holds no numbers" in wrong.err
    lacking = steps.fails(
        "fill_by_group", **given, reference=steps.table({"species": ["Adelie"]})
    )
    assert "is not in the table" in lacking.err
    none = steps.fails("fill_by_group", data=penguins, group_columns=" ")
    assert "No column makes the groups" in none.err


# -- series -------------------------------------------------------------------


def test_that_gaps_of_penguins_are_filled_within_their_species(
    steps: Steps, series: Path
) -> None:
    given = {"data": series, "time_column": "day", "group_columns": "species"}
    result = steps.ok("fill_series", **given)
    assert result.metrics["values_filled"] == 2
    table = result.table()
    adelie = table[table["species"] == "Adelie"].sort_values("day")["mass"]
    assert adelie.iloc[3] == (adelie.iloc[2] + adelie.iloc[4]) / 2


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("linear", [1, 2, 3, 4, 5, 6]),
        ("previous", [1, 1, 3, 3, 3, 6]),
        ("next", [1, 3, 3, 6, 6, 6]),
    ],
)
def test_that_a_series_becomes_regular_and_whole(
    steps: Steps, method: str, expected: list[float]
) -> None:
    days = ["2024-01-06", "2024-01-01", "2024-01-03"]
    table = steps.table({"t": pd.to_datetime(days), "v": [6.0, 1.0, 3.0]})
    given = {"data": table, "time_column": "t", "every": "1D", "method": method}
    filled = steps.ok("fill_series", **given).table()
    assert filled["v"].tolist() == expected
    short = steps.ok("fill_series", **given, longest=1).table()
    assert short["v"].isna().sum() == 2


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"time_column": "species"}, "Column 'species' holds no times"),
        ({"time_column": "dya"}, "Did you mean 'day'?"),
        ({"time_column": "day"}, "is there more than once"),
        (
            {"time_column": "day", "group_columns": "species", "every": "soon"},
            "'soon' is no length of time",
        ),
    ],
)
def test_that_what_is_no_series_is_told(
    steps: Steps, series: Path, inputs: dict, message: str
) -> None:
    assert message in steps.fails("fill_series", data=series, **inputs).err


# -- lags and windows ---------------------------------------------------------


def test_that_lags_stay_within_their_species(steps: Steps, series: Path) -> None:
    table = steps.ok(
        "lag_features",
        data=series,
        columns="mass",
        lags="1, 2",
        add="both",
        order_column="day",
        group_columns="species",
    ).table()
    for _, part in table.groupby("species"):
        assert np.array_equal(
            part["mass_lag_2"].iloc[2:], part["mass"].iloc[:-2], equal_nan=True
        )
        assert part["mass_lag_1"].isna().iloc[0]
    change = table["mass"] - table["mass_lag_1"]
    assert np.array_equal(table["mass_change_1"], change, equal_nan=True)


def test_that_first_rows_without_a_past_can_be_dropped(steps: Steps) -> None:
    table = steps.table({"v": [1, 2, 4]})
    given = {"data": table, "columns": "v", "add": "changes", "drop_incomplete": True}
    result = steps.ok("lag_features", **given)
    assert result.table()["v_change_1"].tolist() == [1, 2]
    assert result.metrics["rows_dropped"] == 1


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"columns": "masss"}, "Did you mean 'mass'?"),
        ({"columns": "species"}, "Column 'species' holds no numbers"),
        ({"lags": "0"}, "'0' is not a whole number of 1 or more"),
        ({"lags": " "}, "'Lags' is empty"),
        ({"order_column": "dya"}, "Did you mean 'day'?"),
    ],
)
def test_that_lags_that_can_not_be_made_are_told(
    steps: Steps, series: Path, inputs: dict, message: str
) -> None:
    given = {"data": series, "columns": "mass", **inputs}
    assert message in steps.fails("lag_features", **given).err


def test_that_a_window_looks_back_and_not_ahead(steps: Steps, series: Path) -> None:
    given = {
        "data": series,
        "columns": "mass",
        "window": 3,
        "order_column": "day",
        "group_columns": "species",
    }
    table = steps.ok("rolling_features", **given, functions="mean, max").table()
    gentoo = table[table["species"] == "Gentoo"]
    assert np.isnan(gentoo["mass_mean_3"].iloc[0])
    expected = gentoo["mass"].iloc[9:12].mean()
    assert gentoo["mass_mean_3"].iloc[12] == pytest.approx(expected)
    assert gentoo["mass_max_3"].iloc[12] == gentoo["mass"].iloc[9:12].max()
    current = steps.ok("rolling_features", **given, include_current=True).table()
    gentoo = current[current["species"] == "Gentoo"]
    assert gentoo["mass_mean_3"].iloc[0] == gentoo["mass"].iloc[0]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"functions": "meen"}, "Did you mean 'mean'?"),
        ({"window": 2, "least": 3}, "A window of 2 rows never holds 3"),
        ({"columns": "sex"}, "Column 'sex' holds no numbers"),
    ],
)
def test_that_windows_that_can_not_be_made_are_told(
    steps: Steps, penguins: Path, inputs: dict, message: str
) -> None:
    given = {"data": penguins, "columns": "body_mass_g", **inputs}
    assert message in steps.fails("rolling_features", **given).err
