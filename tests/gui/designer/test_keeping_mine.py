"""Keep mine, without an edit: the pipeline on the canvas is what is on disk again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.bootstrap import Studio
from studio.gui.designer.page import DesignerPage

SECONDS = 60_000


def _cut(file: Path) -> None:
    file.write_text(file.read_text()[:150] + "\n  - [", encoding="utf-8")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _no_text(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\xd8")


def _no_file(file: Path) -> None:
    file.unlink()


def _no_folder(file: Path) -> None:
    shutil.move(file.parent, file.parent.parent.parent / "moved")


@pytest.mark.parametrize("harm", [_cut, _empty, _no_text, _no_file, _no_folder])
def test_that_keep_mine_brings_an_unedited_pipeline_back(
    page: DesignerPage, studio: Studio, qtbot: QtBot, harm: Callable[[Path], None]
) -> None:
    mine = page.editor.pipeline
    assert page.document is not None
    assert not page.document.dirty
    harm(studio.pipelines.folder("penguins") / "pipeline.yml")
    banner = page.bench.banner
    qtbot.waitUntil(banner.isVisible, timeout=SECONDS)
    buttons = banner.findChildren(QPushButton)
    keep = next(one for one in buttons if one.text() == "Keep mine")
    with qtbot.waitSignal(page.bench.saver.saved, timeout=SECONDS):
        QTest.mouseClick(keep, Qt.MouseButton.LeftButton)
    assert studio.pipelines.get("penguins") == mine
    assert studio.pipelines.content_hash("penguins") == page.document.sha256
    assert not banner.isVisible()
