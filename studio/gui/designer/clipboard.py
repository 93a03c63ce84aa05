"""What is copied, on the clipboard: pipeline YAML that can also go into a mail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from studio.domain.node import Edge
from studio.domain.pipeline import Pipeline
from studio.interchange.clipping import clipping_text, json_of, read_clipping
from studio.interchange.pipeline_layout import layout_of

LAYOUT_TYPE = "application/x-mlops-studio-layout+json"
LINKS_TYPE = "application/x-mlops-studio-links+json"


def put(part: Pipeline, outside: Sequence[Edge] = ()) -> None:
    """Offer a pipeline's text; beside it its places, and the edges that lead into it
    from steps that stay outside."""
    data = QMimeData()
    data.setText(clipping_text(part))
    data.setData(LAYOUT_TYPE, json.dumps(layout_of(part)).encode())
    data.setData(LINKS_TYPE, json.dumps([astuple(edge) for edge in outside]).encode())
    QGuiApplication.clipboard().setMimeData(data)


def take() -> tuple[Pipeline, tuple[Edge, ...]]:
    """What is on the clipboard, and the edges into its steps.

    InvalidError says what is wrong with the text.
    """
    data = QGuiApplication.clipboard().mimeData()
    part = read_clipping(data.text(), _json(data, LAYOUT_TYPE))
    listed = _json(data, LINKS_TYPE)
    return part, tuple(_edges(listed)) if isinstance(listed, list) else ()


def _json(data: QMimeData, kind: str) -> object:
    return json_of(bytes(data.data(kind).data()))


def _edges(listed: list[object]) -> Iterator[Edge]:
    for item in listed:
        if isinstance(item, list) and len(item) == 4:
            yield Edge(*(str(part) for part in item))
