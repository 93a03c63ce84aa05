"""Pipelines: files in the workspace, with versions kept on each save."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from studio.domain.component import Component
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    RefusedError,
    StudioError,
)
from studio.domain.node import Node
from studio.domain.pipeline import (
    LONGEST_NAME,
    RESERVED,
    Pipeline,
    check_new_name,
    check_pipeline_name,
)
from studio.domain.run import RunOptions
from studio.domain.validation import Problem
from studio.interchange import located
from studio.interchange.pipeline_layout import (
    apply_layout,
    apply_positions,
    layout_of,
)
from studio.interchange.pipeline_python import read_python, write_python
from studio.interchange.pipeline_svg import draw_svg
from studio.interchange.pipeline_writer import write_pipeline
from studio.interchange.pipeline_yaml import pipeline_from, read_pipeline
from studio.services.components.service import ComponentService
from studio.services.pipelines.composition import Composition, LookedUp
from studio.services.pipelines.relocation import relocated
from studio.services.pipelines.soundness import problems_of
from studio.services.runs.runnable import Runnable, part_looked_up, runnable_of
from studio.services.same_text import says_already
from studio.storage.pipelines import PipelineRepository, PipelineVersion

FurtherProblems: TypeAlias = Callable[[Pipeline, Path], tuple[Problem, ...]]


class ChangedOutside(StudioError):
    """The file is not the one that was read: it is not overwritten unasked."""

    code = "changed_outside"


@dataclass(frozen=True)
class Saved:
    """A version's number, and the SHA-256 of the text that was written as it."""

    version: int
    sha256: str


@dataclass(frozen=True)
class PipelineSummary:
    """One line of the list; `message` says why a file can't be read."""

    name: str
    title: str
    steps: int
    version: int | None
    modified_at: datetime | None
    message: str = ""


@dataclass(frozen=True)
class LocatedProblem:
    """A problem with its place in the file (`line` from 1, 0 if unknown)."""

    problem: Problem
    file: str
    line: int

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}: " if self.line else ""
        step = f"step '{self.problem.step}': " if self.problem.step else ""
        return f"{where}{step}{self.problem.message}"


class PipelineService:
    def __init__(
        self, repository: PipelineRepository, components: ComponentService
    ) -> None:
        self._repository = repository
        self._composition = Composition(repository, components)

    def list(self) -> tuple[PipelineSummary, ...]:
        return tuple(self._summary(name) for name in self._repository.names())

    def folder(self, name: str) -> Path:
        """The folder that relative paths of a pipeline are meant from."""
        return self._repository.folder(name)

    def get(self, name: str) -> Pipeline:
        """The working copy, with ids and positions from its side file."""
        text = self._repository.text(name)
        file = self._repository.file(name)
        document = located.parse(text.yaml, str(file))
        return apply_layout(pipeline_from(document, file.parent, name), text.layout)

    def content_hash(self, name: str) -> str:
        """SHA-256 of the file's text: tells when somebody else has changed it."""
        return self._repository.text(name).sha256

    def read_file(self, path: Path) -> Pipeline:
        """A pipeline anywhere on disk, with the layout beside it if there is one."""
        if path.suffix == ".py":
            pipeline = read_python(path)
            if pipeline.name in self._repository.names():  # it keeps its positions
                return apply_positions(pipeline, self.get(pipeline.name))
            return pipeline
        pipeline = read_pipeline(path)
        return apply_layout(pipeline, _layout_beside(path))

    def save(self, pipeline: Pipeline) -> int:
        """Write the working copy and keep a version; its number."""
        return self.store(pipeline).version

    def store(self, pipeline: Pipeline, known: str = "") -> Saved:
        """Write the working copy, unless its text isn't the `known` one any more.

        Looking and writing are one: of two processes at once, the second finds what
        the first one wrote. ChangedOutside tells that; what somebody else wrote into
        the file is kept as a version before.
        """
        check_pipeline_name(pipeline.name)
        with self._repository.being_written(pipeline.name):
            if known and self._hash_or_gone(pipeline.name) != known:
                raise ChangedOutside(
                    f"'{pipeline.title}' was changed outside this window",
                    "Keep yours, or load the other one",
                )
            return Saved(self._write(pipeline), self.content_hash(pipeline.name))

    def _hash_or_gone(self, name: str) -> str:
        try:
            return self.content_hash(name)
        except (NotFoundError, InvalidError):  # InvalidError: it is no text
            return ""

    def _write(self, pipeline: Pipeline) -> int:
        old_text, layout = "", layout_of(pipeline)
        file = self._repository.file(pipeline.name)
        if file.is_file():
            old_text = self._keep_anything(pipeline.name)
            if old_text and says_already(old_text, file, pipeline):
                self._repository.save_layout(pipeline.name, layout)
                return self._repository.keep_version(pipeline.name, old_text, layout)
        yaml = write_pipeline(pipeline, old_text)
        return self._repository.save(pipeline.name, yaml, layout)

    def keep(self, name: str) -> int:
        """Keep the file as it stands as a version, if it isn't one yet; its number."""
        text = self._repository.text(name)
        return self._repository.keep_version(name, text.yaml, text.layout)

    def _keep_anything(self, name: str) -> str:
        """The file's text; what is no text ("") is kept too, beside the file."""
        try:
            self.keep(name)
            return self._repository.text(name).yaml
        except InvalidError:
            file = self._repository.file(name)
            shutil.copyfile(file, file.with_suffix(".yml.unreadable"))
            return ""

    def save_layout(self, pipeline: Pipeline) -> None:
        """Keep positions only; makes no version."""
        with self._repository.being_written(pipeline.name):
            self._repository.save_layout(pipeline.name, layout_of(pipeline))

    def create(self, name: str, title: str = "") -> Pipeline:
        """A new, empty pipeline; refused if the name is taken."""
        check_new_name(name)
        self._refuse_taken(name)
        pipeline = Pipeline(name, display_name=title, experiment=name)
        self.save(pipeline)
        return pipeline

    def clone(self, name: str, new_name: str = "") -> Pipeline:
        """A copy under a new name; the old one is untouched."""
        original = self.get(name)
        new_name = new_name or self.free_name(f"{name}-copy")
        check_new_name(new_name)
        self._refuse_taken(new_name)
        title = f"Copy of {original.title}"
        copy = relocated(
            original.clone(new_name, title), self.folder(name), self.folder(new_name)
        )
        origin = {"cloned_from": name, "cloned_from_version": str(self.keep(name))}
        copy = replace(copy, tags={**copy.tags, **origin})
        self.save(copy)
        return copy

    def import_file(
        self, path: Path, name: str = "", *, instead: bool = False
    ) -> Pipeline:
        """Bring a pipeline's file into the workspace.

        Refused if the name is taken, unless it is to stand `instead` of that one,
        whose versions stay.
        """
        pipeline = self.read_file(path)
        name = name or pipeline.name
        check_new_name(name)
        if not instead:
            self._refuse_taken(name)
        pipeline = relocated(
            replace(pipeline, name=name), path.parent, self.folder(name)
        )
        self.save(pipeline)
        return pipeline

    def export(self, name: str, folder: Path | None = None) -> str:
        """The pipeline as Azure ML YAML text, to be put into `folder`.

        Relative paths then mean the same files from there.
        """
        pipeline = self.get(name)
        if folder is not None:
            pipeline = relocated(pipeline, self.folder(name), folder)
        return write_pipeline(pipeline)

    def export_python(self, name: str, folder: Path | None = None) -> str:
        """The pipeline as a Python file that runs it, to be put into `folder`."""
        pipeline = self.get(name)
        if folder is not None:
            pipeline = relocated(pipeline, self.folder(name), folder)
        return write_python(pipeline)

    def export_svg(self, name: str, folder: Path | None = None) -> str:
        """A picture of the pipeline; it names no files, so any `folder` will do."""
        pipeline = self.get(name)
        found = self.components_of(pipeline)

        def component_of(node: Node) -> Component | None:
            component = found.get(node.name)
            return component if isinstance(component, Component) else None

        return draw_svg(pipeline, component_of)

    def delete(self, name: str) -> None:
        self._repository.delete(name)

    def versions(
        self, name: str, limit: int | None = None
    ) -> tuple[PipelineVersion, ...]:
        """Saved versions, newest first."""
        return tuple(self._repository.versions(name, limit))

    def version(self, name: str, number: int) -> Pipeline:
        """A saved version, with the ids and positions it had."""
        return self.read_version(name, self._repository.version(name, number))

    def read_version(self, name: str, version: PipelineVersion) -> Pipeline:
        document = located.parse(version.yaml, f"version {version.number} of {name}")
        pipeline = pipeline_from(document, self.folder(name), name)
        return apply_layout(pipeline, version.layout)

    def restore(self, name: str, number: int) -> int:
        """Make a saved version the newest one; the number it has as that.

        What the file holds now is kept as a version first.
        """
        version = self._repository.version(name, number)
        self.read_version(name, version)
        with self._repository.being_written(name):
            if name in self._repository.names():
                self._keep_anything(name)
            return self._repository.save(name, version.yaml, version.layout)

    def problems(
        self,
        pipeline: Pipeline,
        folder: Path | None = None,
        options: RunOptions | None = None,
    ) -> tuple[Problem, ...]:
        """What would stop this value from running, or a run with these options."""
        looked_up = self.look_up(pipeline, folder)
        return problems_of(part_looked_up(looked_up, options or RunOptions()))

    def look_up(self, pipeline: Pipeline, folder: Path | None = None) -> LookedUp:
        """The pipeline with its components, for all further questions about it."""
        folder = folder or self.folder(pipeline.name)
        return self._composition.look_up(pipeline, folder)

    def components_of(
        self, pipeline: Pipeline, folder: Path | None = None
    ) -> dict[str, Component | InvalidError]:
        """Each step's component (a step can be a pipeline), or why it can't be had."""
        folder = folder or self.folder(pipeline.name)
        return self._composition.components_of(pipeline, folder)

    def offered(self, to: str) -> tuple[Component, ...]:
        """The other pipelines, as far as they can be steps of the pipeline `to`."""
        return self._composition.offered(to)

    def runnable(
        self, pipeline: Pipeline, folder: Path, options: RunOptions | None = None
    ) -> Runnable:
        """What a run is made of; InvalidError if a step that it needs has problems."""
        looked_up = self.look_up(pipeline, folder)
        return runnable_of(looked_up, options or RunOptions())

    def breakpoints(
        self, pipeline: Pipeline | str, options: RunOptions | None = None
    ) -> tuple[str, ...]:
        """The steps that carry a breakpoint, at any depth, named as in a run."""
        if isinstance(pipeline, str):
            pipeline = self.get(pipeline)
        folder = self.folder(pipeline.name)
        left = self.runnable(pipeline, folder, options).pipeline
        return tuple(node.name for node in left.nodes if node.breakpoint)

    def validate_file(
        self, path: Path, also: FurtherProblems | None = None
    ) -> tuple[LocatedProblem, ...]:
        """Every problem of a file, with its line. InvalidError if it can't be read.

        `also` finds what can only be seen by looking further than at the file.
        """
        document = located.read(path)
        pipeline = pipeline_from(document, path.parent, path.parent.name)
        found = self.problems(pipeline, path.parent)
        further = also(pipeline, path.parent) if also else ()
        return tuple(
            LocatedProblem(problem, str(path), _line(document, problem))
            for problem in (*found, *further)
        )

    def file(self, name: str) -> Path:
        self._repository.text(name)
        return self._repository.file(name)

    def free_name(self, wanted: str) -> str:
        """`wanted` made legal, with a number if it is taken."""
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", wanted).strip("-._")
        base = plain[:LONGEST_NAME].strip("-._") or "pipeline"
        base = f"pipeline-{base}" if RESERVED.match(base) else base
        taken, name, number = set(self._repository.names()), base, 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        return name

    def _summary(self, name: str) -> PipelineSummary:
        version = self._repository.latest_number(name)
        try:
            pipeline = self.get(name)
            stamp = self._repository.text(name).modified_at
        except StudioError as error:
            return PipelineSummary(name, name, 0, version, None, error.message)
        return PipelineSummary(
            name, pipeline.title, len(pipeline.nodes), version, stamp
        )

    def _refuse_taken(self, name: str) -> None:
        if name in self._repository.names():
            raise RefusedError(
                f"There is already a pipeline '{name}'", "Choose another name"
            )


def _line(document: located.Document, problem: Problem) -> int:
    if not problem.step:
        return document.line("jobs")
    if problem.field in ("component", "environment"):
        return document.line("jobs", problem.step, problem.field)
    return document.line("jobs", problem.step, "inputs", problem.field)


def _layout_beside(path: Path) -> dict[str, object]:
    try:
        layout = json.loads((path.parent / "layout.json").read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return layout if isinstance(layout, dict) else {}
