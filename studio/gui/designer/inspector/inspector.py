"""The right side: the selected step, several steps, or the pipeline."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QWidget

from studio.domain.node import Node
from studio.domain.run import StepRun
from studio.domain.validation import Problem
from studio.gui.designer.editor import Editor
from studio.gui.designer.inspector.node_panel import NodePanel, shape_of
from studio.gui.designer.inspector.pipeline_panel import PipelinePanel
from studio.gui.widgets.basics import button, column, label, wrap_in
from studio.gui.widgets.panel import Panel

WIDTH, WIDEST = 300, 340


class Inspector(Panel):
    """Follows selection and document; panels are kept while they fit."""

    source_wanted = Signal(str)
    left = Signal()
    built = Signal(object)
    flushing = Signal()
    """What is typed anywhere in the designer is to be taken over now."""
    """A panel for another step stands there now: the `NodePanel`."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", side="plain", parent=parent)
        self._editor = editor
        self._content: QWidget | None = None
        self.panel: NodePanel | PipelinePanel | None = None
        self._steps: dict[str, StepRun] = {}

    @property
    def node_id(self) -> str:
        """The step that is shown; "" if none is."""
        return self.panel.node_id if isinstance(self.panel, NodePanel) else ""

    def follow_selection(self) -> None:
        """Show what is selected now."""
        if self._editor.document is None:
            self._show(None, QWidget())
            return
        chosen = self._editor.selected()
        if len(chosen) == 1:
            self._show_node(chosen[0])
        elif chosen:
            self._show(None, self._several(len(chosen)))
        elif not isinstance(self.panel, PipelinePanel):
            panel = PipelinePanel(self._editor)
            self._show(panel, panel)
        else:
            self.panel.show_values()

    def show_state(self) -> None:
        """States and problems of the shown step."""
        if not isinstance(self.panel, NodePanel):
            return
        now = self._editor.situation
        node = self._editor.pipeline.by_id.get(self.panel.node_id)
        name = node.name if node else ""
        problems = [p for p in now.problems if p.step == name]
        self.panel.show_state(now.steps.get(self.panel.node_id), problems)
        _settle_layout()

    def flush(self) -> None:
        """Take over what is still being typed."""
        self.flushing.emit()
        if self.panel is not None:
            self.panel.flush()

    def wrong_fields(self) -> list[Problem]:
        if isinstance(self.panel, NodePanel):
            return self.panel.wrong_fields()
        return []

    def begin_rename(self) -> None:
        """Edit the title of the step, or of the pipeline."""
        if self.panel is not None:
            self.panel.title.begin()

    def begin_settings(self) -> None:
        """Go to the settings of the step, where one is still lacking first."""
        if isinstance(self.panel, NodePanel):
            self.panel.begin()

    def focus_field(self, name: str) -> None:
        if isinstance(self.panel, NodePanel):
            self.panel.focus_field(name)

    def _show_node(self, node: Node) -> None:
        panel = self.panel
        if isinstance(panel, NodePanel) and panel.shape == shape_of(self._editor, node):
            panel.show_values()
            self.show_state()
            return
        made = NodePanel(self._editor, node)
        made.source_wanted.connect(self.source_wanted)
        self._show(made, made)
        self.show_state()
        self.built.emit(made)

    def _several(self, count: int) -> QWidget:
        words = label(f"{count} steps selected", "panel-title")
        hint = label("Select one to see its settings.", "muted", wrap=True)
        copy = button("Duplicate", icon="copy", clicked=self._editor.duplicate)
        delete = button("Delete", kind="danger", icon="trash")
        delete.clicked.connect(self._editor.delete)
        return wrap_in(
            column(words, hint, copy, delete, None, margins=(16, 16, 16, 16))
        )

    def _show(self, panel: NodePanel | PipelinePanel | None, widget: QWidget) -> None:
        # What was typed into the panel before still counts.
        if self.panel is not None:
            self.panel.flush()
        self.panel = panel
        if panel is not None:
            panel.title.left.connect(self.left)
        self.set_content(widget, scroll=True, widest=WIDEST)


def _settle_layout() -> None:
    """Lay out now: a paint in between would show the fields pressed together. What
    grows asks its parents in turn, so one round isn't enough."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
