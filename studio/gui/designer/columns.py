"""The columns a parameter can choose from: those of the table that feeds its step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.domain.component import Component
from studio.domain.node import FromStep, Node
from studio.domain.run import StepState
from studio.gui.designer.editor import Editor
from studio.gui.designer.inspector.node_panel import NodePanel
from studio.gui.designer.inspector.specs import choices_port
from studio.gui.tasks import Tasks

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
        step = editor.situation.steps.get(source.id) if source else None
        if step and step.state is StepState.SUCCEEDED and bound.output in step.outputs:
            return step.outputs[bound.output]
        ways = source.inputs.values() if source else ()
        bound = next((b for b in ways if isinstance(b, FromStep)), None)
    return ""


class Columns(QObject):
    """Fills the column fields of an inspector panel; each table is read once."""

    def __init__(
        self, editor: Editor, studio: Studio, tasks: Tasks, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._editor, self._studio, self._tasks = editor, studio, tasks
        self._known: dict[str, tuple[str, ...]] = {}
        self._asked: set[str] = set()

    def fill(self, panel: NodePanel) -> None:
        """Offer what is known, and look for the rest."""
        node = self._editor.pipeline.by_id.get(panel.node_id)
        component = self._editor.catalog.of(node) if node else None
        if node is None or component is None:
            return
        for port in ports_to_choose_from(component):
            digest = table_digest(self._editor, node, port)
            if digest in self._known:
                panel.set_columns(port, self._known[digest])
            elif digest and digest not in self._asked:
                self._read(panel, port, digest)

    def _read(self, panel: NodePanel, port: str, digest: str) -> None:
        self._asked.add(digest)
        self._tasks.run(
            partial(self._names, digest),
            done=lambda names: self._take(panel, port, digest, names),
            failed=lambda _: None,  # without columns the field is plain text
            owner=panel,
        )

    def _names(self, digest: str) -> tuple[str, ...]:
        path = self._studio.runs.output_path(digest)
        return self._studio.tables.open(path, digest).shape().names

    def _take(
        self, panel: NodePanel, port: str, digest: str, names: tuple[str, ...]
    ) -> None:
        self._known[digest] = names
        panel.set_columns(port, names)
