"""Tables are read by another process, whatever is in the file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from studio.domain.errors import InvalidError, UnavailableError
from studio.gui.viewers.preview import preview


def test_that_the_head_of_a_table_folder_is_read(tmp_path: Path) -> None:
    values = pa.table({"n": range(500), "word": ["é"] * 500, "x": [float("nan")] * 500})
    pq.write_table(values, tmp_path / "data.parquet")
    head = preview(tmp_path, rows=3)
    assert head.columns == (("n", "int64"), ("word", "string"), ("x", "double"))
    assert head.rows == ((0, "é", None), (1, "é", None), (2, "é", None))
    assert head.total == 500


def test_that_a_csv_file_is_read_without_counting_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,x\n2,y\n")
    head = preview(tmp_path / "a.csv")
    assert (head.names, head.rows, head.total) == (
        ("a", "b"),
        ((1, "x"), (2, "y")),
        None,
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.parquet", b"PAR1" + b"\xff" * 4000 + b"PAR1"),
        ("data.parquet", b""),
        ("data.csv", b"\x00\xff\xfe" * 100),
        ("notes.md", b"no table here"),
    ],
)
def test_that_what_is_no_table_is_said_and_never_raised_as_a_bug(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidError, match="can't be read"):
        preview(tmp_path)


def test_that_a_reader_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    with pytest.raises(UnavailableError, match="longer than"):
        preview(tmp_path, seconds=0.01)
