"""Import data: real files of every make, and broken ones."""

from __future__ import annotations

import gzip
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from component_steps import PENGUINS, Steps


def test_that_the_penguins_are_all_imported_with_their_types(steps: Steps) -> None:
    result = steps.ok("import_data", file=PENGUINS)
    table = result.table()
    assert table.shape == (344, 8)
    assert table["body_mass_g"].isna().sum() == 2
    assert table["sex"].isna().sum() == 11
    assert table["bill_length_mm"].iloc[0] == 39.1
    assert result.metrics == {"rows": 344, "columns": 8}


def test_that_it_runs_where_nobody_listens(steps: Steps) -> None:
    result = steps.run("import_data", listening=False, file=PENGUINS)
    assert result.code == 0
    assert len(result.table()) == 344
    assert result.reports == []


def test_that_delimiter_and_decimal_comma_are_found_out(steps: Steps) -> None:
    file = steps.file("de.csv", "Größe;Gewicht\n1,5;10\n2,25;20\n")
    table = steps.ok("import_data", file=file).table()
    assert table["Größe"].tolist() == [1.5, 2.25]
    assert table["Gewicht"].tolist() == [10, 20]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", "name,n\nZoë,1\nJosé,2\n"),
        ("utf-16", "name,n\nZoë,1\nJosé,2\n"),
        ("windows-1252", "name,n\nZoë,1\nJosé,2\n"),
        ("latin-1", "name,n\nZoë,1\nJosé\x81,2\n"),
    ],
)
def test_that_the_encoding_is_found_out(steps: Steps, encoding: str, text: str) -> None:
    file = steps.file("names.csv", text.encode(encoding))
    table = steps.ok("import_data", file=file).table()
    assert table["name"].iloc[0] == "Zoë"
    assert table["n"].tolist() == [1, 2]


@pytest.mark.parametrize(("sign", "name"), [("\t", "tab"), ("|", "pipe"), ("~", "~")])
def test_that_a_delimiter_can_be_said(steps: Steps, sign: str, name: str) -> None:
    file = steps.file("x.txt", f"a{sign}b\n1{sign}2,5\n")
    table = steps.ok("import_data", file=file, delimiter=name).table()
    assert list(table.columns) == ["a", "b"]


def test_that_a_file_without_header_gets_numbered_columns(steps: Steps) -> None:
    file = steps.file("x.csv", "1,a\n2,b\n")
    table = steps.ok("import_data", file=file, header=False).table()
    assert list(table.columns) == ["column_1", "column_2"]
    assert len(table) == 2


def test_that_lines_above_the_header_can_be_left_out(steps: Steps) -> None:
    file = steps.file("x.csv", "Report of the day\n\na,b\n1,2\n")
    table = steps.ok("import_data", file=file, skip_rows=2).table()
    assert table.to_dict("list") == {"a": [1], "b": [2]}


def test_that_blank_and_repeated_names_are_made_unique_and_said(steps: Steps) -> None:
    result = steps.ok("import_data", file=steps.file("x.csv", ",a,a\n1,2,3\n"))
    assert list(result.table().columns) == ["column_1", "a", "a_2"]
    assert "'a' is called 'a_2'" in result.out


def test_that_quoted_fields_may_hold_line_breaks(steps: Steps) -> None:
    file = steps.file("x.csv", 'a,b\n"one\ntwo",2\nthree,4\n')
    assert steps.ok("import_data", file=file).table()["a"][0] == "one\ntwo"


def test_that_a_folder_of_csv_files_is_one_table(steps: Steps) -> None:
    first = steps.file("part/1.csv", "a,b\n1,x\n")
    steps.file("part/2.csv", "a,b\n2.5,y\n")
    table = steps.ok("import_data", file=first.parent).table()
    assert table.to_dict("list") == {"a": [1.0, 2.5], "b": ["x", "y"]}


def test_that_parquet_is_recognised_whatever_its_name(steps: Steps) -> None:
    file = steps.file("data.bin", b"")
    pq.write_table(pa.table({"a": [1, None], "b": ["x", "y"]}), file)
    result = steps.ok("import_data", file=file)
    assert result.table()["b"].tolist() == ["x", "y"]


def test_that_a_compressed_csv_is_read(steps: Steps) -> None:
    file = steps.file("x.csv.gz", gzip.compress(b"a;b\n1;2\n"))
    assert steps.ok("import_data", file=file).table().shape == (1, 2)


def test_that_a_table_folder_is_taken_as_it_is(steps: Steps, penguins) -> None:
    assert len(steps.ok("import_data", file=penguins).table()) == 344


def test_that_a_column_without_values_is_numeric(steps: Steps) -> None:
    file = steps.file("x.csv", "a,b\n1,\n2,NA\n")
    assert steps.ok("import_data", file=file).table()["b"].dtype == "float64"


def test_that_a_path_with_spaces_and_quotes_is_one_argument(steps: Steps) -> None:
    file = steps.file("it's a file.csv", "a\n1\n2\n")
    assert steps.ok("import_data", file=file).table()["a"].tolist() == [1, 2]


# -- bad input ----------------------------------------------------------------


def test_that_a_missing_file_is_named(steps: Steps) -> None:
    result = steps.fails("import_data", file="no/such.csv")
    assert "There is no file no/such.csv" in result.err


def test_that_a_ragged_row_is_told_with_line_and_column(steps: Steps) -> None:
    lines = PENGUINS.read_text().splitlines()
    lines[99] = lines[99].rsplit(",", 2)[0]
    result = steps.fails("import_data", file=steps.file("p.csv", "\n".join(lines)))
    assert "p.csv, line 100, column 7: 6 fields where 8 are expected" in result.err
    assert result.error["line"] == 100
    assert result.error["file"].endswith("p.csv")


def test_that_a_row_with_too_many_fields_is_told(steps: Steps) -> None:
    result = steps.fails("import_data", file=steps.file("x.csv", "a,b\n1,2\n3,4,5\n"))
    assert "line 3, column 3: 3 fields where 2 are expected" in result.err
    assert "Put quotes around" in result.err


def test_that_lines_left_out_at_the_top_still_count(steps: Steps) -> None:
    file = steps.file("x.csv", "title\na,b\n1,2\n3\n")
    result = steps.fails("import_data", file=file, skip_rows=1)
    assert "x.csv, line 4, column 2" in result.err


def test_that_an_open_quote_is_told_with_its_line(steps: Steps) -> None:
    file = steps.file("x.csv", 'a,b\n1,2\n"3,4\n5,6\n')
    result = steps.fails("import_data", file=file)
    assert "x.csv, line 3" in result.err
    assert 'A quote (")' in result.err


def test_that_a_wrong_delimiter_says_the_right_one(steps: Steps) -> None:
    result = steps.fails("import_data", file=PENGUINS, delimiter="semicolon")
    assert "no semicolon separates its fields, but comma gives 8" in result.err
    assert "Set 'Delimiter' to comma or auto" in result.err


def test_that_a_byte_of_another_encoding_is_found(steps: Steps) -> None:
    file = steps.file("x.csv", "a,b\n1,x\n2,caf\xe9\n".encode("latin-1"))
    result = steps.fails("import_data", file=file, encoding="utf-8")
    assert "x.csv, line 3, column 6: byte 0xE9 isn't valid utf-8" in result.err
    assert "windows-1252" in result.err


def test_that_an_unknown_encoding_is_refused(steps: Steps) -> None:
    result = steps.fails("import_data", file=PENGUINS, encoding="utf-80")
    assert "'utf-80' is no encoding" in result.err


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_that_an_empty_file_is_told(steps: Steps, content: str) -> None:
    result = steps.fails("import_data", file=steps.file("x.csv", content))
    assert "x.csv is empty" in result.err


def test_that_a_spreadsheet_is_refused_with_the_way_out(steps: Steps) -> None:
    result = steps.fails("import_data", file=steps.file("x.xlsx", b"PK\x03\x04"))
    assert "Save it as CSV" in result.err


def test_that_a_damaged_parquet_file_is_named(steps: Steps) -> None:
    result = steps.fails("import_data", file=steps.file("x.parquet", b"PAR1 not"))
    assert "x.parquet can't be read as Parquet" in result.err


def test_that_a_folder_without_data_is_told(steps: Steps) -> None:
    folder = steps.file("empty/readme.md", "x").parent
    assert "holds no Parquet or CSV" in steps.fails("import_data", file=folder).err


def test_that_files_that_do_not_fit_together_are_told(steps: Steps) -> None:
    folder = steps.file("mixed/1.csv", "a\n1\n").parent
    steps.file("mixed/2.csv", "a\nx\n")
    result = steps.fails("import_data", file=folder)
    assert "The files don't fit together" in result.err


def test_that_a_bad_parameter_is_one_line(steps: Steps) -> None:
    result = steps.fails("import_data", file=PENGUINS, skip_rows="many")
    assert "skip_rows" in result.err
    assert "many" in result.err


# -- other tools' tables ------------------------------------------------------


def test_that_an_mltable_of_delimited_files_is_read(steps: Steps) -> None:
    folder = steps.file("ml/a.csv", "x;y\n1;caf\u00e9\n").parent
    (folder / "MLTable").write_text(
        "type: mltable\npaths:\n  - pattern: ./*.csv\ntransformations:\n"
        "  - read_delimited:\n      delimiter: ';'\n      encoding: utf8\n"
    )
    table = steps.ok("select_columns", data=folder, columns="y").table()
    assert table.to_dict("list") == {"y": ["caf\u00e9"]}


def test_that_an_mltable_without_files_is_told(steps: Steps) -> None:
    folder = steps.file("ml/MLTable", "paths:\n  - pattern: ./*.csv\n").parent
    result = steps.fails("select_columns", data=folder, columns="y")
    assert "names no file that exists" in result.err


def test_that_a_folder_with_other_parquet_files_is_a_table(steps: Steps) -> None:
    folder = steps.root / "plain"
    folder.mkdir()
    pd.DataFrame({"a": [1, 2]}).to_parquet(folder / "b.parquet")
    shutil.copy(folder / "b.parquet", folder / "c.parquet")
    table = steps.ok("select_columns", data=folder, columns="a").table()
    assert table["a"].tolist() == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '[{"n": 1, "word": "x"}, {"n": 2}]'),
        ("a.jsonl", '{"n": 1, "word": "x"}\n\n{"n": 2, "word": null}\n'),
        ("a.json", '{"n": [1, 2], "word": ["x", null]}'),
    ],
)
def test_that_json_is_read_as_rows(steps: Steps, name: str, text: str) -> None:
    table = steps.ok("import_data", file=steps.file(name, text)).table()
    assert table["n"].tolist() == [1, 2]
    assert table["word"].isna().tolist() == [False, True]


@pytest.mark.parametrize("text", ["[1, 2]", "{", '{"a": [1], "b": [1, 2]}'])
def test_that_json_that_is_no_table_is_told(steps: Steps, text: str) -> None:
    result = steps.fails("import_data", file=steps.file("a.json", text))
    assert "isn't a table in JSON" in result.err


def test_that_leading_zeros_are_kept_and_said_unless_numbers_are_wished(
    steps: Steps,
) -> None:
    file = steps.file("x.csv", "id,n,t\n000,1,08:00\n001,0,09:30\n")
    result = steps.ok("import_data", file=file)
    assert result.table()["id"].tolist() == ["000", "001"]
    assert result.table()["n"].tolist() == [1, 0]
    assert "Kept as text because of leading zeros: id\n" in result.out
    numbers = steps.ok("import_data", file=file, leading_zeros="number").table()
    assert numbers["id"].tolist() == [0, 1]


def test_that_leading_zeros_in_one_file_of_a_folder_count_for_all(steps: Steps) -> None:
    folder = steps.file("many/a.csv", "id\n10\n11\n").parent
    steps.file("many/b.csv", "id\n007\n")
    table = steps.ok("import_data", file=folder).table()
    assert table["id"].tolist() == ["10", "11", "007"]


def test_that_words_for_nothing_among_numbers_are_missing_and_said(
    steps: Steps,
) -> None:
    rows = "a;b;c;d\n1;1,5;-;x\n-;n/a;-;-\n3;NA;word;y\n ;2;1;z\n"
    result = steps.ok("import_data", file=steps.file("x.csv", rows))
    table = result.table()
    assert table["a"].dropna().tolist() == [1, 3]
    assert table["b"].dropna().tolist() == [1.5, 2]
    assert table["c"].tolist() == ["-", "-", "word", "1"]
    assert table["d"].tolist() == ["x", "-", "y", "z"]
    assert "Column 'a': 2 values ('-') counted as missing" in result.out
