"""Steps on the clipboard: pipeline YAML that can also be pasted into a mail."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from studio.domain.pipeline import Pipeline
from studio.interchange import located
from studio.interchange.pipeline_layout import apply_layout, layout_of
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from

LAYOUT_TYPE = "application/x-mlops-studio-layout+json"


def put(part: Pipeline) -> None:
    """Offer a pipeline's text, and its places beside it."""
    data = QMimeData()
    data.setText(write_pipeline(part))
    data.setData(LAYOUT_TYPE, json.dumps(layout_of(part)).encode())
    QGuiApplication.clipboard().setMimeData(data)


def take() -> Pipeline:
    """The steps on the clipboard. InvalidError says what is wrong with the text."""
    data = QGuiApplication.clipboard().mimeData()
    document = located.parse(data.text(), "the clipboard")
    pipeline = pipeline_from(document, Path(), "pasted")
    layout: object = {}
    if data.hasFormat(LAYOUT_TYPE):
        layout = json.loads(bytes(data.data(LAYOUT_TYPE).data()))
    return apply_layout(pipeline, layout if isinstance(layout, dict) else {})
