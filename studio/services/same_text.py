"""Whether a file says already what is to be written: then it stays as it is."""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import StudioError
from studio.domain.pipeline import Pipeline
from studio.interchange import located
from studio.interchange.pipeline_layout import apply_layout, layout_of
from studio.interchange.pipeline_yaml import pipeline_from


def says_already(text: str, file: Path, pipeline: Pipeline) -> bool:
    """In its own order and words, with its own remarks."""
    try:
        document = located.parse(text, str(file))
        told = pipeline_from(document, file.parent, pipeline.name)
    except StudioError:
        return False
    return apply_layout(told, layout_of(pipeline)) == pipeline
