"""From a component's declaration to fields of a form."""

from __future__ import annotations

from studio.domain.column_flow import choices_port
from studio.domain.component import Component, Parameter, Port, Scalar
from studio.domain.node import Binding, FromInput, FromPath, Node, Value
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.gui.designer.edits import is_data, users_of
from studio.gui.widgets.code_view import Language
from studio.gui.widgets.field import FieldKind, FieldSpec

COMMON = 4
_CODE: dict[str, Language] = {"code": "python", "script": "python", "query": "sql"}
_KINDS: dict[str, FieldKind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
TABLES = "Tables (*.csv *.tsv *.parquet);;All files (*)"


def words(name: str) -> str:
    """`n_estimators` as a label: "N estimators"."""
    return name.replace("_", " ").strip().capitalize()


def parameter_specs(
    pipeline: Pipeline, node: Node, component: Component
) -> list[FieldSpec]:
    """A field for each parameter: what matters most first, the rest folded away."""
    specs = []
    for number, parameter in enumerate(component.parameters):
        given = parameter.name in node.inputs
        common = given or parameter.required or number < COMMON
        specs.append(_spec(pipeline, node, component, parameter, not common))
    return specs


def parameter_value(
    pipeline: Pipeline, node: Node, parameter: Parameter
) -> Scalar | None:
    """What a field shows: the step's own value, the pipeline input's, the default."""
    binding: Binding | None = node.inputs.get(parameter.name)
    if isinstance(binding, FromInput):
        declared = pipeline.inputs.get(binding.name)
        value = declared.value if declared else None
        return f"${{{{inputs.{binding.name}}}}}" if declared is None else _scalar(value)
    if isinstance(binding, Value):
        return binding.value
    return parameter.default


def path_spec(pipeline: Pipeline, node: Node, port: Port) -> FieldSpec:
    """A field for a data input that no step feeds."""
    binding = node.inputs.get(port.name)
    help_text = port.description
    if isinstance(binding, FromInput):
        help_text = _shared(pipeline, binding.name) + help_text
    return FieldSpec(
        port.name,
        words(port.name),
        kind="file" if port.type in ("uri_file", "mltable") else "folder",
        help=help_text,
        placeholder="Connect an output, or choose a file",
        file_filter=TABLES,
    )


def path_value(pipeline: Pipeline, node: Node, port: Port) -> str | None:
    binding: object = node.inputs.get(port.name)
    if isinstance(binding, FromInput):
        declared = pipeline.inputs.get(binding.name)
        binding = declared.value if declared else None
    return binding.path if isinstance(binding, FromPath) else None


def input_spec(pipeline: Pipeline, declared: PipelineInput) -> FieldSpec:
    """A field for a pipeline input's default."""
    users = ", ".join(node.title for node in users_of(pipeline, declared.name))
    used = f"Used by {users}" if users else "No step uses it"
    text = f"{declared.description}. {used}" if declared.description else used
    kind: FieldKind = "file" if is_data(declared) else _KINDS.get(declared.type, "text")
    return FieldSpec(declared.name, words(declared.name), kind=kind, help=text)


def input_value(declared: PipelineInput) -> Scalar | None:
    value = declared.value
    return value.path if isinstance(value, FromPath) else value


def typed(declared: PipelineInput, value: Scalar | None) -> Scalar | FromPath | None:
    """A field's value as the input's own type."""
    if value is not None and is_data(declared):
        return FromPath(str(value), declared.type)
    return value


def _spec(
    pipeline: Pipeline,
    node: Node,
    component: Component,
    parameter: Parameter,
    advanced: bool,
) -> FieldSpec:
    binding = node.inputs.get(parameter.name)
    text = parameter.description
    if isinstance(binding, FromInput):
        text = _shared(pipeline, binding.name) + text
    kind = _kind(component, parameter)
    return FieldSpec(
        parameter.name,
        words(parameter.name),
        kind=kind,
        help=text,
        default=parameter.default,
        choices=tuple(str(choice) for choice in parameter.enum),
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        pattern=parameter.pattern,
        pattern_hint=parameter.pattern_hint,
        advanced=advanced,
        language=_CODE.get(parameter.name, "text") if kind == "code" else "text",
        placeholder=_placeholder(parameter),
    )


def _kind(component: Component, parameter: Parameter) -> FieldKind:
    if parameter.enum:
        return "choice"
    if parameter.type in _KINDS:
        return _KINDS[parameter.type]
    if choices_port(component, parameter.name):
        return "columns" if parameter.name.endswith("s") else "column"
    default = parameter.default
    is_text = isinstance(default, str)
    if parameter.name in _CODE and is_text:
        return "code"
    return "multiline" if is_text and "\n" in str(default) else "text"


def _placeholder(parameter: Parameter) -> str:
    if parameter.required:
        return "Needed"
    return "Optional" if parameter.default is None else ""


def _shared(pipeline: Pipeline, name: str) -> str:
    others = len(users_of(pipeline, name)) - 1
    steps = "step" if others == 1 else "steps"
    also = f", also used by {others} other {steps}" if others > 0 else ""
    return f"Pipeline input “{name}”{also}. "


def _scalar(value: Scalar | FromPath | None) -> Scalar | None:
    return value.path if isinstance(value, FromPath) else value
