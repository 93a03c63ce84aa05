"""Two outputs side by side: they scroll as one, what differs is marked and counted."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.gui.tasks import Tasks
from studio.gui.theme.theme import tokens
from studio.gui.viewers.side_by_side import Side, SideBySide
from studio.services.tables.service import TableService

SECONDS = 30_000
SPOKEN = Qt.ItemDataRole.AccessibleTextRole


@pytest.fixture
def view(qtbot: QtBot, tables: TableService, tasks: Tasks) -> SideBySide:
    made = SideBySide(tables, tasks)
    qtbot.addWidget(made)
    made.resize(1000, 300)
    made.show()
    return made


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """3,000 rows whose columns are turned round, one cell changed, 10 rows more."""
    left = {"n": list(range(3000)), "word": ["a"] * 3000, "own": [0] * 3000}
    right = {"word": ["a"] * 3010, "n": list(range(3010))}
    right["n"][2500] = -1
    for name, columns in (("left", left), ("right", right)):
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    return tmp_path / "left.parquet", tmp_path / "right.parquet"


def compare(qtbot: QtBot, view: SideBySide, two: tuple[Path, Path]) -> None:
    left, right = two
    with qtbot.waitSignal(view.compared, timeout=SECONDS):
        view.show_sides(Side(lambda: left), Side(lambda: right))


def test_that_counts_and_columns_of_both_are_told(
    qtbot: QtBot, view: SideBySide, two: tuple[Path, Path]
) -> None:
    compare(qtbot, view, two)
    assert view.words.text() == (
        "3,000 → 3,010 rows · 1 cell differs in 1 column · 1 column only left"
    )
    view.tabs.setCurrentIndex(1)
    assert view.page is view.schema
    model = view.schema.model()
    shown = [
        [model.index(at, column).data() for column in (0, 1, 2, 3)] for at in range(3)
    ]
    assert shown == [
        ["n", "int64", "int64", "values"],
        ["word", "string", "string", ""],
        ["own", "int64", "—", "only on the left"],
    ]


def test_that_both_sides_scroll_and_pick_as_one(
    qtbot: QtBot, view: SideBySide, two: tuple[Path, Path]
) -> None:
    compare(qtbot, view, two)
    left, right = view.twins.grids
    header = right.horizontalHeader()
    assert [header.logicalIndex(place) for place in (0, 1)] == [1, 0]
    assert left.columnWidth(0) == right.columnWidth(1)
    left.verticalScrollBar().setValue(28 * 900)
    assert right.rowAt(0) == left.rowAt(0) == 900
    right.verticalScrollBar().setValue(28 * 100)
    assert left.rowAt(0) == 100
    left.setCurrentIndex(left.model().index(105, 0))
    now = right.currentIndex()
    assert (now.row(), now.column()) == (105, 1)
    left.setColumnWidth(0, 150)
    assert right.columnWidth(1) == 150


def test_that_changed_cells_are_reached_marked_and_told(
    qtbot: QtBot, view: SideBySide, two: tuple[Path, Path]
) -> None:
    compare(qtbot, view, two)
    left, right = view.twins.grids
    view.after.click()
    assert view.twins.row == 2500
    cell = left.model().index(2500, 0)
    qtbot.waitUntil(
        lambda: cell.data(SPOKEN) == "2500, changed, beside: -1", timeout=SECONDS
    )
    assert left.model().index(2499, 0).data(SPOKEN) == "2499"
    rect = left.visualRect(cell)
    picture = left.viewport().grab().toImage()
    mark = picture.pixelColor(rect.left() + 1, rect.center().y())
    assert mark == QColor(tokens().warn)
    right.go_to(3005)
    qtbot.waitUntil(
        lambda: "no such row" in str(right.model().index(3005, 1).data(SPOKEN)),
        timeout=SECONDS,
    )
    view.after.click()
    assert view.twins.row == 3005  # there is no further changed cell
    view.before.click()
    assert view.twins.row == 2500


def test_that_a_table_and_a_text_are_shown_each_as_it_is(
    qtbot: QtBot, view: SideBySide, two: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "notes.md").write_text("Well.")
    with qtbot.waitSignal(view.shown, timeout=SECONDS):
        view.show_sides(Side(lambda: two[0]), Side(lambda: tmp_path / "notes.md"))
    assert not view.tabs.isVisible()
    assert view.minimumSizeHint().width() < 600  # it stands beside other panels
    assert "Both as they are" in view.words.text()


def test_that_an_output_that_is_gone_is_said_and_the_next_pair_is_shown(
    qtbot: QtBot, view: SideBySide, two: tuple[Path, Path], tmp_path: Path
) -> None:
    with qtbot.waitSignal(view.shown, timeout=SECONDS):
        view.show_sides(Side(lambda: two[0]), Side(lambda: tmp_path / "none"))
    assert "isn't on disk any more" in view.trouble.text
    compare(qtbot, view, two)
    assert view.page is view.twins


@pytest.fixture
def keyed(tmp_path: Path) -> tuple[Path, Path]:
    """A cell changed, a row gone, one come, and the order turned round."""
    left = {"id": list(range(600)), "group": ["a", "b"] * 300, "x": [0] * 600}
    right = {key: list(reversed(cells)) for key, cells in left.items()}
    for cells, added in zip(right.values(), (700, "a", 0), strict=True):
        del cells[-1]  # the row of id 0
        cells.append(added)
    right["x"][right["id"].index(500)] = 9
    for name, columns in (("left", left), ("right", right)):
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    return tmp_path / "left.parquet", tmp_path / "right.parquet"


def spoken(view: SideBySide, side: int, row: int, column: int) -> str:
    model = view.twins.grids[side].model()
    return str(model.index(row, column).data(SPOKEN))


def test_that_rows_of_one_key_stand_beside_each_other_and_lone_ones_show(
    qtbot: QtBot, view: SideBySide, keyed: tuple[Path, Path]
) -> None:
    compare(qtbot, view, keyed)
    assert view.key.press.text() == "Rows by id"
    assert view.words.text() == (
        "600 rows · 1 added · 1 removed · 1 changed · 1 cell differs in 1 column"
    )
    left, right = view.twins.grids
    assert left.model().rowCount() == right.model().rowCount() == 601
    assert spoken(view, 0, 0, 0) == "0, changed, beside: no such row"
    assert spoken(view, 1, 0, 0) == "no such row"
    assert spoken(view, 1, 1, 0) == "1"
    rows = Qt.Orientation.Vertical
    assert left.model().headerData(1, rows) == "2"
    assert right.model().headerData(1, rows) == "599"
    assert right.model().headerData(0, rows) == ""
    for grid, row, mark in ((left, 0, "err"), (right, 600, "ok"), (left, 500, "warn")):
        grid.go_to(row)
        column = 2 if mark == "warn" else 0
        cell = grid.model().index(row, column)
        other = view.twins.grids[grid is left].model()
        qtbot.waitUntil(
            lambda cell=cell: ", changed" in str(cell.data(SPOKEN)), timeout=SECONDS
        )
        assert other.rowCount() == 601
        box = grid.visualRect(cell)
        seen = grid.viewport().grab().toImage()
        colour = seen.pixelColor(box.left() + 1, box.center().y())
        assert colour == QColor(tokens().color(mark))
    left.go_to(1)
    view.after.click()
    assert view.twins.row == 500
    view.after.click()
    assert view.twins.row == 600


def test_that_the_columns_of_the_key_are_chosen_by_keys_alone(
    qtbot: QtBot, view: SideBySide, keyed: tuple[Path, Path]
) -> None:
    compare(qtbot, view, keyed)
    entries = {}

    def choose(*words: str) -> None:
        view.key.menu.popup(view.mapToGlobal(view.rect().center()))
        entries.update({a.text(): a for a in view.key.menu.actions()})
        for word in words:
            view.key.menu.setActiveAction(entries[word])
            qtbot.keyClick(view.key.menu, Qt.Key.Key_Space)
        shown = view.key.menu.isVisible()
        if shown:
            qtbot.keyClick(view.key.menu, Qt.Key.Key_Escape)

    with qtbot.waitSignal(view.compared, timeout=SECONDS):
        choose("group")
    assert view.key.press.text() == "Rows by id, group"
    assert view.words.text().startswith("600 rows · 1 added")
    with qtbot.waitSignal(view.compared, timeout=SECONDS):
        choose("id")
    assert view.key.press.text() == "Rows by group"
    assert "598 rows on the left and 598 rows on the right repeat" in view.words.text()
    with qtbot.waitSignal(view.compared, timeout=SECONDS):
        choose("Row number")
    assert view.key.press.text() == "Rows by number"
    assert view.twins.grids[0].model().rowCount() == 600
    assert spoken(view, 0, 0, 0) == "0, changed, beside: 599"
    with qtbot.waitSignal(view.compared, timeout=SECONDS):
        choose("All columns")
    assert view.key.press.text() == "Rows by all columns"
    assert view.words.text() == "600 rows · 2 added · 2 removed"
    compare(qtbot, view, keyed)  # what was chosen stays
    assert view.key.press.text() == "Rows by all columns"
