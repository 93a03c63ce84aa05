"""Data: written, loaded, made up, exported, put together, sampled, summarised."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from component_steps import Steps

# -- enter data ---------------------------------------------------------------

BY_HAND = """
species, caps, weight, seen
Adelie, no, 3700.5, 2007-11-11
"Gentoo, long", yes, , 2009-12-01
"""


def test_that_a_table_by_hand_gets_types_and_joins_the_penguins(
    steps: Steps, penguins: Path
) -> None:
    made = steps.ok("enter_data", rows="island,country\nDream,Antarctica\n")
    joined = steps.ok(
        "join_tables",
        left=penguins,
        right=made.output("table"),
        left_keys="island",
        how="left",
    )
    assert joined.metrics["matched_rows"] == 124
    assert joined.table()["country"].notna().sum() == 124


def test_that_numbers_dates_and_gaps_by_hand_are_found_out(steps: Steps) -> None:
    table = steps.ok("enter_data", rows=BY_HAND).table()
    assert table["species"].tolist() == ["Adelie", "Gentoo, long"]
    assert table["weight"].iloc[0] == 3700.5
    assert pd.isna(table["weight"].iloc[1])
    assert str(table["seen"].iloc[0]) == "2007-11-11"


def test_that_what_is_written_by_hand_can_stay_text(steps: Steps) -> None:
    table = steps.ok("enter_data", rows="a;b\n01;x\n", types=False).table()
    assert table.to_dict("list") == {"a": ["01"], "b": ["x"]}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("a,b\n1,2\n3\n", "Line 3 of 'Rows' has 1 field where 2 are expected"),
        ("a,a\n1,2\n", "'a' is there twice"),
        ("a,\n1,2\n", "one is empty"),
        ('a,b\n"1,2\n', "can't be read"),
        ("\n\n", "'Rows' is empty"),
    ],
)
def test_that_wrong_rows_by_hand_are_told(
    steps: Steps, rows: str, message: str
) -> None:
    assert message in steps.fails("enter_data", rows=rows).err


# -- sample data set, generated data -------------------------------------------


@pytest.mark.parametrize(
    ("dataset", "shape", "target"),
    [
        ("iris", (150, 5), "species"),
        ("wine", (178, 14), "cultivar"),
        ("breast_cancer", (569, 31), "diagnosis"),
        ("diabetes", (442, 11), "progression"),
        ("digits", (1797, 65), "digit"),
    ],
)
def test_that_a_data_set_is_loaded_whole(
    steps: Steps, dataset: str, shape: tuple[int, int], target: str
) -> None:
    table = steps.ok("load_sample", dataset=dataset).table()
    assert table.shape == shape
    assert table.columns[-1] == target
    assert all(name.replace("_", "").isalnum() for name in table.columns)


def test_that_classes_are_named_or_numbered(steps: Steps, iris: Path) -> None:
    numbered = steps.ok("load_sample", dataset="iris", labels="numbers").table()
    named = steps.ok("sample_rows", data=iris, method="first", rows=150).table()
    assert sorted(set(named["species"])) == ["setosa", "versicolor", "virginica"]
    assert sorted(set(numbered["species"])) == [0, 1, 2]


def test_that_an_unknown_data_set_is_refused(steps: Steps) -> None:
    result = steps.fails("load_sample", dataset="irises")
    assert "Did you mean 'iris'?" in result.err


@pytest.mark.parametrize(
    "shape", ["classification", "regression", "clusters", "moons", "circles"]
)
def test_that_made_up_data_have_their_shape_and_come_again(
    steps: Steps, shape: str
) -> None:
    first = steps.ok("generate_data", shape=shape, rows=60, missing=0.1)
    again = steps.ok("generate_data", shape=shape, rows=60, missing=0.1)
    features = 2 if shape in ("moons", "circles") else 4
    assert first.table().shape == (60, features + 1)
    assert first.table()["target"].notna().all()
    assert first.metrics["missing_rows"] > 0
    pd.testing.assert_frame_equal(first.table(), again.table())


def test_that_classes_that_can_not_be_told_apart_are_refused(steps: Steps) -> None:
    result = steps.fails("generate_data", features=2, classes=9)
    assert "2 features can't tell 9 classes apart" in result.err


# -- export -------------------------------------------------------------------


@pytest.mark.parametrize("format", ["csv", "tsv", "parquet"])
def test_that_an_exported_file_is_imported_again(
    steps: Steps, penguins: Path, format: str
) -> None:
    exported = steps.ok("export_table", data=penguins, format=format, name="birds")
    file = exported.output("files") / f"birds.{format}"
    table = steps.ok("import_data", file=file).table()
    original = steps.ok("select_columns", data=penguins, columns="*").table()
    pd.testing.assert_frame_equal(table, original)


def test_that_json_holds_a_record_for_each_row(steps: Steps, penguins: Path) -> None:
    exported = steps.ok("export_table", data=penguins, format="json")
    records = json.loads((exported.output("files") / "table.json").read_text())
    assert len(records) == 344
    assert records[0]["bill_length_mm"] == 39.1
    assert records[3]["bill_length_mm"] is None
    lines = steps.ok("export_table", data=penguins, format="json_lines")
    text = (lines.output("files") / "table.jsonl").read_text()
    assert [json.loads(line) for line in text.splitlines()] == records


def test_that_a_file_stays_in_its_folder(steps: Steps, penguins: Path) -> None:
    result = steps.fails("export_table", data=penguins, name="../birds")
    assert "'../birds' can't be the name of a file" in result.err


# -- concatenate --------------------------------------------------------------


def test_that_tables_stand_below_each_other(steps: Steps, penguins: Path) -> None:
    halves = steps.ok("split", data=penguins, test_fraction=0.5, shuffle=False)
    both = steps.ok(
        "concatenate_rows",
        t1=halves.output("train"),
        t2=halves.output("test"),
        columns="same",
        source_column="half",
    ).table()
    original = steps.ok("select_columns", data=penguins, columns="*").table()
    pd.testing.assert_frame_equal(both.drop(columns="half"), original)
    assert both["half"].value_counts().to_dict() == {"t1": 172, "t2": 172}


def test_that_only_shared_columns_or_all_are_kept(steps: Steps) -> None:
    one, two = steps.table({"a": [1], "b": ["x"]}), steps.table({"b": ["y"]})
    shared = steps.ok("concatenate_rows", t1=one, t2=two, columns="shared").table()
    assert shared.to_dict("list") == {"b": ["x", "y"]}
    every = steps.ok("concatenate_rows", t1=one, t2=two).table()
    assert every["a"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("other", "columns", "message"),
    [
        ({"wing": [1]}, "same", "Table t2 has no column 'wings', but t1 has"),
        ({"wings": [1], "x": [2]}, "same", "Table t2 has a column 'x'"),
        ({"x": [1]}, "shared", "no column in common"),
        ({"wings": ["two"]}, "all", "'wings' holds int64 in t1, but string in t2"),
    ],
)
def test_that_tables_that_do_not_fit_are_told(
    steps: Steps, other: dict, columns: str, message: str
) -> None:
    one, two = steps.table({"wings": [1]}), steps.table(other)
    result = steps.fails("concatenate_rows", t1=one, t2=two, columns=columns)
    assert message in result.err.replace("large_string", "string")


# -- join ---------------------------------------------------------------------

LEFT = {"k": [1, 2, 2, None], "a": ["p", "q", "r", "s"], "x": [1, 2, 3, 4]}
RIGHT = {"key": [2, 3, 1], "b": ["B2", "B3", "B1"], "x": [20, 30, 10]}


@pytest.mark.parametrize(
    ("how", "a", "b"),
    [
        ("inner", ["p", "q", "r"], ["B1", "B2", "B2"]),
        ("left", ["p", "q", "r", "s"], ["B1", "B2", "B2", None]),
        ("right", ["p", "q", "r", None], ["B1", "B2", "B2", "B3"]),
        ("outer", ["p", "q", "r", "s", None], ["B1", "B2", "B2", None, "B3"]),
        ("matching", ["p", "q", "r"], None),
        ("anti", ["s"], None),
    ],
)
def test_that_each_join_keeps_its_rows_in_order(
    steps: Steps, how: str, a: list, b: list | None
) -> None:
    table = steps.ok(
        "join_tables",
        left=steps.table(LEFT),
        right=steps.table(RIGHT),
        left_keys="k",
        right_keys="key",
        how=how,
    ).table()
    assert table["a"].astype(object).where(table["a"].notna(), None).tolist() == a
    if b is None:
        assert list(table.columns) == ["k", "a", "x"]
    else:
        assert list(table.columns) == ["k", "a", "x", "b", "x_right"]
        assert table["b"].astype(object).where(table["b"].notna(), None).tolist() == b
    if how == "outer":
        assert table["k"].iloc[-1] == 3


@pytest.mark.parametrize(
    ("inputs", "message", "hint"),
    [
        ({"left_keys": "kay"}, "Column 'kay' is not in the table", "'Left keys'"),
        (
            {"left_keys": "k", "right_keys": "kye"},
            "Column 'kye' is not in the table",
            "Did you mean 'key'?",
        ),
        ({"left_keys": "k, a", "right_keys": "key"}, "2 left keys", "as many"),
        ({"left_keys": "k", "right_keys": "b"}, "holds numbers", "Convert types"),
        (
            {"left_keys": "k", "right_keys": "key", "suffix": ""},
            "Both tables have a column 'x'",
            "Suffix",
        ),
    ],
)
def test_that_keys_that_can_not_match_are_told(
    steps: Steps, inputs: dict, message: str, hint: str
) -> None:
    given = {"left": steps.table(LEFT), "right": steps.table(RIGHT), **inputs}
    error = steps.fails("join_tables", **given).error
    assert message in error["message"]
    assert hint in error["hint"]


def test_that_a_join_that_would_explode_is_refused(steps: Steps) -> None:
    same = steps.table({"k": [1] * 20_000})
    result = steps.fails("join_tables", left=same, right=same, left_keys="k")
    assert "would make 400,000,000 rows" in result.err


# -- sample rows --------------------------------------------------------------


def test_that_a_stratified_sample_keeps_the_shares(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("sample_rows", data=penguins, rows=100, stratify="species")
    assert result.table()["species"].value_counts().to_dict() == {
        "Adelie": 44,
        "Gentoo": 36,
        "Chinstrap": 20,
    }
    again = steps.ok("sample_rows", data=penguins, rows=100, stratify="species")
    pd.testing.assert_frame_equal(result.table(), again.table())


def test_that_rows_are_taken_from_the_top_by_share_or_again(
    steps: Steps, iris: Path
) -> None:
    first = steps.ok("sample_rows", data=iris, method="first", rows=3)
    assert first.table()["sepal_length_cm"].tolist() == [5.1, 4.9, 4.7]
    share = steps.ok("sample_rows", data=iris, method="fraction", fraction=0.2)
    assert share.metrics["rows"] == 30
    every = steps.ok("sample_rows", data=iris, rows=900)
    assert every.metrics["rows"] == 150
    assert "only 150 rows" in every.out
    drawn = steps.ok("sample_rows", data=iris, rows=900, replace=True)
    assert drawn.metrics["rows"] == 900


def test_that_sampling_by_an_unknown_column_is_told(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails("sample_rows", data=penguins, stratify="specie")
    assert "Did you mean 'species'?" in result.err
    assert "'Stratify'" in result.err


# -- folds --------------------------------------------------------------------


def test_that_each_fold_holds_its_share_of_each_species(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("partition_folds", data=penguins, stratify="species", test_fold=2)
    table = result.table()
    sizes = table.groupby(["species", "fold"]).size().unstack()
    assert (sizes.max(axis=1) - sizes.min(axis=1)).max() <= 1
    test = result.table("test")
    assert len(test) == (table["fold"] == 2).sum() == result.metrics["test_rows"]
    assert len(result.table("train")) + len(test) == 344


def test_that_a_group_stays_in_one_fold(steps: Steps, iris: Path) -> None:
    result = steps.ok("partition_folds", data=iris, group="petal_width_cm", folds=3)
    assert result.table().groupby("petal_width_cm")["fold"].nunique().max() == 1


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"folds": 6, "stratify": "t"}, "too few for 6 folds"),
        ({"folds": 3, "stratify": "t"}, "Only 2 rows of column 't' hold 'b'"),
        ({"folds": 3, "group": "t"}, "Column 't' has 2 values: too few for 3 folds"),
        ({"folds": 2, "test_fold": 3}, "There is no fold 3 of 2"),
        ({"folds": 2, "group": "u"}, "Column 'u' is not in the table"),
        ({"folds": 2, "fold_column": "t"}, "has a column 't' already"),
    ],
)
def test_that_folds_that_can_not_be_made_are_told(
    steps: Steps, inputs: dict, message: str
) -> None:
    table = steps.table({"t": list("aaabb")})
    assert message in steps.fails("partition_folds", data=table, **inputs).err


# -- duplicates ---------------------------------------------------------------


def test_that_the_one_repeated_iris_is_found(steps: Steps, iris: Path) -> None:
    result = steps.ok("remove_duplicates", data=iris)
    assert result.metrics == {"rows": 149, "duplicates_dropped": 1}
    assert result.table("repeated")["petal_width_cm"].tolist() == [1.9]


@pytest.mark.parametrize(
    ("keep", "kept"),
    [("first", [1, 3, 5]), ("last", [2, 4, 5]), ("none", [5])],
)
def test_that_the_first_the_last_or_none_is_kept(
    steps: Steps, keep: str, kept: list[int]
) -> None:
    table = steps.table({"k": ["a", "a", None, None, "b"], "v": [1, 2, 3, 4, 5]})
    result = steps.ok("remove_duplicates", data=table, columns="k", keep=keep)
    assert result.table()["v"].tolist() == kept


def test_that_duplicates_by_an_unknown_column_are_told(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails("remove_duplicates", data=penguins, columns="ilsand")
    assert "Did you mean 'island'?" in result.err


# -- summarise ----------------------------------------------------------------


def test_that_a_summary_says_what_the_penguins_hold(
    steps: Steps, penguins: Path
) -> None:
    result = steps.ok("summarise_table", data=penguins)
    summary = result.table("summary").set_index("column")
    assert summary.loc["body_mass_g", "missing"] == 2
    assert summary.loc["body_mass_g", "mean"] == pytest.approx(4201.754, abs=0.001)
    assert summary.loc["body_mass_g", "maximum"] == "6300"
    assert summary.loc["island", "most_frequent"] == "Biscoe"
    assert summary.loc["island", "distinct"] == 3
    assert pd.isna(summary.loc["island", "mean"])
    assert summary.loc["sex", "type"] == "text"
    assert result.metrics["incomplete_rows"] == 11
    plots = sorted((result.output("report") / "plots").glob("*.json"))
    assert len(plots) == 8
    told = json.loads(plots[0].read_text())
    assert told["kind"] == "bars"
    assert dict(zip(told["labels"], told["values"], strict=True))["Adelie"] == 152


def test_that_columns_without_values_or_of_dates_are_summarised(steps: Steps) -> None:
    table = steps.table(
        {
            "empty": [None, None],
            "day": pd.to_datetime(["2024-01-01", "2024-01-03"]),
            "flag": [True, None],
        }
    )
    summary = steps.ok("summarise_table", data=table).table("summary")
    assert summary["type"].tolist() == ["empty", "time", "true/false"]
    assert summary["minimum"].fillna("").tolist() == ["", "2024-01-01 00:00:00", "True"]


def test_that_summarising_an_unknown_column_is_told(
    steps: Steps, penguins: Path
) -> None:
    result = steps.fails("summarise_table", data=penguins, columns="bil_length_mm")
    assert "Did you mean 'bill_length_mm'?" in result.err


# -- convert types ------------------------------------------------------------


def test_that_types_of_text_are_detected(steps: Steps) -> None:
    table = steps.table(
        {
            "n": ["1", "2", None],
            "f": ["1.5", " 2 ", "3e2"],
            "b": ["yes", "no", None],
            "d": ["2024-05-31", "2024-06-01T10:00", None],
            "t": ["1", "x", "2"],
        }
    )
    result = steps.ok("convert_types", data=table)
    types = result.table().dtypes.astype(str).to_dict()
    assert types["f"] == "float64"
    assert types["d"].startswith("datetime64")
    assert result.table()["n"].tolist()[:2] == [1, 2]
    assert result.table()["b"].tolist() == [True, False, None]
    assert result.table()["t"].tolist() == ["1", "x", "2"]
    assert result.metrics["converted_columns"] == 4


def test_that_penguins_become_text_and_numbers_again(
    steps: Steps, penguins: Path
) -> None:
    text = steps.ok("convert_types", data=penguins, to="text", columns="year, *_g")
    assert text.table()["year"].iloc[0] == "2007"
    assert text.table()["body_mass_g"].iloc[0] == "3750"
    back = steps.ok(
        "convert_types", data=text.output("table"), to="number", columns="*_g"
    )
    assert back.table()["body_mass_g"].sum() == 1_437_000


def test_that_dates_in_a_format_of_their_own_are_read(steps: Steps) -> None:
    table = steps.table({"d": ["31.05.2024", "01.06.2024"]})
    result = steps.ok(
        "convert_types", data=table, to="time", columns="d", time_format="%d.%m.%Y"
    )
    assert result.table()["d"].dt.day.tolist() == [31, 1]


def test_that_values_that_do_not_fit_stop_or_go_missing(
    steps: Steps, penguins: Path
) -> None:
    given = {"data": penguins, "to": "number", "columns": "sex"}
    result = steps.fails("convert_types", **given)
    assert "Column 'sex', row 1: 'male' is not a number" in result.err
    left = steps.ok("convert_types", **given, failures="missing")
    assert left.table()["sex"].isna().all()
    assert left.metrics["values_dropped"] == 333


def test_that_half_a_penguin_is_no_whole_number(steps: Steps, penguins: Path) -> None:
    result = steps.fails(
        "convert_types", data=penguins, to="whole_number", columns="bill_length_mm"
    )
    assert "'39.1' is not a whole number" in result.err
    assert (
        "No column is named"
        in steps.fails("convert_types", data=penguins, to="number").err
    )


def test_that_a_stored_folder_without_a_table_is_told_by_the_input_it_came_by(
    steps: Steps,
) -> None:
    folder = steps.root / "objects" / ("92" * 32)
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text("{}")
    result = steps.fails("normalise", data=folder)
    assert result.error["message"] == "The folder 'data' holds no Parquet or CSV file"
