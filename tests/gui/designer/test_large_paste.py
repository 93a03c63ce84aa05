"""A clipboard with thousands of steps is read while the window goes on."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from studio.domain.node import Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.clipboard import LARGE
from studio.gui.designer.page import DesignerPage
from studio.interchange.clipping import clipping_text

SECONDS = 60_000


def test_that_a_large_clipboard_is_read_aside_and_pasted_as_one_edit(
    page: DesignerPage, qtbot: QtBot
) -> None:
    nodes = [Node(f"i{n}", f"s{n}", "azureml:split@latest") for n in range(3_500)]
    text = clipping_text(Pipeline("many", tuple(nodes)))
    assert len(text) > LARGE
    QGuiApplication.clipboard().setText(text)
    before = page.editor.pipeline
    page.services.actions.get("edit.paste").trigger()
    assert page.editor.pipeline is before  # nothing was read on this thread
    qtbot.waitUntil(lambda: len(page.editor.pipeline.nodes) > 3_500, timeout=SECONDS)
    page.undo()
    assert page.editor.pipeline == before


def test_that_a_large_text_that_is_no_pipeline_is_refused(
    page: DesignerPage, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setText("jobs: [\n" + "x" * LARGE)
    with qtbot.waitSignal(page.editor.refused, timeout=SECONDS) as refused:
        page.services.actions.get("edit.paste").trigger()
    assert "holds no steps" in refused.args[0]
