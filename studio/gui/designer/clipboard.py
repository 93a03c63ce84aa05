"""Steps on the clipboard: pipeline YAML that can also be pasted into a mail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from studio.domain.node import Edge
from studio.domain.pipeline import Pipeline
from studio.interchange import located
from studio.interchange.pipeline_layout import apply_layout, layout_of
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from

LAYOUT_TYPE = "application/x-mlops-studio-layout+json"
LINKS_TYPE = "application/x-mlops-studio-links+json"


def put(part: Pipeline, outside: Sequence[Edge] = ()) -> None:
    """Offer a pipeline's text; beside it its places, and the edges that lead into it
    from steps that stay outside."""
    data = QMimeData()
    data.setText(write_pipeline(part))
    data.setData(LAYOUT_TYPE, json.dumps(layout_of(part)).encode())
    data.setData(LINKS_TYPE, json.dumps([astuple(edge) for edge in outside]).encode())
    QGuiApplication.clipboard().setMimeData(data)


def take() -> tuple[Pipeline, tuple[Edge, ...]]:
    """The steps on the clipboard, and the edges into them.

    InvalidError says what is wrong with the text.
    """
    data = QGuiApplication.clipboard().mimeData()
    document = located.parse(data.text(), "the clipboard")
    pipeline = pipeline_from(document, Path(), "pasted")
    layout = _json(data, LAYOUT_TYPE)
    placed = apply_layout(pipeline, layout if isinstance(layout, dict) else {})
    listed = _json(data, LINKS_TYPE)
    return placed, tuple(_edges(listed)) if isinstance(listed, list) else ()


def _json(data: QMimeData, kind: str) -> object:
    """What another program put there may be anything."""
    try:
        found: object = json.loads(bytes(data.data(kind).data()))
    except ValueError:
        return None
    return found


def _edges(listed: list[object]) -> Iterator[Edge]:
    for item in listed:
        if isinstance(item, list) and len(item) == 4:
            yield Edge(*(str(part) for part in item))
