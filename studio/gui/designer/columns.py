"""The columns of tables before a run: for fields that choose from them, and to find
parameters that name a column which isn't there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.domain.column_flow import (
    Known,
    Schemas,
    choices_port,
    column_problems,
    columns_into,
    flow,
    text_of,
)
from studio.domain.component import Component
from studio.domain.composition import rewired
from studio.domain.node import FromPath, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.domain.run import StepState
from studio.domain.schema import Schema
from studio.domain.validation import Problem
from studio.gui.designer.editor import Editor
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.told_problems import with_columns
from studio.gui.tasks import Task, Tasks
from studio.services.tables.columns import UNREAD, Head, is_off

if TYPE_CHECKING:
    from studio.bootstrap import Studio


def ports_to_choose_from(component: Component) -> set[str]:
    """The inputs whose columns some parameter takes."""
    found = (choices_port(component, p.name) for p in component.parameters)
    return {port for port in found if port}


def table_digest(editor: Editor, node: Node, port: str) -> str:
    """The latest known table on the way to an input; "" if no step made one yet.

    Where the direct source hasn't run, the nearest table before it is a good guess.
    """
    pipeline = editor.pipeline
    bound = node.inputs.get(port)
    seen: set[str] = set()
    while isinstance(bound, FromStep) and bound.step not in seen:
        seen.add(bound.step)
        source = pipeline.by_name.get(bound.step)
        digest = _made(editor, source, bound.output) if source else ""
        if digest:
            return digest
        ways = source.inputs.values() if source else ()
        bound = next((b for b in ways if isinstance(b, FromStep)), None)
    return ""


class Columns(QObject):
    """Reads the heads of files and of what runs made, in the tables' own process.

    `problems` are of the pipeline as it was at the last `settle`.
    """

    changed = Signal()

    def __init__(
        self, editor: Editor, studio: Studio, tasks: Tasks, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._editor, self._studio, self._tasks = editor, studio, tasks
        self._files: dict[str, Head] = {}
        self._made: dict[str, Head] = {}
        self._found: Schemas = {}
        self._task: Task | None = None
        self._again = ""
        self.problems: tuple[Problem, ...] = ()

    def settle(self) -> None:
        """The pipeline is another one now: follow its columns, read what is new."""
        self._follow()
        self._ask()

    def fill(self, panel: NodePanel) -> None:
        """Offer the columns that are known to the fields of a panel."""
        node = self._editor.pipeline.by_id.get(panel.node_id)
        component = self._editor.catalog.of(node) if node else None
        if node is None or component is None:
            return
        for port in ports_to_choose_from(component):
            schema = self._known_into(node, port)
            if schema is None:
                digest = table_digest(self._editor, node, port)
                if digest and digest not in self._made:
                    self._ask(also=digest)
            if schema is not None:
                panel.set_columns(port, schema.columns)

    def into(self, node: Node, port: str) -> Schema | None:
        """The columns of the table that an input gets; None if they aren't known."""
        known = self._known
        return columns_into(self._editor.pipeline, node, port, self._found, known)

    def fixable(self, problem: Problem) -> Problem:
        """With the columns that are known as ways to mend it."""
        node = self._editor.pipeline.by_name.get(problem.step)
        component = self._editor.catalog.of(node) if node else None
        if problem.fixes or node is None or component is None:
            return problem
        port = choices_port(component, problem.field)
        text = text_of(self._editor.pipeline, node, component, problem.field)
        schema = self._known_into(node, port) if port else None
        if schema is None or (text and problem.field.endswith("s")):
            return problem  # of several columns, only the field knows which is wrong
        return with_columns(problem, text, schema.names)

    # -- inside ----------------------------------------------------------------------

    def _known_into(self, node: Node, port: str) -> Schema | None:
        """The columns of an input, or those it had in the last run."""
        digest = table_digest(self._editor, node, port)
        made = self._made.get(digest) if digest else None
        return self.into(node, port) or (made.schema if made else None)

    @property
    def _known(self) -> Known:
        return Known(self._of_path, self._of_output)

    def _of_path(self, path: FromPath) -> Schema | None:
        head = self._files.get(path.path)
        return head.schema if head else None

    def _of_output(self, node: Node, output: str) -> Schema | None:
        """What the last run made; not sure where the step has changed since."""
        head = self._made.get(_made(self._editor, node, output))
        if head is None or head.schema is None:
            return None
        if node.id in self._editor.situation.stale:
            return Schema(head.schema.columns, open=True)
        return head.schema

    def _follow(self) -> None:
        pipeline, of = rewired(self._editor.pipeline), self._editor.catalog.of
        self._found = flow(pipeline, of, self._known)
        found = column_problems(pipeline, of, self._found, self._known)
        self.problems = tuple(p for p in found if not is_off(pipeline, p.step))

    def _ask(self, also: str = "") -> None:
        """Read heads that aren't known yet, and files that have changed."""
        pipeline = self._editor.pipeline
        if not pipeline.nodes:
            return
        if self._task is not None:
            self._again = also or self._again or " "
            return
        digests = [d for d in (*self._digests(), also) if d and d not in self._made]
        files = {p: self._files.get(p, UNREAD) for p in _paths(pipeline)}
        if not files and not digests:
            return
        self._task = self._tasks.run(
            partial(_read, self._studio, pipeline.name, files, digests),
            done=self._take,
            failed=self._give_up,
            owner=self,
        )

    def _digests(self) -> Iterable[str]:
        """Tables of the last run where the component says nothing of columns."""
        for node in self._editor.pipeline.nodes:
            component = self._editor.catalog.of(node)
            for name, port in component.ports_out.items() if component else ():
                if port.type == "mltable" and (node.name, name) not in self._found:
                    yield _made(self._editor, node, name)

    def _take(self, read: tuple[Mapping[str, Head], Mapping[str, Head]]) -> None:
        files, made = read
        news = bool(made) or any(self._files.get(p) != h for p, h in files.items())
        self._files |= files
        self._made |= made
        if news:
            self._follow()
            self.changed.emit()
        self._go_on()

    def _give_up(self, error: BaseException) -> None:
        self._go_on()  # without columns a field is plain text

    def _go_on(self) -> None:
        """Ask again if something else was wanted in the meantime."""
        also, self._again, self._task = self._again, "", None
        if also:
            self._ask(also.strip())


def _made(editor: Editor, node: Node, output: str) -> str:
    """The digest of what the latest run made; "" if it made none."""
    step = editor.situation.steps.get(node.id)
    done = step is not None and step.state is StepState.SUCCEEDED
    return step.outputs.get(output, "") if step and done else ""


def _paths(pipeline: Pipeline) -> set[str]:
    """The files and folders that the pipeline names."""
    bound: list[object] = [b for node in pipeline.nodes for b in node.inputs.values()]
    bound += [declared.value for declared in pipeline.inputs.values()]
    return {each.path for each in bound if isinstance(each, FromPath)}


def _read(
    studio: Studio, name: str, files: Mapping[str, Head], digests: Iterable[str]
) -> tuple[dict[str, Head], dict[str, Head]]:
    """Heads of files that have changed since, and of content by digest."""
    columns, folder = studio.columns, studio.pipelines.folder(name)
    return columns.heads(folder, files), columns.made(digests)
