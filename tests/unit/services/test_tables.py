"""Tables are read by another process, whatever is in the file."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studio.domain.errors import InvalidError, NotFoundError, UnavailableError
from studio.domain.table import TableOrder
from studio.services.tables.reader import ReadingCancelled
from studio.services.tables.service import TableService
from studio.storage.profiles import ProfileStore


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableService]:
    service = TableService(ProfileStore(tmp_path_factory.mktemp("profiles")))
    yield service
    service.close()


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """5,000 rows in row groups of 700, in a folder."""
    folder = tmp_path / "table"
    folder.mkdir()
    rows = pa.table(
        {
            "n": range(5000),
            "half": [n / 2 if n % 10 else None for n in range(5000)],
            "word": ["even" if n % 2 == 0 else "odd" for n in range(5000)],
            "the end": [math.nan if n == 4 else float(-n) for n in range(5000)],
        }
    )
    pq.write_table(rows, folder / "data.parquet", row_group_size=700)
    return folder


def test_that_any_rows_of_a_parquet_folder_are_read(
    tables: TableService, parquet: Path
) -> None:
    table = tables.open(parquet)
    shape = table.shape()
    assert shape.rows == 5000
    assert [(c.name, c.type) for c in shape.columns] == [
        ("n", "int64"),
        ("half", "double"),
        ("word", "string"),
        ("the end", "double"),
    ]
    head = table.page(0, 3, [0, 1, 2])
    assert head.columns == ([0, 1, 2], [None, 0.5, 1.0], ["even", "odd", "even"])
    across = table.page(695, 10, [0, 2])
    assert across.columns[0] == list(range(695, 705))
    assert across.columns[1][:2] == ["odd", "even"]
    assert table.page(4998, 100, [0]).columns == ([4998, 4999],)
    assert math.isnan(table.page(4, 1, [3]).columns[0][0])


def test_that_rows_are_filtered_and_sorted_with_missing_ones_last(
    tables: TableService, parquet: Path
) -> None:
    table = tables.open(parquet)
    shape = table.shape()
    order = table.order(shape, "word=even n<21 THE_END>-100", [(1, True)])
    assert table.count(order) == 10  # 0, 2, ... 20 without row 4, which has no number
    page = table.page(0, 100, [0, 1], order)
    assert page.columns[0] == [18, 16, 14, 12, 8, 6, 2, 0, 10, 20]
    assert list(page.rows) == page.columns[0]
    assert page.columns[1][-3:] == [None, None, None]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("half=null", 500),
        ("half!=null", 4500),
        ("word=odd", 2500),
        ("word!=odd", 2500),
        ("n=1|2|3", 3),
        ("n>=4990", 10),
        ("dd n<10", 5),
        ("nothing", 0),
        ("word==odd", 2500),
        ('"and" n<10', 0),
        ("and", 0),
    ],
)
def test_that_a_filter_means_what_it_says(
    tables: TableService, parquet: Path, text: str, count: int
) -> None:
    table = tables.open(parquet)
    assert table.count(table.order(table.shape(), text)) == count


def test_that_a_filter_that_names_no_column_says_which_there_are(
    tables: TableService, parquet: Path
) -> None:
    table = tables.open(parquet)
    with pytest.raises(InvalidError, match="no column 'm'") as caught:
        table.order(table.shape(), "m=1")
    assert "n, half, word" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("word>100", "'word' is text, so >100 can't be asked of it", "Convert types"),
        ("n=1 and (((", r"isn't understood from 'and \(\(\(' on", "side by side"),
        ("n=1 OR n=2", "isn't understood from 'OR n=2' on", "bought=yes|maybe"),
    ],
)
def test_that_a_filter_which_cannot_be_meant_says_so_with_an_example(
    tables: TableService, parquet: Path, text: str, reason: str, hint: str
) -> None:
    table = tables.open(parquet)
    with pytest.raises(InvalidError, match=reason) as caught:
        table.order(table.shape(), text)
    assert hint in caught.value.hint


def test_that_a_stored_table_is_not_called_by_its_digest(
    tables: TableService, tmp_path: Path
) -> None:
    folder = tmp_path / ("2b" * 32)
    folder.mkdir()
    (folder / "data.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(InvalidError, match=r"^The table can't be read: "):
        tables.open(folder).shape()


def test_that_a_text_file_shows_its_head_before_its_rows_are_counted(
    tables: TableService, tmp_path: Path
) -> None:
    lines = ["n,word", *(f"{n},w{n}" for n in range(30_000)), "x30000,last"]
    (tmp_path / "0f3c9a").write_text("\n".join(lines))
    table = tables.open(tmp_path / "0f3c9a")
    shape = table.shape()
    assert (shape.names, shape.rows) == (("n", "word"), None)
    assert table.page(0, 2, [0, 1]).columns == ([0, 1], ["w0", "w1"])
    settled = table.settle()
    assert settled.rows == 30_001
    assert [column.type for column in settled.columns] == ["string", "string"]
    assert table.page(30_000, 1, [0]).columns == (["x30000"],)


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        ("a.csv", "a,b\n1,x\n", [[1], ["x"]]),
        ("a.tsv", "a\tb\n1\tx\n", [[1], ["x"]]),
        ("a", "a;b\n1;x\n", [[1], ["x"]]),
        ("a.csv", "a,b\n1,x\nNA,\n", [[1, None], ["x", None]]),
        ("a.jsonl", '{"a": 1, "b": [2, 3]}\n', [[1], ["[2, 3]"]]),
        ("a", '{"a": 1}\n{"a": 2}\n', [[1, 2]]),
    ],
)
def test_that_texts_with_columns_are_read(
    tables: TableService, tmp_path: Path, name: str, content: str, first: list[object]
) -> None:
    (tmp_path / name).write_text(content)
    table = tables.open(tmp_path / name)
    columns = range(len(table.shape().columns))
    assert list(table.page(0, 5, columns).columns) == first


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.parquet", b"PAR1" + b"\xff" * 4000 + b"PAR1"),
        ("data.parquet", b""),
        ("data.csv", b"\x00\xff\xfe" * 100),
        ("data.jsonl", b'{"a": 1}\n{"a": '),
    ],
)
def test_that_a_damaged_file_is_one_message(
    tables: TableService, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidError, match="can't be read"):
        tables.open(tmp_path).settle()


def test_that_what_is_no_table_is_said(tables: TableService, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no table here")
    with pytest.raises(NotFoundError, match="holds no table"):
        tables.open(tmp_path)


def test_that_a_reader_that_dies_is_replaced(
    tables: TableService, parquet: Path
) -> None:
    table = tables.open(parquet)
    order = table.order(table.shape(), "word=odd")
    assert table.count(order) == 2500
    pid = tables._reader.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while tables._reader.pid == pid:
        pass
    assert table.page(1, 1, [0], order).columns == ([3],)


def test_that_a_reader_that_says_nothing_is_given_up(
    tables: TableService, parquet: Path
) -> None:
    tables.prepare()
    assert tables._reader.pid is not None
    os.kill(tables._reader.pid, signal.SIGSTOP)
    with pytest.raises(UnavailableError, match="longer than"):
        tables._reader.ask("t", {"op": "hello"}, seconds=0.1)
    assert tables.open(parquet).shape().rows == 5000


def test_that_reading_can_be_cancelled(tables: TableService, parquet: Path) -> None:
    given_up = threading.Event()
    given_up.set()
    table = tables.open(parquet)
    with pytest.raises(ReadingCancelled):
        table.count(TableOrder(((0, True),)), given_up)


def test_that_the_reader_ends_with_the_workspace(parquet: Path, tmp_path: Path) -> None:
    tables = TableService(ProfileStore(tmp_path / "profiles"))
    tables.open(parquet).shape()
    process = tables._reader._process
    assert process is not None
    tables.close()
    assert process.poll() is not None
    with pytest.raises(UnavailableError):
        tables.open(parquet).shape()


def test_that_a_profile_is_what_pandas_counts(
    tables: TableService, parquet: Path
) -> None:
    import pandas as pd

    frame = pd.read_parquet(parquet)
    told: list[int] = []
    profile = tables.open(parquet).profile(lambda number, one: told.append(number))
    assert (told, profile.rows) == ([0, 1, 2, 3], 5000)
    for one in (profile.columns[0], profile.columns[1], profile.columns[3]):
        expected = frame[one.column.name].describe()
        assert one.count - one.not_a_number == expected["count"]
        assert one.mean == pytest.approx(expected["mean"])
        assert one.std == pytest.approx(expected["std"])
        assert [one.minimum, *one.quartiles, one.maximum] == pytest.approx(
            list(expected[["min", "25%", "50%", "75%", "max"]])
        )
        assert one.distinct == frame[one.column.name].nunique()
        assert sum(count for *_, count in one.bars) == expected["count"]
    assert (profile.columns[1].missing, profile.columns[3].not_a_number) == (500, 1)
    assert dict(profile.columns[2].top) == {"even": 2500, "odd": 2500}


def test_that_columns_in_view_are_profiled_before_the_others(
    tables: TableService, parquet: Path
) -> None:
    told: list[int] = []
    profile = tables.open(parquet).profile(lambda n, _: told.append(n), first=[3, 1, 9])
    assert told == [3, 1, 0, 2]
    assert [one.column.name for one in profile.columns] == [
        "n",
        "half",
        "word",
        "the end",
    ]


def test_that_the_profile_of_many_whole_numbers_and_texts_is_what_pandas_counts(
    tables: TableService, tmp_path: Path
) -> None:
    """Small ranges are counted instead of sorted, texts are read as dictionaries."""
    import numpy as np
    import pandas as pd

    random, rows = np.random.default_rng(3), 90_000
    bytes_ = random.integers(-128, 128, rows).astype("int8")
    large = random.integers(0, 500, rows).astype("uint64") + np.uint64(2**63)
    words = random.choice(["a", "bb", "", "ccc"], rows)
    columns = {
        "bytes": bytes_,
        "years": pa.array(1900 + np.abs(bytes_.astype("int64")), mask=bytes_ > 100),
        "large": large,
        "word": pa.array(words, mask=bytes_ == 7),
    }
    file = tmp_path / "many.parquet"
    pq.write_table(pa.table(columns), file, row_group_size=20_000)
    frame = pd.read_parquet(file)
    found = {one.column.name: one for one in tables.open(file).profile().columns}
    for name in ("bytes", "years", "large"):
        one, expected = found[name], frame[name].astype("float64").describe()
        shown = [one.count, one.mean, one.minimum, *one.quartiles, one.maximum]
        names = ["count", "mean", "min", "25%", "50%", "75%", "max"]
        assert shown == pytest.approx(list(expected[names]))
        assert one.distinct == frame[name].nunique()
    assert dict(found["word"].top) == dict(frame["word"].value_counts())
    assert found["word"].missing == frame["word"].isna().sum()


def test_that_the_first_rows_come_with_the_shape(
    tables: TableService, parquet: Path
) -> None:
    shape, page = tables.open(parquet).head(3, 16)
    assert (shape.rows, len(shape.columns)) == (5000, 4)
    assert page.columns[0] == [0, 1, 2]
    assert list(page.rows) == [0, 1, 2]


def test_that_texts_of_files_that_differ_in_type_are_profiled_together(
    tables: TableService, tmp_path: Path
) -> None:
    pq.write_table(pa.table({"x": ["1", "2"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"x": [2, 3]}), tmp_path / "b.parquet")
    profile = tables.open(tmp_path).profile()
    assert dict(profile.columns[0].top) == {"2": 2, "1": 1, "3": 1}


def test_that_every_kind_of_column_has_a_profile(
    tables: TableService, tmp_path: Path
) -> None:
    import datetime

    day = datetime.date(2024, 5, 1)
    columns = {
        "truth": [True, None, False, True],
        "day": [day, day, None, datetime.date(2024, 5, 3)],
        "list": [[1], None, [2, 3], []],
        "nothing": pa.nulls(4),
        "endless": [math.inf, 1.0, 2.0, -math.inf],
        "category": pa.array(["a", "b", "a", None]).dictionary_encode(),
        "same": [0, 0, 0, 0],
        "tenth": pa.array([1, 2, 3, None], pa.decimal128(5, 1)),
    }
    pq.write_table(pa.table(columns), tmp_path / "kinds.parquet")
    found = tables.open(tmp_path / "kinds.parquet").profile().columns
    by_name = {one.column.name: one for one in found}
    assert by_name["truth"].top == (("True", 2), ("False", 1))
    assert by_name["day"].minimum == "2024-05-01T00:00:00"
    assert by_name["day"].distinct == 2
    assert by_name["list"].missing == 1
    assert by_name["nothing"].count == 0
    assert by_name["endless"].bars[0][2] + by_name["endless"].bars[-1][2] == 2
    assert by_name["category"].distinct == 2
    assert by_name["same"].bars == ((0.0, 0.0, 4),)
    assert by_name["same"].minimum == 0
    assert by_name["tenth"].mean == 2.0


def test_that_a_profile_is_kept_by_what_was_profiled(
    tables: TableService, parquet: Path
) -> None:
    made = tables.open(parquet, "sha256:1").profile()
    told: list[int] = []
    again = tables.open(parquet, "sha256:1").profile(lambda at, _: told.append(at))
    assert (again, told) == (made, [])
    assert tables.open(parquet, "sha256:2").kept_profile() is None
