"""Files dropped from the file manager."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from designer_hand import Hand
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from studio.domain.node import FromPath
from studio.gui.designer.page import DesignerPage

EMPTY = QPointF(600, 400)
COMPONENT = "name: count_rows\ntype: command\ncommand: echo\n"


def test_that_several_tables_become_steps_in_one_edit(
    page: DesignerPage, hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    files = [tmp_path / "more birds.csv", tmp_path / "fish.parquet"]
    for file in files:
        file.write_text("a,b\n1,2\n")
    hand.drop_files(files, EMPTY)
    qtbot.waitUntil(lambda: len(page.editor.pipeline.nodes) == 9)
    bound = [hand.node(f"import_data_{n}").inputs["file"] for n in (2, 3)]
    assert [Path(b.path).name for b in bound if isinstance(b, FromPath)] == [
        "more birds.csv",
        "fish.parquet",
    ]
    page.undo()
    assert len(page.editor.pipeline.nodes) == 7


def test_that_a_table_dropped_on_an_import_step_is_its_file(
    page: DesignerPage, hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    hand.drop("import_data", EMPTY)
    file = tmp_path / "birds.csv"
    file.write_text("a,b\n1,2\n")
    hand.drop_files([file], EMPTY)
    qtbot.waitUntil(lambda: "file" in hand.node("import_data_2").inputs)
    assert hand.node("import_data_2").inputs["file"] == FromPath(str(file), "uri_file")
    assert len(page.editor.pipeline.nodes) == 8


def test_that_a_model_goes_to_the_register_dialog(
    page: DesignerPage,
    hand: Hand,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    window = type(page.services)
    monkeypatch.setattr(
        window, "open_page", lambda self, page_id, **t: asked.append((page_id, t))
    )
    (tmp_path / "MLmodel").write_text("flavors: {}\n")
    hand.drop_files([tmp_path / "MLmodel"], EMPTY)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [("models", {"register": str(tmp_path)})]


@pytest.mark.parametrize("name", ["requirements.txt", "azure.yml", "Dockerfile"])
def test_that_what_declares_an_environment_goes_to_its_editor(
    name: str,
    page: DesignerPage,
    hand: Hand,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    window = type(page.services)
    monkeypatch.setattr(
        window, "open_page", lambda self, page_id, **t: asked.append((page_id, t))
    )
    (tmp_path / name).write_text("image: base:1\n")
    hand.drop_files([tmp_path / name], EMPTY)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [("environments", {"new_from": str(tmp_path / name)})]


def test_that_a_component_is_in_the_palette_at_once(
    page: DesignerPage, hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    (folder / "count.yml").write_text(COMPONENT)
    (folder / "diary.doc").write_text("mine")
    hand.drop_files([folder / "count.yml"], EMPTY)
    palette = page.bench.palette_panel
    qtbot.waitUntil(lambda: palette.index_of("count_rows").isValid())
    # Only the file itself is copied: it names no folder of code.
    own = page.services.workspace / "components" / "count_rows"
    assert [file.name for file in own.iterdir()] == ["component.yml"]


def test_that_a_pipeline_is_imported_and_opened(
    page: DesignerPage, hand: Hand, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "churn.yml"
    file.write_text(
        "name: churn\ntype: pipeline\njobs:\n  a:\n    type: command\n"
        "    component: azureml:split@latest\n"
    )
    hand.drop_files([file], EMPTY)
    qtbot.waitUntil(lambda: page.editor.pipeline.name == "churn", timeout=20_000)


@pytest.mark.parametrize(
    ("name", "words"),
    [("a.xyz", "has no use for a.xyz")],
)
def test_that_what_cannot_be_used_is_said(
    page: DesignerPage,
    hand: Hand,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    words: str,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        type(page.services), "toast", lambda self, text, **_: told.append(text)
    )
    (tmp_path / name).write_text("numpy\n")
    hand.drop_files([tmp_path / name], EMPTY)
    qtbot.waitUntil(lambda: any(words in text for text in told))
    assert len(page.editor.pipeline.nodes) == 7
