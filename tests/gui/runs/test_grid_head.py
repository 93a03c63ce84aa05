"""The head of a table: the mark of a type stands beside the name, whatever its side."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.gui.tasks import Tasks
from studio.gui.viewers.data_grid import DataGrid
from studio.gui.viewers.page_model import TablePages
from studio.gui.viewers.rows_view import open_table
from studio.services.tables.service import TableService

WIDE = 240


def inked(image: QImage, box: QRect) -> list[int]:
    """Where along a box something is drawn on its ground."""
    ground = image.pixelColor(box.left() + 1, box.top() + 2)
    return [
        x
        for x in range(box.left(), box.right())
        if any(
            _apart(image.pixelColor(x, y), ground)
            for y in range(box.top() + 2, box.bottom() - 4)
        )
    ]


def _apart(one: QColor, other: QColor) -> bool:
    return abs(one.lightness() - other.lightness()) > 24


def test_that_the_mark_of_a_number_stands_beside_its_name(
    qtbot: QtBot, tables: TableService, tasks: Tasks, tmp_path: Path
) -> None:
    pq.write_table(pa.table({"word": ["a"], "n": [1]}), tmp_path / "t.parquet")
    opened = open_table(tables.open(tmp_path / "t.parquet"))
    grid = DataGrid()
    qtbot.addWidget(grid)
    grid.show_pages(TablePages(opened.table, opened.shape, opened.head, tasks, grid))
    grid.resize(700, 120)
    for column in (0, 1):
        grid.setColumnWidth(column, WIDE)
    grid.show()
    header = grid.horizontalHeader()
    image = header.viewport().grab().toImage()
    high = header.height()
    word = inked(image, QRect(0, 0, WIDE, high))
    number = inked(image, QRect(WIDE, 0, WIDE, high))
    assert max(word) - min(word) < WIDE // 3  # mark and name, at the left
    assert max(number) - min(number) < WIDE // 3  # mark and name, at the right
    assert min(number) > WIDE + WIDE // 2
