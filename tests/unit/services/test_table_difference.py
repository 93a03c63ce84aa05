"""Two tables compared by the process that reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studio.domain.errors import InvalidError
from studio.domain.table import NO_ROW
from studio.domain.table_difference import (
    TableDifference,
    difference_words,
    key_words,
)
from studio.services.tables.matched import matched_tables
from studio.services.tables.service import TableService
from studio.storage.profiles import ProfileStore


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableService]:
    service = TableService(ProfileStore(tmp_path_factory.mktemp("profiles")))
    yield service
    service.close()


def compare(
    tables: TableService, folder: Path, left: pa.Table, right: pa.Table
) -> TableDifference:
    for name, table in (("left", left), ("right", right)):
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=3)
    one, other = (folder / f"{name}.parquet" for name in ("left", "right"))
    return tables.open(one).difference(tables.open(other))


def test_that_cells_are_compared_by_row_and_by_the_name_of_their_column(
    tables: TableService, tmp_path: Path
) -> None:
    left = pa.table(
        {
            "n": range(6),
            "word": ["a", "b", None, None, "e", "f"],
            "x": [1.0, math.nan, math.nan, None, 5.0, 6.0],
            "gone": range(6),
        }
    )
    right = pa.table(
        {
            "x": [1.0, math.nan, 3.0, 4.0, 5.0],
            "n": [0.0, 1.0, 2.0, 3.5, 4.0],
            "word": ["a", "B", None, "d", "e"],
            "new": [None] * 5,
        }
    )
    found = compare(tables, tmp_path, left, right)
    fates = {pair.name: (pair.fate, pair.changed) for pair in found.pairs}
    assert fates == {
        "n": ("retyped", 1),
        "word": ("changed", 2),
        "x": ("changed", 2),
        "gone": ("left", 0),
        "new": ("right", 0),
    }
    assert (found.rows, found.places) == ((6, 5), (1, 2, 3))
    assert difference_words(found) == (
        "6 → 5 rows · 5 cells differ in 3 columns · 1 column only left · "
        "1 column only right · 1 column of another type"
    )
    assert [found.next_place(2, 1), found.next_place(2, -1)] == [3, 1]
    assert [found.next_place(3, 1), found.next_place(1, -1)] == [None, None]


def test_that_equal_tables_have_no_difference_whatever_their_types(
    tables: TableService, tmp_path: Path
) -> None:
    table = pa.table(
        {
            "list": [[1], None, [2, 3]],
            "category": pa.array(["a", "b", None]).dictionary_encode(),
            "truth": [True, None, False],
            "day": pa.array([1, None, 3], pa.date32()),
            "bytes": [b"1", None, b"\xff"],
            "nothing": pa.nulls(3),
        }
    )
    found = compare(tables, tmp_path, table, table)
    assert found.is_empty
    assert difference_words(found) == "3 rows, no difference"


def test_that_a_text_file_is_compared_with_a_parquet_file(
    tables: TableService, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("n,word\n1,a\n2,NA\n3,c\n")
    pq.write_table(
        pa.table({"n": [1, 2, 4], "word": ["a", None, "c"]}), tmp_path / "b.parquet"
    )
    one = tables.open(tmp_path / "a.csv")
    found = one.difference(tables.open(tmp_path / "b.parquet"))
    assert (found.cells, found.places) == (1, (2,))


def keyed(
    tables: TableService,
    folder: Path,
    left: pa.Table,
    right: pa.Table,
    key: tuple[str, ...] | None = None,
) -> tuple[TableDifference, list[list[object]], list[list[object]]]:
    """The difference, and the rows of both sides as they are shown."""
    for name, table in (("left", left), ("right", right)):
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=3)
    one, other = (tables.open(folder / f"{n}.parquet") for n in ("left", "right"))
    found = one.difference(other, key=key)
    sides = matched_tables(one, other, found)
    shown = [
        [list(cells) for cells in side.page(0, 100, range(width)).columns]
        for side, width in zip(
            sides, (left.num_columns, right.num_columns), strict=True
        )
    ]
    return found, shown[0], shown[1]


def test_that_rows_are_matched_by_an_identifier_that_is_guessed(
    tables: TableService, tmp_path: Path
) -> None:
    left = pa.table({"x": [1, 2, 3, 4], "row_id": [10, 20, 30, 40]})
    right = pa.table({"row_id": [40, 10, 50, 30], "x": [4, 9, 5, 3]})
    found, lefts, rights = keyed(tables, tmp_path, left, right)
    assert found.match is not None
    assert (found.match.key, found.match.matched) == (("row_id",), 3)
    assert (found.added, found.removed, found.cells, found.length) == (1, 1, 1, 5)
    assert lefts == [[1, 2, 3, 4, NO_ROW], [10, 20, 30, 40, NO_ROW]]
    assert rights == [[10, NO_ROW, 30, 40, 50], [9, NO_ROW, 3, 4, 5]]
    assert found.places == (0, 1, 4)
    assert found.match.sides == ((0, 1), (1, -1), (-1, 2))
    assert key_words(found.match) == "Rows by row_id"
    assert difference_words(found) == (
        "4 rows · 1 added · 1 removed · 1 changed · 1 cell differs in 1 column"
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"id": [1, 1, 2], "x": [1, 2, 3]},  # not unique
        {"id": [1, None, 2], "x": [1, 2, 3]},  # missing
        {"id": [0.5, 1.5, 2.5], "x": [1, 2, 3]},  # no identifier is measured
        {"amount": [1, 2, 3], "video": [4, 5, 6]},  # none is called so
    ],
)
def test_that_no_key_is_guessed_where_none_is_sure(
    tables: TableService, tmp_path: Path, columns: dict[str, list[object]]
) -> None:
    table = pa.table(columns)
    assert compare(tables, tmp_path, table, table).match is None


def test_that_ids_that_were_given_anew_are_no_key(
    tables: TableService, tmp_path: Path
) -> None:
    left = pa.table({"id": [1, 2, 3, 4], "name": ["a", "b", "c", "d"]})
    right = pa.table({"id": [4, 15, 16, 17], "name": ["a", "b", "c", "d"]})
    assert compare(tables, tmp_path, left, right).match is None


def test_that_a_key_of_several_columns_may_repeat_which_is_told(
    tables: TableService, tmp_path: Path
) -> None:
    left = pa.table({"k": ["a", "a", "b", None], "n": [1, 1, 1, 2], "v": [1, 2, 3, 4]})
    right = pa.table({"k": [None, "a", "b"], "n": [2.0, 1.0, 7.0], "v": [4, 1, 3]})
    found, lefts, rights = keyed(tables, tmp_path, left, right, ("k", "n"))
    assert found.match is not None
    assert found.match.repeated == (1, 0)
    assert found.match.reordered
    assert lefts[2] == [1, 2, 3, 4, NO_ROW]
    assert rights[2] == [1, NO_ROW, NO_ROW, 4, 3]
    assert difference_words(found).endswith(
        "1 row on the left repeats an earlier key, matched in their order"
    )


def test_that_tables_of_one_content_in_another_order_differ_in_their_order_only(
    tables: TableService, tmp_path: Path
) -> None:
    left = pa.table({"a": ["x", "y", "z"], "b": [1.5, math.nan, None]})
    found, _, _ = keyed(tables, tmp_path, left, left.take([2, 0, 1]), key=("a", "b"))
    assert found.is_empty
    assert difference_words(found) == "3 rows, no difference but their order"


def test_that_empty_tables_are_matched(tables: TableService, tmp_path: Path) -> None:
    none = pa.table({"id": pa.array([], pa.int64())})
    found, lefts, rights = keyed(
        tables, tmp_path, none, pa.table({"id": [1, 2]}), key=("id",)
    )
    assert (found.added, lefts, rights) == (2, [[NO_ROW, NO_ROW]], [[1, 2]])


def test_that_a_key_that_one_table_lacks_is_refused_with_those_there_are(
    tables: TableService, tmp_path: Path
) -> None:
    table = pa.table({"a": [1], "b": [2]})
    with pytest.raises(InvalidError) as error:
        keyed(tables, tmp_path, table, table, key=("c",))
    assert "'c'" in error.value.message
    assert error.value.hint == "Columns of both: a, b"
