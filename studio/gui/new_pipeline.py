"""A new pipeline is named by one rule, wherever it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.bootstrap import Studio


def new_pipeline(studio: Studio) -> str:
    """Make an empty pipeline; gives its name."""
    name = studio.pipelines.free_name("pipeline")
    number = name.rpartition("-")[2]
    title = f"New pipeline {number}" if number.isdigit() else "New pipeline"
    return studio.pipelines.create(name, title).name
