"""The path of a table in the clipboard becomes the step that imports it."""

from __future__ import annotations

from pathlib import Path

import pytest
from designer_hand import Hand
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.domain.node import FromPath
from studio.gui.designer.dropped_files import paths_in
from studio.gui.designer.page import DesignerPage

CTRL = Qt.KeyboardModifier.ControlModifier


def pasted(hand: Hand, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    hand.key(Qt.Key.Key_V, CTRL)


def test_that_paths_and_addresses_of_tables_become_configured_steps(
    page: DesignerPage, hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    table, other = tmp_path / "two words.csv", tmp_path / "b.parquet"
    table.write_text("a,b\n1,2\n")
    other.write_bytes(b"")
    start = page.editor.pipeline
    page.view.centerOn(hand.middle("split"))  # that step is left alone
    pasted(hand, f"{table}\n")
    qtbot.waitUntil(lambda: page.editor.pipeline is not start)
    (made,) = page.editor.selected()
    assert made.inputs["file"] == FromPath(str(table), "uri_file")
    assert page.document.stack.undoText() == "Import two words.csv"
    pasted(hand, f"file://{str(table).replace(' ', '%20')}\n'{other}'")
    qtbot.waitUntil(lambda: len(page.editor.selected()) == 2)
    page.undo()
    page.undo()
    assert page.editor.pipeline == start


def test_that_a_path_that_leads_nowhere_is_told(
    page: DesignerPage,
    hand: Hand,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []

    def show_error(_: object, error: BaseException, retry: object = None) -> None:
        told.append(str(error))

    monkeypatch.setattr(type(page.services), "show_error", show_error)
    start = page.editor.pipeline
    pasted(hand, str(tmp_path / "gone.csv"))
    qtbot.waitUntil(lambda: bool(told))
    assert "There is no file" in told[0]
    pasted(hand, f"/{'x' * 400}.csv")
    qtbot.waitUntil(lambda: len(told) == 2)
    assert page.editor.pipeline is start


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.csv",
        "some words, /data/a.csv",
        "/data/a.csv\nand more",
        "/bin/sh",
        "https://example.org/a.csv",
        "file://elsewhere.example.org/a.csv",
        "/a\0.csv",
        "/a.csv\n" * 9_000,
    ],
)
def test_that_other_text_is_no_path(text: str) -> None:
    assert paths_in(text) == []
