"""The settings and the state of one step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from studio.domain.column_flow import choices_port
from studio.domain.component import Component, Parameter, Port
from studio.domain.node import FromInput, FromStep, Node
from studio.domain.run import StepError, StepRun
from studio.domain.validation import Problem
from studio.gui.designer import edits
from studio.gui.designer.cards import plain_reason
from studio.gui.designer.document import PipelineDocument
from studio.gui.designer.editor import Editor
from studio.gui.designer.inspector.bypass import (
    bypass_form,
    bypass_values,
    with_bypass,
)
from studio.gui.designer.inspector.data_inputs import DataInputs
from studio.gui.designer.inspector.run_facts import RunFacts
from studio.gui.designer.inspector.specs import (
    parameter_specs,
    parameter_value,
    words,
)
from studio.gui.designer.inspector.title import TitleEdit
from studio.gui.viewers.code_place import place_words
from studio.gui.widgets.banner import Banner, BannerTone, Fix
from studio.gui.widgets.basics import column, row, tool_button, wrap_in
from studio.gui.widgets.chip import Chip, StateLook
from studio.gui.widgets.code_view import CodeEdit
from studio.gui.widgets.elided import ElidedLabel
from studio.gui.widgets.field import FieldSpec
from studio.gui.widgets.form import Form
from studio.gui.widgets.formats import format_seconds
from studio.gui.widgets.hints import in_window
from studio.gui.widgets.panel import Section


class NodePanel(QWidget):
    """Built once for a step's component; values and states are shown as they come."""

    source_wanted = Signal(str)
    place_wanted = Signal(str, int)
    """A file and a line of the step's code, as it ran, is to be shown."""

    def __init__(
        self, editor: Editor, node: Node, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._editor, self.node_id = editor, node.id
        self._component = editor.catalog.of(node)
        self.shape = shape_of(editor, node)
        self.title = TitleEdit("Name of the step")
        self.title.renamed.connect(lambda text: editor.rename(self.node_id, text))
        self._caption = ElidedLabel("caption")
        self._more = tool_button("dots-three", "More", self._show_menu, size=18)
        self.chip, self._extra = Chip(), Chip()
        self.banner = Banner("err")
        self.form = Form(self._specs(node))
        self.form.changed.connect(self._parameter_changed)
        self.bypass = bypass_form(node, self._component)
        self.bypass.changed.connect(self._bypass_changed)
        self.inputs = DataInputs()
        self.inputs.path_set.connect(self._path_changed)
        self.inputs.cut.connect(
            lambda edge: editor.connections.disconnect_edges([edge])
        )
        self.inputs.source_wanted.connect(self.source_wanted)
        self._marked: int | None = None
        self._told: dict[str, Problem] = {}
        self.facts = RunFacts()
        self._data_first = _lacks_data(node, self._component)
        self._arrange()
        self.show_values()

    def show_values(self) -> None:
        """The document's values, where they differ from what is shown."""
        node = self._node
        if node is None:
            return
        self.title.show_title(node.title)
        kind = self._component.title if self._component else str(node.component)
        self._caption.setText(f"{kind} · {node.name}")
        if self._component is not None:
            pipeline = self._editor.pipeline
            self.form.set_values(
                {
                    p.name: parameter_value(pipeline, node, p)
                    for p in self._component.parameters
                }
            )
            self.bypass.set_values(bypass_values(node, self._component))
            self.inputs.show_node(pipeline, node, self._component)

    def show_state(self, step: StepRun | None, problems: list[Problem]) -> None:
        """What the latest run and the validation say."""
        node = self._node
        if node is None:
            return
        card = self._editor.card(node)
        percent = ""
        if card.progress is not None and card.progress >= 0:
            percent = f"{card.look.word} {card.progress * 100:.0f} %"
        self.chip.set_look(card.look, percent)
        took = step.seconds if step else None
        self._extra.setVisible(took is not None)
        self._extra.set_look(StateLook(format_seconds(took), "idle", ""))
        self.facts.show_step(step)
        self._ran.setVisible(bool(self.facts.texts))
        self._show_problems(step, problems)

    def put_below_facts(self, widget: QWidget) -> None:
        """Add something to what is told of the last run."""
        self._below_facts.addLayout(row(widget, None))

    def set_columns(self, port: str, columns: Mapping[str, str]) -> None:
        """The columns of an input's table, for the fields that choose from them."""
        component = self._component
        for parameter in component.parameters if component else ():
            if component and choices_port(component, parameter.name) == port:
                self.form.set_columns(parameter.name, columns)

    def focus_field(self, name: str) -> None:
        """Put the cursor into a parameter's or an input's field."""
        field = self.inputs.field(name)
        if field is None and name in self.form.values():
            field = self.form.field(name)
        if field is not None:
            field.input.setFocus()

    def begin(self) -> None:
        """Put the cursor into the first field that lacks a value, else the first."""
        fields = [self.form.field(name) for name in self.form.values()]
        fields = [field for field in fields if field.isVisibleTo(self)]
        empty = [f for f in fields if f.spec.required and f.value() in (None, "")]
        best = (*self.inputs.lacking, *empty, *fields, *self.inputs.fields)
        first = next(iter(best), None)
        if first is not None:
            first.input.setFocus()

    def flush(self) -> None:
        """Take over what is still being typed."""
        self.form.flush()
        self.inputs.flush()

    def wrong_fields(self) -> list[Problem]:
        """Fields whose text was not accepted: the pipeline still has the old value."""
        node = self._node
        if node is None or self._component is None:
            return []
        fields = ((p.name, self.form.field(p.name)) for p in self._component.parameters)
        return [
            Problem(f"'{name}': {field.problem()}", "Correct it", node.name, name)
            for name, field in fields
            if field.problem()
        ]

    @property
    def _node(self) -> Node | None:
        return self._editor.pipeline.by_id.get(self.node_id)

    @property
    def _document(self) -> PipelineDocument:
        assert self._editor.document is not None
        return self._editor.document

    def _specs(self, node: Node) -> list[FieldSpec]:
        if self._component is None:
            return []
        return parameter_specs(self._editor.pipeline, node, self._component)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(row(self.title, self._more, gap=4))
        layout.addWidget(self._caption)
        layout.addLayout(row(self.chip, self._extra, None, gap=6))
        layout.addWidget(self.banner)
        layout.addSpacing(4)
        self._data = Section("Data", self.inputs)
        passed = Section("Bypass", self.bypass)
        passed.setVisible(bool(self.bypass.values()))
        layout.addWidget(passed)
        parts = (self.form, self._data)
        for part in reversed(parts) if self._data_first else parts:
            layout.addWidget(part)
        self._data.setVisible(bool(self._component and self._component.inputs))
        self._below_facts = column(self.facts, gap=8)
        self._ran = Section("Last run", wrap_in(self._below_facts))
        layout.addWidget(self._ran)
        layout.addStretch(1)

    def _show_problems(self, step: StepRun | None, problems: list[Problem]) -> None:
        told: dict[str, Problem] = {}
        for problem in sorted(problems, key=lambda p: p.severity):  # errors first
            if problem.severity == "error" or self._in_sight(problem.field):
                told.setdefault(problem.field, problem)
        # A field's own complaint stays until what is said from outside changes.
        for name in self._told.keys() | told.keys():
            if self._told.get(name) != told.get(name):
                self._tell(name, told.get(name))
        self._told = told
        rest = [p for p in problems if not self._seen(p)]
        self._show_banner(step, sorted(rest, key=lambda p: p.severity))

    def _tell(self, name: str, problem: Problem | None) -> None:
        """At a field, below what is typed: nothing above it moves."""
        text = _sentence(problem) if problem else ""
        fixes = self._fixes(problem) if problem else []
        self.form.set_error(name, text, fixes, _tone(problem))
        if problem is None or problem.severity == "error":
            self.inputs.set_error(name, text)

    def _seen(self, problem: Problem) -> bool:
        """Whether a problem is told at a field that is in sight at the top."""
        if self._told.get(problem.field) != problem:
            return False
        at_data = self._data_first and self.inputs.field(problem.field) is not None
        return problem.field in self.form.values() or at_data

    def _in_sight(self, name: str) -> bool:
        """Whether a parameter's field isn't folded away."""
        if name not in self.form.values():
            return False
        return self.form.field(name).isVisibleTo(self)

    def _show_banner(self, step: StepRun | None, rest: list[Problem]) -> None:
        """The most pressing thing: a problem, a failure, or why it would run again."""
        error = step.error if step else None
        stale = self._editor.situation.stale.get(self.node_id, "")
        is_stale = bool(stale) and self._editor.scene_state(self.node_id) == "STALE"
        if rest:
            self._show_problem(rest[0])
        elif error is not None:
            fixes = self._place_fix(error)
            self.banner.show_message("err", error.message, hint=error.hint, fixes=fixes)
        elif is_stale:
            why = plain_reason(stale)
            self.banner.show_message("warn", f"Runs again next time: {why}")
        self.banner.setVisible(bool(rest or error or is_stale))
        self._mark_code(error.line if error else None)

    def _place_fix(self, error: StepError) -> list[Fix]:
        """A button that opens the line that failed."""
        if not error.file or error.line is None:
            return []
        act = partial(self.place_wanted.emit, error.file, error.line)
        return [(place_words(error.file, error.line), act)]

    def _show_problem(self, problem: Problem) -> None:
        fixes = self._fixes(problem)
        tone = _tone(problem)
        self.banner.show_message(tone, problem.message, hint=problem.hint, fixes=fixes)

    def _fixes(self, problem: Problem) -> list[Fix]:
        """A button that mends a problem; several columns are the field's to offer."""
        return [
            (fix.label, partial(self._editor.apply_fix, problem, fix))
            for fix in problem.fixes
            if len(problem.fixes) == 1
        ]

    def _mark_code(self, line: int | None) -> None:
        """Tint the line of the step's own code that failed."""
        if "code" in self.form.values():
            code = self.form.field("code").input
            if isinstance(code, CodeEdit) and line != self._marked:
                self._marked = line
                code.mark_line(line or 0)

    def _parameter_changed(self, name: str, value: object) -> None:
        node = self._node
        if node is None or self._component is None:
            return
        parameter = self._component.parameters_by_name[name]
        if value == parameter_value(self._editor.pipeline, node, parameter):
            return
        after = edits.set_parameter(self._editor.pipeline, node.name, parameter, value)
        text = f"Set {words(name).lower()} of {node.title}"
        self._document.edit(after, text)

    def _path_changed(self, name: str, value: object) -> None:
        node = self._node
        if node is None or self._component is None:
            return
        port = self._component.ports_in[name]
        path = str(value) if value else None
        after = edits.set_path(self._editor.pipeline, node.name, port, path)
        self._document.edit(after, f"Set {words(name).lower()} of {node.title}")

    # -- sharing values over the pipeline ------------------------------------------

    def _bypass_changed(self, output: str, value: object) -> None:
        if (node := self._node) is not None:
            after = self._editor.pipeline.update(with_bypass(node, output, value))
            self._document.edit(after, "Change the bypass")

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def menu(self) -> QMenu:
        """Verbs about this step's values."""
        menu = QMenu(self)
        share = menu.addMenu("Make a pipeline input of")
        own = menu.addMenu("Use a value of its own for")
        node, component = self._node, self._component
        if node is not None and component is not None:
            self._fill(share, own, node, component)
        if node is not None:
            says = f"Let the name in files, {node.name}, follow the title"
            follow = partial(self._editor.name_by_title, node.id)
            menu.addAction(says).triggered.connect(lambda *_: follow())
        share.setEnabled(not share.isEmpty())
        own.setEnabled(not own.isEmpty())
        return menu

    def _fill(self, share: QMenu, own: QMenu, node: Node, component: Component) -> None:
        items: list[Parameter | Port] = [*component.parameters, *component.inputs]
        for item in items:
            bound = node.inputs.get(item.name)
            if isinstance(bound, FromInput):
                made = own.addAction(words(item.name))
                made.triggered.connect(lambda *_, n=item.name: self._demote(n))
            elif not isinstance(bound, FromStep):
                made = share.addAction(words(item.name))
                made.triggered.connect(lambda *_, i=item: self._promote(i))

    def _promote(self, item: Parameter | Port) -> None:
        if (node := self._node) is not None:
            after = edits.promoted(self._editor.pipeline, node.name, item)
            self._document.edit(after, f"Make {item.name} a pipeline input")

    def _demote(self, name: str) -> None:
        if (node := self._node) is not None:
            after = edits.demoted(self._editor.pipeline, node.name, name)
            self._document.edit(after, f"Use a value of its own for {name}")


def _tone(problem: Problem | None) -> BannerTone:
    return "err" if problem is None or problem.severity == "error" else "warn"


def _sentence(problem: Problem) -> str:
    """The message and how to fix it, in one line."""
    hint = f" {in_window(problem.hint)}." if problem.hint else ""
    return f"{problem.message}.{hint}".replace("..", ".")


def _lacks_data(node: Node, component: Component | None) -> bool:
    """Whether a needed input is fed by no step: then data is what to set first."""
    ports = component.inputs if component else ()
    fed = {name for name, b in node.inputs.items() if isinstance(b, FromStep)}
    return any(not port.optional and port.name not in fed for port in ports)


def shape_of(editor: Editor, node: Node) -> object:
    """What the panel's fields depend on: a change of it needs other fields."""
    shared = [
        (name, b.name) for name, b in node.inputs.items() if isinstance(b, FromInput)
    ]
    return (node.id, editor.catalog.of(node), shared, node.bypass is not None)
