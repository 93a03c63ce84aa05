"""A file changed outside while it is edited here: merged, or decided by a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.gui.designer.compare.merging import Merging
from studio.gui.designer.edits import titled
from studio.gui.designer.page import DesignerPage

LEFT = Qt.MouseButton.LeftButton
SECONDS = 20_000


@pytest.fixture
def file(page: DesignerPage) -> Path:
    return page.studio.pipelines.file("penguins")


def _merging(page: DesignerPage) -> Merging:
    return next(f for f in page.features if isinstance(f, Merging))


def _press(page: DesignerPage, text: str, qtbot: QtBot) -> None:
    banner = page.bench.banner
    qtbot.waitUntil(banner.isVisible, timeout=SECONDS)
    wanted = next(b for b in banner.findChildren(QPushButton) if b.text() == text)
    QTest.mouseClick(wanted, LEFT)


def _edit_both(page: DesignerPage, file: Path, old: str, new: str) -> None:
    """An edit here, and another one in the file before it is saved."""
    document = page.document
    mine = document.pipeline.bind("split", "shuffle", Value(False))
    document.edit(mine, "Change shuffle")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_that_edits_of_different_places_are_merged_without_a_question(
    page: DesignerPage, file: Path, qtbot: QtBot
) -> None:
    _edit_both(page, file, "Train random forest", "Grow a forest")
    _press(page, "Merge both", qtbot)
    pipeline = page.editor
    qtbot.waitUntil(lambda: pipeline.pipeline.node("train").title == "Grow a forest")
    assert pipeline.pipeline.node("split").inputs["shuffle"] == Value(False)
    qtbot.waitUntil(lambda: not page.document.dirty, timeout=SECONDS)
    text = file.read_text()
    assert "Grow a forest" in text
    assert "shuffle: false" in text
    assert not page.bench.banner.isVisible()
    page.undo()
    assert page.editor.pipeline.node("train").title == "Train random forest"
    assert page.editor.pipeline.node("split").inputs["shuffle"] == Value(False)


def test_that_a_person_decides_what_both_sides_changed(
    page: DesignerPage, file: Path, qtbot: QtBot
) -> None:
    document = page.document
    split = document.pipeline.node("split")
    document.edit(titled(document.pipeline, split, "Halves"), "Rename")
    file.write_text(file.read_text().replace("Split 75 / 25", "Quarters"))
    _press(page, "Merge both", qtbot)
    panel = _merging(page).panel
    qtbot.waitUntil(panel.isVisible, timeout=SECONDS)
    (conflict,) = panel.conflicts.rows_model.rows
    assert (conflict.side, conflict.place) == ("mine", "Halves · title")
    assert (conflict.mine, conflict.theirs) == ("Halves", "Quarters")
    assert panel.table.rows_model.rows == []
    QTest.mouseClick(panel.use_theirs, LEFT)
    assert panel.conflicts.rows_model.rows[0].side == "theirs"
    assert [r.text for r in panel.table.rows_model.rows] == ["title Halves → Quarters"]
    QTest.mouseClick(panel.finish, LEFT)
    titles = {node.title for node in page.editor.pipeline.nodes}
    assert "Quarters" in titles
    assert "Halves" not in titles
    assert page.bench.isVisible()
    qtbot.waitUntil(lambda: not document.dirty, timeout=SECONDS)


def test_that_deciding_later_changes_nothing(
    page: DesignerPage, file: Path, qtbot: QtBot
) -> None:
    document = page.document
    mine = document.pipeline.bind("train", "depth_of_mine", Value(1))
    document.edit(mine, "Mine")
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith("  train:"))
    inside = next(n for n in range(at, len(lines)) if lines[n].strip() == "inputs:")
    lines.insert(inside + 1, "      depth_of_mine: 2\n")
    file.write_text("".join(lines))
    theirs = file.read_text()
    _press(page, "Merge both", qtbot)
    panel = _merging(page).panel
    qtbot.waitUntil(panel.isVisible, timeout=SECONDS)
    QTest.mouseClick(panel.close_button, LEFT)
    assert page.bench.banner.isVisible()
    assert page.editor.pipeline == mine
    assert file.read_text() == theirs
