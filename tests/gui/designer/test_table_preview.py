"""Tables are read by another process, whatever is in the file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.domain.errors import InvalidError, UnavailableError
from studio.gui.theme.theme import Theme
from studio.gui.viewers.outputs import look_into
from studio.gui.viewers.preview import TableHead, preview
from studio.gui.viewers.table_view import TableHeadView


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


def test_that_years_are_plain_and_floats_of_a_column_have_equal_decimals(
    qtbot: QtBot, theme: Theme
) -> None:
    columns = (("year", "int64"), ("grams", "double"), ("tiny", "double"))
    rows = ((2007, 39.1, 1.5e-07), (None, 39.0, 0.25), (2_000_009, 4.333333333, 0.0))
    view = TableHeadView()
    qtbot.addWidget(view)
    view.show_head(TableHead(columns, rows, 3))
    assert view.table is not None
    model = view.table.rows_model
    written = [[model.index(r, c).data() for r in range(3)] for c in range(3)]
    assert written == [
        ["2007", "—", "2000009"],
        ["39.1000", "39.0000", "4.3333"],
        ["1.5e-07", "0.25", "0.00"],
    ]
    view.table.copy()
    assert "4.333333333\t" in QGuiApplication.clipboard().text()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n3,4\n", "table"),
        (b"a\tb\n1\t2\n", "table"),
        (b"PAR1" + b"\xff" * 40 + b"PAR1", "table"),
        (b"Well, this is a note.\nIt has, as notes do, commas.\n", "text"),
        ("häßlich".encode(), "text"),
        (b"", "text"),
        (b"\x80\x04\x95\x00\x00", "files"),
    ],
)
def test_that_a_stored_file_is_known_by_its_content(
    tmp_path: Path, content: bytes, kind: str
) -> None:
    file = tmp_path / "0f3c9a"  # stored under its digest, without an ending
    file.write_bytes(content)
    assert look_into(file).kind == kind


def test_that_columns_parted_by_tabs_are_read(tmp_path: Path) -> None:
    (tmp_path / "0f3c9a").write_text("a\tb\n1\tx\n")
    assert preview(tmp_path / "0f3c9a").rows == ((1, "x"),)
