"""A part of a pipeline as text that can be mailed: YAML, and its notes as a remark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.domain.pipeline import Pipeline
from studio.interchange import located
from studio.interchange.pipeline_layout import apply_layout, layout_of
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from

CANVAS = "# canvas: "
"""Before frames, notes and places: a remark, so that every reader takes the rest."""


def clipping_text(part: Pipeline) -> str:
    """The text of a part; its canvas only where it has frames or notes."""
    text = write_pipeline(part)
    if not part.annotations:
        return text
    layout = layout_of(part)
    for entry in layout["steps"].values():
        entry.pop("content")
    return f"{text}{CANVAS}{json.dumps(layout, separators=(',', ':'))}\n"


def read_clipping(text: str, layout: object = None) -> Pipeline:
    """What a text holds. `layout` is what the canvas knows, if it came beside it.

    InvalidError says what is wrong with the text.
    """
    document = located.parse(text, "the clipboard")
    pipeline = pipeline_from(document, Path(), "pasted")
    canvas = layout if isinstance(layout, dict) else _canvas_in(text)
    return apply_layout(pipeline, canvas)


def json_of(raw: bytes | str) -> object:
    """What another program wrote may be anything; None if it can't be read."""
    try:
        found: object = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found


def _canvas_in(text: str) -> Mapping[str, Any]:
    lines = (line for line in text.splitlines() if line.startswith(CANVAS))
    found = json_of(next(lines, "").removeprefix(CANVAS))
    return found if isinstance(found, dict) else {}
