"""Any output in a pane: rows on demand, found and copied; what is damaged is told."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.gui.tasks import Tasks
from studio.gui.theme.theme import tokens
from studio.gui.viewers.output_pane import OutputPane
from studio.gui.viewers.outputs import look_into
from studio.services.tables.service import TableService

SECONDS = 30_000


@pytest.fixture
def pane(qtbot: QtBot, tables: TableService, tasks: Tasks) -> OutputPane:
    made = OutputPane(tables, tasks)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


def show(qtbot: QtBot, pane: OutputPane, path: Path) -> None:
    with qtbot.waitSignal(pane.shown, timeout=SECONDS):
        pane.show_output(lambda: path)


@pytest.fixture
def long_table(tmp_path: Path) -> Path:
    file = tmp_path / "long.parquet"
    columns = {
        "n": range(100_000),
        "word": [f"w{n % 7}" if n % 5 else None for n in range(100_000)],
    }
    pq.write_table(pa.table(columns), file, row_group_size=9_000)
    return file


def written(pane: OutputPane, row: int, column: int) -> str:
    assert pane.rows.pages is not None
    return pane.rows.pages.written(row, column)


def test_that_any_row_comes_when_it_is_looked_at(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    assert pane.page is pane.rows
    assert pane.caption == "100,000 rows × 2 columns"
    assert (written(pane, 0, 0), written(pane, 0, 1)) == ("0", "null")
    pane.rows.jump.setText("77,001")
    QTest.keyClick(pane.rows.jump, Qt.Key.Key_Return)
    assert pane.rows.grid.currentIndex().row() == 77_000
    assert pane.rows.grid.rowAt(10) > 76_000
    qtbot.waitUntil(lambda: written(pane, 77_000, 0) == "77000", timeout=SECONDS)


def test_that_only_what_is_looked_at_is_read(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    pages, bar = pane.rows.pages, pane.rows.grid.verticalScrollBar()
    assert pages is not None
    for share in range(40):  # flung past many blocks in one turn of the loop
        bar.setValue(bar.maximum() * share // 40)
        pane.rows.grid.viewport().repaint()
    bar.setValue(bar.maximum())
    qtbot.waitUntil(lambda: written(pane, 99_999, 0) == "99999", timeout=SECONDS)
    assert len(pages._kept) < 12


def test_that_what_lies_around_the_view_is_fetched_before_it_is_scrolled_to(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    grid, pages = pane.rows.grid, pane.rows.pages
    assert pages is not None
    grid.go_to(50_000)
    held = pages._kept
    block = grid.in_view()[0][0] // 256
    qtbot.waitUntil(lambda: {(block - 1, 0), (block + 1, 0)} <= set(held))
    assert pages.peek((block + 1) * 256, 0) == (block + 1) * 256


def test_that_cells_are_drawn_where_qt_says_they_are(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    grid = pane.rows.grid
    grid.horizontalHeader().moveSection(1, 0)
    grid.setCurrentIndex(grid.model().index(2, 1))
    picture = grid.viewport().grab().toImage()

    def colors(row: int, column: int) -> set[str]:
        inner = grid.visualRect(grid.model().index(row, column)).adjusted(2, 2, -2, -3)
        return {
            picture.pixelColor(x, y).name()
            for x in range(inner.left(), inner.right())
            for y in range(inner.top(), inner.bottom())
        }

    selected = tokens().selected.lower()
    assert selected in colors(2, 1)
    assert selected not in colors(2, 0) | colors(1, 1)
    assert len(colors(1, 1)) > 2  # a word is written there
    below = grid.rowViewportPosition(grid.in_view()[0][-1]) + grid.rowHeight(0)
    assert below >= grid.viewport().height()


def test_that_rows_are_filtered_sorted_and_all_back_again(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    QTest.keyClicks(pane.rows.filter, "word=w3 n>50000")
    QTest.keyClick(pane.rows.filter, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "of 100,000 rows" in pane.caption, timeout=SECONDS)
    header = pane.rows.grid.horizontalHeader()
    header.setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: written(pane, 0, 0) == "99998", timeout=SECONDS)
    rows = pane.rows.grid.model()
    assert rows.headerData(0, Qt.Orientation.Vertical) == "99999"
    pane.rows.filter.clear()
    header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: written(pane, 1, 0) == "1", timeout=SECONDS)
    assert pane.caption == "100,000 rows × 2 columns"


def test_that_a_filter_that_can_not_be_is_told_and_the_rows_stay(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    QTest.keyClicks(pane.rows.filter, "m=1")
    QTest.keyClick(pane.rows.filter, Qt.Key.Key_Return)
    assert pane.rows.trouble.isVisible()
    assert "no column 'm'" in pane.rows.trouble.text
    assert written(pane, 1, 0) == "1"


def test_that_selected_cells_are_copied_exactly_also_those_not_yet_seen(
    qtbot: QtBot, pane: OutputPane, long_table: Path
) -> None:
    show(qtbot, pane, long_table)
    grid = pane.rows.grid
    grid.selectColumn(0)
    QTest.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    clipboard = QGuiApplication.clipboard()
    expected = "\n".join(["n", *map(str, range(100_000))]) + "\n"
    qtbot.waitUntil(lambda: clipboard.text() == expected, timeout=SECONDS)
    grid.clearSelection()
    grid.setColumnHidden(0, True)
    pane.rows.jump.setText("2")
    QTest.keyClick(pane.rows.jump, Qt.Key.Key_Return)
    grid.selectRow(1)
    QTest.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: clipboard.text() == "word\nw1\n", timeout=SECONDS)


def test_that_a_text_file_is_shown_at_once_and_then_counted(
    qtbot: QtBot, pane: OutputPane, tmp_path: Path
) -> None:
    lines = ["n,x", *(f"{n},{n / 3}" for n in range(20_000))]
    (tmp_path / "long.csv").write_text("\n".join(lines))
    show(qtbot, pane, tmp_path / "long.csv")
    assert pane.caption == "first 256 rows × 2 columns"
    qtbot.waitUntil(lambda: pane.caption == "20,000 rows × 2 columns", timeout=SECONDS)
    pane.rows.grid.go_to(19_999)
    qtbot.waitUntil(lambda: written(pane, 19_999, 0) == "19999", timeout=SECONDS)


def test_that_years_are_plain_and_floats_of_a_column_have_equal_decimals(
    qtbot: QtBot, pane: OutputPane, tmp_path: Path
) -> None:
    columns = {
        "year": [2007, None, 2_000_009],
        "grams": [39.1, 39.0, 4.333333333],
        "tiny": [1.5e-07, 0.25, 0.0],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    show(qtbot, pane, tmp_path / "t.parquet")
    shown = [[written(pane, row, column) for row in range(3)] for column in range(3)]
    assert shown == [
        ["2007", "null", "2000009"],
        ["39.1000", "39.0000", "4.3333"],
        ["1.5e-07", "0.25", "0.00"],
    ]


def test_that_a_damaged_table_is_one_message_and_the_next_one_is_read(
    qtbot: QtBot, pane: OutputPane, tmp_path: Path, long_table: Path
) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no table PAR1")
    show(qtbot, pane, tmp_path / "broken.parquet")
    assert "can't be read" in pane.trouble.text
    show(qtbot, pane, long_table)
    assert pane.page is pane.rows


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n3,4\n", "table"),
        (b"a\tb\n1\t2\n", "table"),
        (b'{"a": 1}\n{"a": 2}\n', "table"),
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
