"""The settings of the pipeline itself: shown while no step is selected."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.pipeline import Pipeline
from studio.gui.designer import edits
from studio.gui.designer.editor import Editor
from studio.gui.designer.inspector.specs import input_spec, input_value, typed
from studio.gui.designer.inspector.title import TitleEdit
from studio.gui.widgets.basics import button, clear, column, wrap_in
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form
from studio.gui.widgets.panel import Section

_SPECS = (
    FieldSpec("description", "Description", kind="multiline"),
    FieldSpec("experiment", "Experiment", help="Groups the runs of this pipeline"),
    FieldSpec(
        "go_on",
        "Continue when a step fails",
        kind="boolean",
        help="Steps that don't need the failed one still run",
    ),
)


class PipelinePanel(QWidget):
    """Title, description, experiment, and the inputs with their defaults."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.title = TitleEdit("Name of the pipeline")
        self.title.renamed.connect(lambda text: self._set("title", text))
        self._caption = ElidedLabel("caption")
        self.form = Form(_SPECS)
        self.form.changed.connect(self._set)
        self.inputs = Form()
        self._names: tuple[object, ...] = ()
        self._around = column(gap=8)
        self._section = Section("Inputs", wrap_in(self._around))
        self._section.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self._caption)
        layout.addSpacing(4)
        layout.addWidget(self.form)
        layout.addWidget(self._section)
        layout.addStretch(1)
        self.show_values()

    def show_values(self) -> None:
        """The document's values, where they differ from what is shown."""
        pipeline = self._editor.pipeline
        self.title.show_title(pipeline.title)
        count = len(pipeline.nodes)
        self._caption.setText(
            f"{count:,} step{'s' if count != 1 else ''} · {pipeline.name}"
        )
        self.form.set_values(
            {
                "description": pipeline.description or None,
                "experiment": pipeline.experiment or None,
                "go_on": pipeline.settings.continue_on_step_failure,
            }
        )
        self._show_inputs(pipeline)

    def flush(self) -> None:
        self.form.flush()
        self.inputs.flush()

    def _show_inputs(self, pipeline: Pipeline) -> None:
        specs = [input_spec(pipeline, d) for d in pipeline.inputs.values()]
        if tuple(specs) != self._names:
            self._names = tuple(specs)
            self._build_inputs(specs, pipeline)
        self.inputs.set_values({n: input_value(d) for n, d in pipeline.inputs.items()})

    def _build_inputs(self, specs: list[FieldSpec], pipeline: Pipeline) -> None:
        clear(self._around)
        self.inputs = Form(specs)
        self.inputs.changed.connect(self._set_input)
        self._around.addWidget(self.inputs)
        unused = [n for n in pipeline.inputs if not edits.users_of(pipeline, n)]
        for name in unused:
            remove = button(f"Remove {name}", kind="link", icon="trash")
            remove.clicked.connect(lambda *_, n=name: self._remove(n))
            self._around.addWidget(remove)
        self._section.setVisible(bool(specs))

    def _set(self, name: str, value: object) -> None:
        pipeline, text = self._editor.pipeline, str(value or "")
        match name:
            case "title":
                after = replace(pipeline, display_name=text)
            case "description":
                after = replace(pipeline, description=text)
            case "experiment":
                after = replace(pipeline, experiment=text)
            case _:
                settings = replace(
                    pipeline.settings, continue_on_step_failure=bool(value)
                )
                after = replace(pipeline, settings=settings)
        self._edit(after, f"Set {name.replace('_', ' ')}", name)

    def _set_input(self, name: str, value: object) -> None:
        pipeline = self._editor.pipeline
        declared = pipeline.inputs[name]
        given = value if isinstance(value, str | int | float | bool) else None
        after = edits.set_input(pipeline, name, typed(declared, given))
        self._edit(after, f"Set input {name}", name)

    def _remove(self, name: str) -> None:
        after = edits.without_unused(self._editor.pipeline, name)
        self._edit(after, f"Remove input {name}", "")

    def _edit(self, after: Pipeline, text: str, merge: str) -> None:
        if self._editor.document is not None:
            self._editor.document.edit(after, text, merge=merge and f"pipeline {merge}")
