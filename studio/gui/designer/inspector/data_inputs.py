"""The data inputs of a step: from which step, or which file."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.component import Component, Port
from studio.domain.node import Edge, FromStep, Node
from studio.domain.pipeline import Pipeline
from studio.gui.designer.inspector.specs import path_spec, path_value, words
from studio.gui.widgets.basics import (
    button,
    clear,
    column,
    label,
    row,
    tool_button,
    wrap_in,
)
from studio.gui.widgets.field import Field
from studio.gui.widgets.fields import make_field


class DataInputs(QWidget):
    """`path_set(port name, text or None)`, `cut(Edge)`, `source_wanted(step name)`."""

    path_set = Signal(str, object)
    cut = Signal(object)
    source_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._fields: dict[str, Field] = {}
        self._needed: list[str] = []
        self._errors: dict[str, str] = {}
        self._shape: object = None

    def show_node(self, pipeline: Pipeline, node: Node, component: Component) -> None:
        """Show the inputs of a step; only built anew if what they are has changed."""
        bound = {p.name: node.inputs.get(p.name) for p in component.inputs}
        titles = [pipeline.by_name[s].title for s in pipeline.predecessors[node.name]]
        kinds = [b if isinstance(b, FromStep) else type(b) for b in bound.values()]
        shape = (node.id, component.inputs, kinds, titles)
        if shape != self._shape:
            self._shape = shape
            self._build(pipeline, node, component)
        for port in component.inputs:
            if port.name in self._fields:
                self._show_path(port, path_value(pipeline, node, port))

    def field(self, name: str) -> Field | None:
        return self._fields.get(name)

    @property
    def fields(self) -> Collection[Field]:
        """Those of inputs that no wire feeds, in order."""
        return self._fields.values()

    @property
    def lacking(self) -> Collection[Field]:
        """Those of them that the step can't do without and nobody has filled in."""
        needed = (self._fields[n] for n in self._needed if n in self._fields)
        return [field for field in needed if field.value() in (None, "")]

    def set_error(self, name: str, text: str) -> None:
        """Show an error at an input; it also stands there after a rebuild."""
        self._errors[name] = text
        if name in self._fields:
            self._fields[name].set_error(text)

    def flush(self) -> None:
        for field in self._fields.values():
            field.flush()

    def _build(self, pipeline: Pipeline, node: Node, component: Component) -> None:
        clear(self._layout)
        self._fields.clear()
        self._needed.clear()
        for port in component.inputs:
            bound = node.inputs.get(port.name)
            if isinstance(bound, FromStep):
                edge = Edge(bound.step, bound.output, node.name, port.name)
                self._layout.addWidget(self._connected(pipeline, edge))
            else:
                self._layout.addWidget(self._path(pipeline, node, port))

    def _connected(self, pipeline: Pipeline, edge: Edge) -> QWidget:
        source = pipeline.by_name.get(edge.source)
        title = source.title if source else f"missing step {edge.source}"
        text = f"{title} · {edge.output}"
        go = button(text, kind="link", icon="arrow-bend-down-right")
        go.clicked.connect(lambda: self.source_wanted.emit(edge.source))
        go.setToolTip(f"Go to {title}")
        cut = tool_button("x", f"Disconnect {edge.input}", size=14)
        cut.clicked.connect(lambda: self.cut.emit(edge))
        line = row(go, None, cut, gap=4)
        return wrap_in(column(label(words(edge.input), "label"), wrap_in(line), gap=2))

    def _path(self, pipeline: Pipeline, node: Node, port: Port) -> QWidget:
        field = make_field(path_spec(pipeline, node, port))
        field.changed.connect(lambda: self.path_set.emit(port.name, field.value()))
        field.set_error(self._errors.get(port.name, ""))
        self._fields[port.name] = field
        if not port.optional:
            self._needed.append(port.name)
        return field

    def _show_path(self, port: Port, path: str | None) -> None:
        if self._fields[port.name].value() != path:
            self._fields[port.name].set_value(path)
