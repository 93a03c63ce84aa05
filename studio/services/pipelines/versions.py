"""Saved versions of pipelines: what changed in each, and which clones came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.domain.metrics import main_metrics
from studio.domain.pipeline import Pipeline
from studio.domain.pipeline_diff import difference
from studio.domain.pipeline_merge import Merge, merge_pipelines
from studio.domain.pipeline_words import summary
from studio.domain.run import Run
from studio.interchange import located
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from
from studio.services.pipelines.service import PipelineService
from studio.services.runs.service import RunService
from studio.storage.pipelines import PipelineVersion

ORIGIN, ORIGIN_VERSION = "cloned_from", "cloned_from_version"
FIRST = "First version"
_RUNS_LOOKED_AT = 200
_REMEMBERED = 512


@dataclass(frozen=True)
class HistoryEntry:
    """A saved version: what changed since the one before, and what came of it."""

    version: int
    created_at: datetime
    created_by: str
    sha256: str
    summary: str
    run_id: str = ""
    metrics: Mapping[str, float] | None = None


@dataclass(frozen=True)
class Relative:
    """A pipeline in its family of clones. `depth` is the distance from the first."""

    name: str
    title: str
    depth: int
    version: int | None = None
    origin: str = ""
    origin_version: int | None = None
    metrics: Mapping[str, float] | None = None
    missing: bool = False


class VersionService:
    def __init__(self, pipelines: PipelineService, runs: RunService) -> None:
        self._pipelines, self._runs = pipelines, runs
        self._read = lru_cache(_REMEMBERED)(self._read_version)

    def named(self, text: str) -> Pipeline:
        """A pipeline by NAME, NAME:VERSION or the path of a YAML file."""
        name, colon, number = text.rpartition(":")
        if colon and number.isdigit() and "/" not in text:
            return self._pipelines.version(name, int(number))
        if text.endswith((".yml", ".yaml")) or "/" in text:
            return self._pipelines.read_file(Path(text).expanduser().absolute())
        return self._pipelines.get(text)

    def history(self, name: str, limit: int = 50) -> tuple[HistoryEntry, ...]:
        """The newest versions, newest first. NotFoundError if there is nothing."""
        versions = self._pipelines.versions(name, limit + 1)
        if not versions:
            self._pipelines.file(name)
        newest = self._newest_runs(name)
        entries = []
        for number, version in enumerate(versions[:limit]):
            before = versions[number + 1] if number + 1 < len(versions) else None
            run = newest.get(version.number)
            entries.append(
                HistoryEntry(
                    version.number,
                    version.created_at,
                    version.created_by,
                    version.sha256,
                    self._summary(name, before, version),
                    run.id if run else "",
                    main_metrics(run.metrics, 1) if run else None,
                )
            )
        return tuple(entries)

    def restore(self, name: str, number: int) -> int:
        """Make a saved version the newest one; the number it has as that."""
        return self._pipelines.restore(name, number)

    def origin(self, pipeline: Pipeline) -> Pipeline | None:
        """What a clone was made from: that version, or the pipeline as it is now."""
        name = pipeline.tags.get(ORIGIN, "")
        number = pipeline.tags.get(ORIGIN_VERSION, "")
        if not name:
            return None
        try:
            if number.isdigit():
                return self._pipelines.version(name, int(number))
            return self._pipelines.get(name)
        except NotFoundError:
            return None

    def family(self, name: str) -> tuple[Relative, ...]:
        """The first ancestor, then each clone under what it was made from."""
        known = self._all()
        first, seen = name, {name}
        while (parent := _parent(known.get(first))) and parent not in seen:
            first = parent
            seen.add(parent)
        found: list[Relative] = []
        self._gather(first, 0, known, found)
        return tuple(found)

    def _gather(
        self,
        name: str,
        depth: int,
        known: Mapping[str, Pipeline],
        found: list[Relative],
    ) -> None:
        if any(each.name == name for each in found):
            return
        pipeline = known.get(name)
        if pipeline is None:
            found.append(Relative(name, name, depth, missing=True))
        else:
            found.append(self._relative(pipeline, depth))
        for child in sorted(known):
            if _parent(known[child]) == name:
                self._gather(child, depth + 1, known, found)

    def _relative(self, pipeline: Pipeline, depth: int) -> Relative:
        number = pipeline.tags.get(ORIGIN_VERSION, "")
        runs = self._runs.list(pipeline=pipeline.name, limit=5)
        told = [main_metrics(run.metrics, 1) for run in runs]
        versions = self._pipelines.versions(pipeline.name, 1)
        return Relative(
            pipeline.name,
            pipeline.title,
            depth,
            versions[0].number if versions else None,
            pipeline.tags.get(ORIGIN, ""),
            int(number) if number.isdigit() else None,
            next((metrics for metrics in told if metrics), None),
        )

    def _all(self) -> dict[str, Pipeline]:
        """The pipelines that can be read, by name."""
        found = {}
        for each in self._pipelines.list():
            if not each.message:
                found[each.name] = self._pipelines.get(each.name)
        return found

    def _newest_runs(self, name: str) -> dict[int, Run]:
        """The newest run of each version."""
        found: dict[int, Run] = {}
        for run in self._runs.list(pipeline=name, limit=_RUNS_LOOKED_AT):
            if run.pipeline_version is not None:
                found.setdefault(run.pipeline_version, run)
        return found

    def _summary(
        self, name: str, before: PipelineVersion | None, after: PipelineVersion
    ) -> str:
        if before is None:
            return FIRST if after.number == 1 else ""
        try:
            old, new = (self._version(name, each) for each in (before, after))
        except StudioError as error:
            return f"Can't be read: {error.message}"
        if not (found := difference(old, new)) and before.yaml != after.yaml:
            return "Remarks or order changed"
        return summary(found)

    def _version(self, name: str, version: PipelineVersion) -> Pipeline:
        return self._read(name, version.number, version.sha256)

    def _read_version(self, name: str, number: int, sha256: str) -> Pipeline:
        return self._pipelines.version(name, number)


def merge_files(base: Path, mine: Path, theirs: Path) -> tuple[Merge, str]:
    """Three files merged, and the text of mine (whose remarks are kept).

    An empty file is a pipeline without steps: Git gives one where there is no base.
    """
    texts = [_text(path) for path in (base, mine, theirs)]
    sides = [
        pipeline_from(located.parse(text, str(path)), mine.parent, "pipeline")
        if text.strip()
        else Pipeline("pipeline")
        for text, path in zip(texts, (base, mine, theirs), strict=True)
    ]
    return merge_pipelines(*sides), texts[1]


def merged_text(pipeline: Pipeline, old_text: str) -> str:
    """A merged pipeline as YAML, with the remarks of the file it replaces."""
    return write_pipeline(pipeline, old_text)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {path}", "Check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(
            f"{path} can't be read: {error}", "Save it as UTF-8"
        ) from error


def _parent(pipeline: Pipeline | None) -> str:
    return pipeline.tags.get(ORIGIN, "") if pipeline else ""
