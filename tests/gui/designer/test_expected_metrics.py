"""The metric of a sweep, before the pipeline has ever run."""

from __future__ import annotations

import os
from pathlib import Path

from designer_hand import Hand
from pytestqt.qtbot import QtBot

from studio.domain.node import Value
from studio.gui.designer.page import DesignerPage
from studio.gui.designer.sweeping.expected import expected_metrics
from studio.gui.designer.sweeping.feature import Sweeping

SECONDS = 30_000


def test_that_a_pipeline_that_tells_species_is_known_to_report_accuracy(
    page: DesignerPage, hand: Hand, qtbot: QtBot
) -> None:
    columns, editor = page.bench.columns, page.editor
    evaluate = hand.node("evaluate")
    qtbot.waitUntil(lambda: columns.into(evaluate, "data") is not None, timeout=SECONDS)
    of, into = editor.catalog.of, columns.into
    assert expected_metrics(editor.pipeline, of, into) == ["accuracy"]
    numbers = editor.pipeline.bind("evaluate", "task", Value("regression"))
    assert expected_metrics(numbers, of, into) == ["rmse"]
    feature = next(one for one in page.features if isinstance(one, Sweeping))
    feature.ask()
    dialog = feature.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.measure.value() == "accuracy", timeout=SECONDS)
    if folder := os.environ.get("STUDIO_SCREENSHOTS"):
        dialog.grab().save(str(Path(folder) / "sweep-dialog-first.png"))
    dialog.reject()
