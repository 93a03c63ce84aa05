"""Two tables compared by the process that reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studio.domain.table_difference import TableDifference, difference_words
from studio.services.tables import TableService
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
