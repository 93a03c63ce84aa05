"""What the steps of a run are called: by the pipeline that the run was started with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio.domain.errors import StudioError


def titles_in(yaml: str, folder: Path) -> Mapping[str, str]:
    """By name; none where the text can't be read any more."""
    from studio.interchange import located
    from studio.interchange.pipeline_yaml import pipeline_from

    try:
        pipeline = pipeline_from(located.parse(yaml, "a run"), folder, "run")
    except StudioError:
        return {}
    return {node.name: node.title for node in pipeline.nodes}
