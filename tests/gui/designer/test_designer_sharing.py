"""Exporting the open pipeline as files."""

from __future__ import annotations

from pathlib import Path

from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.gui.designer.page import DesignerPage
from studio.gui.designer.sharing import PNG, PYTHON, SVG
from studio.interchange.pipeline_python import read_python
from studio.interchange.pipeline_yaml import read_pipeline

SECONDS = 60_000


def export(hand: Hand, qtbot: QtBot, file: Path, chosen: str = "") -> None:
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hand.key(Qt.Key.Key_E, keys)
    dialog = hand.page.findChild(QFileDialog)
    assert dialog is not None
    if chosen:
        dialog.filterSelected.emit(chosen)
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    qtbot.waitUntil(file.is_file, timeout=SECONDS)


def test_that_the_drawn_pipeline_is_exported_with_unsaved_edits(
    page: DesignerPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    hand.click(hand.middle("import_data"))
    hand.key(Qt.Key.Key_M)
    export(hand, qtbot, tmp_path / "birds.yml")
    assert read_pipeline(tmp_path / "birds.yml").by_name["import_data"].muted


def test_that_a_python_file_says_the_same(
    page: DesignerPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    export(hand, qtbot, tmp_path / "birds.py", PYTHON)
    found = read_python(tmp_path / "birds.py")
    assert [n.id for n in found.nodes] == [n.id for n in page.editor.pipeline.nodes]


def test_that_a_picture_to_scale_shows_the_steps(
    page: DesignerPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    export(hand, qtbot, tmp_path / "birds.svg", SVG)
    text = (tmp_path / "birds.svg").read_text()
    for node in page.editor.pipeline.nodes:
        assert f"<title>{node.title}</title>" in text


def test_that_a_picture_in_pixels_is_drawn_at_twice_the_size(
    page: DesignerPage, hand: Hand, qtbot: QtBot, tmp_path: Path
) -> None:
    export(hand, qtbot, tmp_path / "birds.png", PNG)
    shown: list[QImage] = []

    def read() -> bool:
        shown[:] = [QImage(str(tmp_path / "birds.png"))]
        return not shown[0].isNull()

    qtbot.waitUntil(read, timeout=SECONDS)
    picture = shown[0]
    assert picture.width() == 2 * (288 * 6 + 216 + 64)
    assert picture.pixelColor(2, 2) == QColor("#F3F4F6")
    assert picture.pixelColor(2 * (32 + 108), 2 * (32 + 4)) == QColor("#FFFFFF")
