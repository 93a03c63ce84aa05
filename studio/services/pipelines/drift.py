"""A pipeline's file that is not what was last saved: changed while nobody watched.

A checkout of Git, an editor, a copy that broke off: all are allowed, and the file may
well be right. So it is told, compared and given back on request; nothing is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from studio.domain.errors import StudioError
from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import difference
from studio.domain.pipeline_words import summary
from studio.services.pipelines.recovery import journals
from studio.services.pipelines.service import PipelineService
from studio.storage.pipelines import PipelineVersion

MOST_TRIED = 50


@dataclass(frozen=True)
class Drift:
    """The newest saved version, and what the file says since (`summary`)."""

    name: str
    version: int
    saved_at: datetime
    saved: Pipeline
    summary: str


def drift_of(pipelines: PipelineService, name: str) -> Drift | None:
    """How the file differs from its newest version; None if a run couldn't tell.

    While another window edits the pipeline (its journal is there), nothing is said:
    it is about to save. StudioError if the file can't be read.
    """
    found = pipelines.content_hash(name)
    for newest in pipelines.versions(name, 1):
        being_edited = bool(journals(pipelines.folder(name)))
        if newest.sha256 == found or being_edited:
            return None
        try:
            saved = pipelines.read_version(name, newest)
        except StudioError:
            return None  # a broken file was kept: there is nothing to compare with
        between = difference(saved, pipelines.get(name))
        if between.telling:
            told = summary(between)
            return Drift(name, newest.number, newest.created_at, saved, told)
    return None


def newest_readable(pipelines: PipelineService, name: str) -> PipelineVersion | None:
    """The newest saved version that can be opened."""
    for version in pipelines.versions(name, MOST_TRIED):
        try:
            pipelines.read_version(name, version)
        except StudioError:
            continue
        return version
    return None
