"""Outputs that are images: a grid of thumbnails, each opened by Enter."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.gui.tasks import Tasks
from studio.gui.viewers.output_pane import OutputPane
from studio.gui.viewers.outputs import look_into
from studio.services.tables.service import TableService

SECONDS = 30_000
COLORS = ["red", "green", "blue", "white", "black"]


@pytest.fixture
def pane(qtbot: QtBot, tables: TableService, tasks: Tasks) -> OutputPane:
    made = OutputPane(tables, tasks)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    return made


@pytest.fixture
def album(tmp_path: Path) -> Path:
    folder = tmp_path / "album"
    (folder / "inner").mkdir(parents=True)
    for number, color in enumerate(COLORS):
        Image.new("RGB", (300, 150), color).save(folder / "inner" / f"{number}.png")
    (folder / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    (folder / "notes.txt").write_text("well")
    return folder


def show(qtbot: QtBot, pane: OutputPane, path: Path) -> None:
    with qtbot.waitSignal(pane.shown, timeout=SECONDS):
        pane.show_output(lambda: path)


def middle_color(pane: OutputPane, number: int) -> QColor:
    index = pane.images.grid.model().index(number, 0)
    pixmap = index.data(Qt.ItemDataRole.DecorationRole)
    assert isinstance(pixmap, QPixmap)
    return pixmap.toImage().pixelColor(pixmap.width() // 2, pixmap.height() // 2)


def spoken(pane: OutputPane, number: int) -> str:
    index = pane.images.grid.model().index(number, 0)
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_that_a_folder_of_images_is_a_grid_that_enter_and_arrows_walk(
    qtbot: QtBot, pane: OutputPane, album: Path
) -> None:
    show(qtbot, pane, album)
    assert pane.page is pane.images
    assert pane.images.currentWidget() is pane.images.grid
    assert pane.images.grid.model().rowCount() == 6
    qtbot.waitUntil(lambda: middle_color(pane, 0) == QColor("red"), timeout=SECONDS)
    assert spoken(pane, 0) == "inner/0.png, 300 × 150 pixels"
    qtbot.waitUntil(lambda: "can't be shown" in spoken(pane, 5), timeout=SECONDS)
    grid, big = pane.images.grid, pane.images.big
    QTest.keyClick(grid, Qt.Key.Key_Right)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert pane.images.currentWidget() is big
    told = big.accessibleDescription
    qtbot.waitUntil(
        lambda: told() == "inner/1.png · 300 × 150 pixels · 2 of 6", timeout=SECONDS
    )
    QTest.keyClick(big, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: told().endswith("3 of 6"), timeout=SECONDS)
    center = big.grab().toImage().pixelColor(big.rect().center())
    assert center == QColor("blue")
    QTest.keyClick(big, Qt.Key.Key_Escape)
    assert pane.images.currentWidget() is grid
    assert grid.currentIndex().row() == 2


def test_that_a_single_image_is_large_at_once_and_takes_no_focus(
    qtbot: QtBot, pane: OutputPane, album: Path
) -> None:
    before = QApplication.focusWidget()
    show(qtbot, pane, album / "inner" / "2.png")
    big = pane.images.big
    assert pane.images.currentWidget() is big
    qtbot.waitUntil(
        lambda: big.accessibleDescription() == "2.png · 300 × 150 pixels",
        timeout=SECONDS,
    )
    assert QApplication.focusWidget() is before


def test_that_a_table_with_images_shows_them_in_a_tab_of_their_own(
    qtbot: QtBot, pane: OutputPane, album: Path, tmp_path: Path
) -> None:
    content = [(album / "inner" / f"{n}.png").read_bytes() for n in (1, 0)]
    pq.write_table(pa.table({"n": [1, 0], "image": content}), tmp_path / "t.parquet")
    show(qtbot, pane, tmp_path / "t.parquet")
    assert [pane.tabs.tabText(n) for n in range(pane.tabs.count())][-1] == "Images"
    pane.tabs.setCurrentIndex(3)
    assert pane.page is pane.images
    qtbot.waitUntil(lambda: middle_color(pane, 0) == QColor("green"), timeout=SECONDS)
    assert spoken(pane, 1) == "Row 2, 300 × 150 pixels"


def test_that_images_are_known_by_name_or_first_bytes(
    album: Path, tmp_path: Path
) -> None:
    stored = tmp_path / "0f3c9a"
    stored.write_bytes((album / "inner" / "0.png").read_bytes())
    assert look_into(stored).kind == "images"
    assert look_into(album).kind == "images"
    (tmp_path / "BM.txt").write_text("BMs are cars")
    assert look_into(tmp_path / "BM.txt").kind == "text"
    for number in range(8):
        (album / f"{number}.bin").write_bytes(b"\x80\x04\x95")
    assert look_into(album).kind == "files"
