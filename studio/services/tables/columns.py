"""The columns of tables before a run: read from files and from what runs made, and
the parameters that name a column which isn't there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from studio.domain.column_flow import Known, choices_port, column_problems, flow
from studio.domain.component import Component
from studio.domain.composition import rewired
from studio.domain.errors import StudioError
from studio.domain.node import FromPath, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import RunOptions
from studio.domain.schema import Schema, kind_of_arrow
from studio.domain.validation import Problem
from studio.engine.resolve import with_inputs
from studio.services.pipelines.composition import LookedUp
from studio.services.pipelines.service import PipelineService
from studio.services.pipelines.soundness import told_outside
from studio.services.runs.runnable import part_looked_up
from studio.services.runs.service import RunService
from studio.services.tables.service import TableService


@dataclass(frozen=True)
class Head:
    """What was read of a file: its columns, and when it was last changed."""

    schema: Schema | None
    changed_at: int = 0


UNREAD = Head(None, -1)
Heads = Mapping[str, Head]


class ColumnService:
    """Tables are read by the tables' own process: ask in a thread."""

    def __init__(
        self, tables: TableService, runs: RunService, pipelines: PipelineService
    ) -> None:
        self._tables, self._runs, self._pipelines = tables, runs, pipelines

    def heads(self, folder: Path, before: Heads) -> dict[str, Head]:
        """Files by their paths as they are meant from `folder`; one that is as it was
        `before` isn't read again."""
        return {path: self._head(folder / path, head) for path, head in before.items()}

    def made(self, digests: Iterable[str]) -> dict[str, Head]:
        """What runs made, by digest."""
        return {d: Head(self.of_digest(d)) for d in set(digests)}

    def of_digest(self, digest: str) -> Schema | None:
        return self._schema(self._runs.output_path(digest), digest)

    def problems(
        self,
        pipeline: Pipeline | str,
        folder: Path | None = None,
        options: RunOptions | None = None,
    ) -> tuple[Problem, ...]:
        """Parameters that name a column which their table doesn't have; `options` are
        those of the run that would meet it."""
        if isinstance(pipeline, str):
            pipeline = self._pipelines.get(pipeline)
        folder = folder or self._pipelines.folder(pipeline.name)
        options = options or RunOptions()
        try:
            pipeline = with_inputs(pipeline, options.inputs)
        except StudioError:  # such a run is refused, and that says why
            return ()
        looked_up = self._pipelines.look_up(pipeline, folder)
        looked_up = part_looked_up(looked_up, options)
        return tuple(_Before(self, self._runs, looked_up).problems())

    # -- inside ----------------------------------------------------------------------

    def _head(self, path: Path, before: Head) -> Head:
        try:
            changed_at = path.stat().st_mtime_ns
        except OSError:
            return Head(None)
        if changed_at == before.changed_at:
            return before
        return Head(self._schema(path), changed_at)

    def _schema(self, path: Path, digest: str = "") -> Schema | None:
        """Those of a folder may be more than its first file's."""
        try:
            shape = self._tables.open(path, digest).shape()
        except (StudioError, OSError):
            return None
        columns = {one.name.strip(): kind_of_arrow(one.type) for one in shape.columns}
        is_open = not digest and path.is_dir() and len(list(path.iterdir())) > 2
        return Schema(columns, open=is_open)


class _Before:
    """One pipeline before its run, its inner pipelines included."""

    def __init__(
        self, columns: ColumnService, runs: RunService, looked_up: LookedUp
    ) -> None:
        self._columns, self._runs, self._looked_up = columns, runs, looked_up
        self._files: dict[str, Head] = {}

    def problems(self) -> Iterator[Problem]:
        whole = rewired(self._looked_up.whole)
        if not any(_names_columns(self._of(node)) for node in whole.nodes):
            return
        known = Known(self._of_path, self._of_output)
        found = flow(whole, self._of, known)
        for problem in column_problems(whole, self._of, found, known):
            if not is_off(whole, problem.step):
                yield self._told(problem)

    def _told(self, problem: Problem) -> Problem:
        """A fix is of the step that a person sees, so one inside has none."""
        told = told_outside(self._looked_up.pipeline, problem)
        return problem if told is None else replace(told, fixes=())

    def _of(self, node: Node) -> Component | None:
        found = self._looked_up.inside.get(node.name)
        return found if isinstance(found, Component) else None

    def _of_path(self, path: FromPath) -> Schema | None:
        if path.path not in self._files:
            folder = self._looked_up.folder
            self._files |= self._columns.heads(folder, {path.path: UNREAD})
        return self._files[path.path].schema

    def _of_output(self, node: Node, output: str) -> Schema | None:
        """Of a step that the next run takes as it is; another may make other ones."""
        component = self._of(node)
        port = component.ports_out.get(output) if component else None
        if port is None or port.type != "mltable":
            return None
        digest = self._reused.get(node.id, {}).get(output, "")
        return self._columns.of_digest(digest) if digest else None

    @cached_property
    def _reused(self) -> Mapping[str, Mapping[str, str]]:
        """What steps have made that won't run again, by id; planned only if asked."""
        given = self._looked_up
        try:
            plan = self._runs.plan(given.pipeline, folder=given.folder)
        except StudioError:  # what is wrong is told by itself
            return {}
        return {step.node_id: step.outputs for step in plan.steps}


def is_off(pipeline: Pipeline, step: str) -> bool:
    """Whether a step is muted or bypassed, so that nothing of it matters."""
    node = pipeline.node(step)
    return node.muted or node.bypass is not None


def _names_columns(component: Component | None) -> bool:
    if component is None:
        return False
    return any(choices_port(component, each.name) for each in component.parameters)
