"""A pipeline with every reference looked up: ready to be planned."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studio.domain.component import DATA_TYPES, Component, Scalar
from studio.domain.errors import InvalidError, NotFoundError
from studio.domain.node import FromInput, FromPath, FromStep, Node, Value
from studio.domain.parameters import coerce
from studio.domain.pipeline import Pipeline, PipelineInput

_ASSET = re.compile(r"^azureml:(?!//)")


@dataclass(frozen=True)
class DataPath:
    """A file or folder outside the workspace's store."""

    path: Path


@dataclass(frozen=True)
class ResolvedStep:
    """A step with its component, its parameters as the command will see them,
    and where each of its data inputs comes from."""

    node: Node
    component: Component
    parameters: Mapping[str, str]
    inputs: Mapping[str, FromStep | DataPath]

    @property
    def name(self) -> str:
        return self.node.name


def with_inputs(pipeline: Pipeline, values: Mapping[str, Scalar]) -> Pipeline:
    """The pipeline with some of its inputs given other values."""
    inputs = dict(pipeline.inputs)
    for name, value in values.items():
        if name not in inputs:
            known = ", ".join(inputs) or "none"
            raise NotFoundError(
                f"Pipeline '{pipeline.name}' has no input '{name}'",
                hint=f"Its inputs are: {known}",
            )
        inputs[name] = replace(inputs[name], value=_typed(inputs[name], value))
    return replace(pipeline, inputs=inputs)


def resolve(
    pipeline: Pipeline, components: Mapping[str, Component], folder: Path
) -> list[ResolvedStep]:
    """Steps in an order that respects their edges.

    `components` maps step names to components; relative paths are from `folder`.
    The pipeline has been validated. InvalidError for a path that isn't there.
    """
    return [
        _resolve_step(pipeline, node, components[node.name], folder)
        for node in pipeline.order()
    ]


def with_values(step: ResolvedStep, values: Mapping[str, Scalar]) -> ResolvedStep:
    """A step with other values of some parameters; InvalidError says what is wrong."""
    parameters = dict(step.parameters)
    known = step.component.parameters_by_name
    for name, value in values.items():
        if name not in known:
            raise InvalidError(
                f"Step '{step.name}' has no parameter '{name}'",
                hint="Its parameters are: " + (", ".join(known) or "none"),
            )
        try:
            parameters[name] = _text(coerce(known[name], value))
        except ValueError as error:
            raise InvalidError(str(error), "Correct the value") from error
    return replace(step, parameters=parameters)


def _typed(declared: PipelineInput, value: Scalar) -> Scalar | FromPath:
    if declared.type in DATA_TYPES:
        # what a person types on the command line is meant from where they are
        return FromPath(str(Path(str(value)).expanduser().absolute()), declared.type)
    from studio.domain.component import Parameter

    try:
        return coerce(Parameter(declared.name, declared.type), value)
    except ValueError as error:
        raise InvalidError(str(error), "Correct the value") from error


def _resolve_step(
    pipeline: Pipeline, node: Node, component: Component, folder: Path
) -> ResolvedStep:
    inputs: dict[str, FromStep | DataPath] = {}
    for name in component.ports_in:
        source = _source(pipeline, node, name, folder)
        if source is not None:
            inputs[name] = source
    return ResolvedStep(node, component, _parameters(pipeline, node, component), inputs)


def _source(
    pipeline: Pipeline, node: Node, name: str, folder: Path
) -> FromStep | DataPath | None:
    binding = node.inputs.get(name)
    if isinstance(binding, FromInput):
        value = pipeline.inputs[binding.name].value
        binding = value if isinstance(value, FromPath) else None
    if isinstance(binding, FromPath):
        return DataPath(_existing(binding.path, node.name, name, folder))
    return binding if isinstance(binding, FromStep) else None


def _existing(text: str, step: str, name: str, folder: Path) -> Path:
    if told := why_not_there(text, folder):
        reason, hint = told
        raise InvalidError(f"Step '{step}': '{name}' points to {reason}", hint)
    return _absolute(text, folder)


def why_not_there(text: str, folder: Path) -> tuple[str, str] | None:
    """Why a path, meant from a folder, can't be read here, and the fix; None if it
    can."""
    if _ASSET.match(text) or "://" in text:
        hint = "Give a path to a local file or folder"
        return f"{text}, which isn't on this computer", hint
    path = _absolute(text, folder)
    if path.exists():
        return None
    return f"{path}, which doesn't exist", "Correct the path, or put the file there"


def _absolute(text: str, folder: Path) -> Path:
    return Path(os.path.normpath((folder / Path(text).expanduser()).absolute()))


def _parameters(pipeline: Pipeline, node: Node, component: Component) -> dict[str, str]:
    """Values by name, as text; parameters without any value are absent."""
    values: dict[str, str] = {}
    for parameter in component.parameters:
        binding = node.inputs.get(parameter.name)
        value: Scalar | FromPath | None = parameter.default
        if isinstance(binding, Value):
            value = binding.value
        elif isinstance(binding, FromInput):
            given = pipeline.inputs[binding.name].value
            value = given if given is not None else parameter.default
        if value is None or isinstance(value, FromPath):
            continue
        values[parameter.name] = _text(coerce(parameter, value))
    return values


def _text(value: Scalar) -> str:
    """A value as a command line shows it; numbers without a needless exponent."""
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value)) if abs(value) >= 1e4 else str(value)
    return str(value)
