"""SQL and Python script: the user's own code over tables."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from component_steps import Steps

# -- SQL ----------------------------------------------------------------------


def test_that_sql_groups_the_penguins(steps: Steps, penguins: Path) -> None:
    result = steps.ok(
        "sql",
        t1=penguins,
        query="SELECT island, count(*) AS n, sum(year) AS years FROM t1 "
        "GROUP BY island ORDER BY n DESC -- a remark",
    )
    table = result.table()
    assert table["n"].tolist() == [168, 124, 52]
    assert table["years"].dtype == "int64"


def test_that_sql_joins_three_tables(steps: Steps) -> None:
    result = steps.ok(
        "sql",
        t1=steps.table({"k": [1, 2], "a": ["x", "y"]}),
        t2=steps.table({"k": [1, 2], "b": ["p", "q"]}),
        t3=steps.table({"k": [2], "c": [True]}),
        query="SELECT a, b, c FROM t1 JOIN t2 USING (k) JOIN t3 USING (k)",
    )
    assert result.table().to_dict("list") == {"a": ["y"], "b": ["q"], "c": [True]}


def test_that_the_last_of_several_statements_counts(steps: Steps) -> None:
    result = steps.ok(
        "sql",
        t1=steps.table({"a": [1, 2, 3]}),
        query="CREATE TABLE big AS SELECT * FROM t1 WHERE a > 1;\nSELECT * FROM big;",
    )
    assert result.table()["a"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("SELECT speces FROM t1", "Line 1 of the query", "species"),
        ("SELECT *\nFROM t9", "Line 2 of the query", "t1"),
        ("SELEC 1", "syntax error", "Correct 'Query'"),
        ("SELECT 1 AS a, 2 AS a", "more than one column called a", "AS other_name"),
        ("CREATE TABLE x AS SELECT 1", "gives no rows", "SELECT"),
        ("", "gives no rows", "SELECT"),
        ("SELECT * FROM 'other.csv'", "Cannot access file", "Import data"),
    ],
)
def test_that_a_wrong_query_says_where_and_how_to_mend_it(
    steps: Steps, penguins: Path, query: str, message: str, hint: str
) -> None:
    error = steps.fails("sql", t1=penguins, query=query).error
    assert message in error["message"]
    assert hint in error["hint"]


# -- Python script ------------------------------------------------------------


def script(text: str) -> str:
    return textwrap.dedent(text).lstrip()


def test_that_a_script_changes_a_frame(steps: Steps, penguins: Path) -> None:
    code = script(
        """
        import numpy as np

        def main(t1, t2=None):
            print("it's running")
            t1["ratio"] = np.round(t1.bill_length_mm / t1.bill_depth_mm, 2)
            return t1[t1.ratio > 3]
        """
    )
    result = steps.ok("python_script", t1=penguins, code=code)
    assert "it's running" in result.out
    assert result.table("result")["ratio"].min() > 3
    assert result.table("result2").empty


def test_that_a_script_gives_two_frames_of_two(steps: Steps) -> None:
    code = script(
        """
        def main(t1, t2):
            return t1.head(1), t2.rename(columns={"a": "b"})
        """
    )
    result = steps.ok(
        "python_script",
        t1=steps.table({"a": [1, 2]}),
        t2=steps.table({"a": [3]}),
        code=code,
    )
    assert result.table("result")["a"].tolist() == [1]
    assert result.table("result2")["b"].tolist() == [3]


def test_that_a_script_makes_data_from_nothing_and_logs(steps: Steps) -> None:
    code = script(
        """
        from step import metric
        from sklearn.datasets import load_iris

        def main():
            metric("answer", 42)
            return load_iris(as_frame=True).frame
        """
    )
    result = steps.ok("python_script", code=code)
    assert len(result.table("result")) == 150
    assert result.metrics["answer"] == 42


def test_that_a_named_index_is_kept_as_columns(steps: Steps, penguins: Path) -> None:
    code = "def main(t1):\n    return t1.groupby('island').year.max()\n"
    result = steps.ok("python_script", t1=penguins, code=code)
    assert list(result.table("result").columns) == ["island", "year"]


def test_that_an_error_points_at_the_users_own_line(
    steps: Steps, penguins: Path
) -> None:
    code = script(
        """
        def helper(frame):
            return frame["wings"]

        def main(t1, t2=None):
            return helper(t1)
        """
    )
    result = steps.run("python_script", t1=penguins, code=code)
    assert result.code == 1
    assert result.error["line"] == 2
    assert result.error["type"] == "KeyError"
    assert result.error["function"] == "helper"
    assert result.error["source_line"] == 'return frame["wings"]'
    assert "Line 2 of the script: KeyError: 'wings'" in result.err
    assert 'File "<your script>", line 5, in main' in result.err
    assert "python_script.py" not in result.err


def test_that_a_syntax_error_points_at_its_line(steps: Steps, penguins: Path) -> None:
    result = steps.run("python_script", t1=penguins, code="x = 1\ndef main(t1:\n")
    assert result.code == 1
    assert result.error["line"] == 2
    assert result.error["type"] == "SyntaxError"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def run(t1): return t1", "defines no function 'main'"),
        ("def main(t1): pass", "main returned nothing, not a table"),
        ("def main(t1): return 3", "main returned a int, not a table"),
        ("def main(t1): return t1, t1, t1", "main returned 3 values"),
        ("def main(t1): return t1.assign(x=[[1], 'a'] * 172)", "can't be stored"),
    ],
)
def test_that_a_script_that_returns_no_table_is_told(
    steps: Steps, penguins: Path, code: str, message: str
) -> None:
    assert message in steps.fails("python_script", t1=penguins, code=code).err


def test_that_a_second_table_without_a_place_is_told(
    steps: Steps, penguins: Path
) -> None:
    code = "def main(t1): return t1"
    result = steps.fails("python_script", t1=penguins, t2=penguins, code=code)
    assert "main takes one only" in result.err


def test_that_the_exit_code_of_a_script_is_kept(steps: Steps) -> None:
    code = "import sys\nsys.exit(3)\n"
    assert steps.run("python_script", code=code).code == 3
