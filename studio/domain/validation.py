"""What is wrong with a pipeline, before anything runs (pure)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from studio.domain.component import (
    DATA_TYPES,
    Component,
    Parameter,
    Port,
    Scalar,
    why_incompatible,
    why_unlikely,
)
from studio.domain.environment import RESERVED_PREFIXES
from studio.domain.errors import InvalidError
from studio.domain.instead import better_output, named
from studio.domain.node import Binding, FromInput, FromPath, FromStep, Node, Value
from studio.domain.parameters import coerce
from studio.domain.pipeline import Pipeline


@dataclass(frozen=True)
class Fix:
    """A value of the problem's field that would mend it."""

    label: str
    value: Scalar


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `step` and `field` say where ("" is the pipeline).

    `place` is the file that a message names shortly; `lacks_value` says that the field
    only has to be filled in.
    """

    message: str
    hint: str = ""
    step: str = ""
    field: str = ""
    severity: Literal["error", "warning"] = "error"
    fixes: tuple[Fix, ...] = ()
    place: str = ""
    lacks_value: bool = False


def problems(
    pipeline: Pipeline, components: Mapping[str, Component | InvalidError]
) -> list[Problem]:
    """Everything that would stop a run. `components` maps each step's name to
    its component, or to the error that was met while looking for it."""
    found = [p for node in pipeline.nodes for p in _step(pipeline, node, components)]
    try:
        pipeline.order()
    except InvalidError as error:
        found.append(Problem(error.message, error.hint))
    if not pipeline.nodes:
        found.append(Problem("The pipeline has no steps", "Add a component"))
    return found


def _step(
    pipeline: Pipeline, node: Node, components: Mapping[str, Component | InvalidError]
) -> Iterator[Problem]:
    component = components.get(node.name)
    if not isinstance(component, Component):
        message = component.message if component else "The component isn't known"
        hint = component.hint if component else "Choose a component from the palette"
        yield Problem(message, hint, node.name, "component")
        return
    for name, binding in node.inputs.items():
        if name in component.ports_in:
            port = component.ports_in[name]
            yield from _port(pipeline, node, port, binding, components)
        elif name in component.parameters_by_name:
            yield from _parameter(
                pipeline, node, component.parameters_by_name[name], binding
            )
        else:
            known = [*component.ports_in, *component.parameters_by_name]
            yield Problem(
                f"'{component.title}' has no input '{name}'",
                _did_you_mean(name, known),
                node.name,
                name,
            )
    yield from _missing(pipeline, node, component)
    yield from _environment(node, component)


def _environment(node: Node, component: Component) -> Iterator[Problem]:
    """What an environment says that no step here can be given."""
    declares = component.declares
    if declares is not None and not declares.is_locked:
        what = "image" if declares.kind == "image" else "build context"
        yield Problem(
            f"The {what} written as the environment isn't used: steps run as processes "
            "of this computer, here with the studio's own packages",
            "Add a 'conda_file' to it, or name an environment of the workspace",
            node.name,
            "environment",
            severity="warning",
        )
    name = component.environment.removeprefix("azureml:")
    if name.startswith("//registries/"):
        name = name.partition("/environments/")[2]
    if name.lower().startswith(RESERVED_PREFIXES):
        called = name.partition("/")[0].partition(":")[0].partition("@")[0]
        yield Problem(
            f"'{called}' is an environment of Azure ML, which isn't here: the step "
            "runs with the studio's own packages",
            "Name an environment of the workspace to have others",
            node.name,
            "environment",
            severity="warning",
        )


def _missing(pipeline: Pipeline, node: Node, component: Component) -> Iterator[Problem]:
    for port in component.inputs:
        if not port.optional and port.name not in node.inputs:
            yield Problem(
                f"'{port.name}' isn't connected",
                f"Connect an output to '{port.name}', or name a path",
                node.name,
                port.name,
            )
    for parameter in component.parameters:
        if parameter.required and parameter.name not in node.inputs:
            yield Problem(
                f"'{parameter.name}' needs a value",
                _fill_in(parameter),
                node.name,
                parameter.name,
                lacks_value=True,
            )


def _fill_in(parameter: Parameter) -> str:
    what = parameter.description
    return f"Fill it in: {what[:1].lower()}{what[1:]}" if what else "Fill it in"


def _port(
    pipeline: Pipeline,
    node: Node,
    port: Port,
    binding: Binding,
    components: Mapping[str, Component | InvalidError],
) -> Iterator[Problem]:
    match binding:
        case FromStep(step, output):
            yield from _edge(pipeline, node, port, step, output, components)
        case FromInput(name):
            yield from _data_input(pipeline, node, port, name)
        case FromPath(type=data_type):
            if reason := why_incompatible(Port("path", data_type), port):
                yield Problem(
                    reason, f"Write 'type: {port.type}'", node.name, port.name
                )
        case Value():
            yield Problem(
                f"'{port.name}' needs data, not a value",
                "Connect an output, or name a path",
                node.name,
                port.name,
            )


def _edge(
    pipeline: Pipeline,
    node: Node,
    port: Port,
    step: str,
    output: str,
    components: Mapping[str, Component | InvalidError],
) -> Iterator[Problem]:
    if step not in pipeline.by_name:
        yield Problem(
            f"'{port.name}' comes from step '{step}', which doesn't exist",
            _did_you_mean(step, pipeline.by_name),
            node.name,
            port.name,
        )
        return
    source = components.get(step)
    if not isinstance(source, Component):
        return
    if output not in source.ports_out:
        yield Problem(
            f"Step '{step}' has no output '{output}'",
            _did_you_mean(output, source.ports_out),
            node.name,
            port.name,
        )
    elif not isinstance(node.component, Component):  # an inline one takes all
        yield from _misfit(pipeline, node, port, FromStep(step, output), components)


def _misfit(
    pipeline: Pipeline,
    node: Node,
    port: Port,
    given: FromStep,
    components: Mapping[str, Component | InvalidError],
) -> Iterator[Problem]:
    source = components[given.step]
    assert isinstance(source, Component)
    output = source.ports_out[given.output]
    wrong = why_incompatible(output, port)
    reason = wrong or why_unlikely(output, port)
    if not reason:
        return
    better = better_output(pipeline, (node.name, port), given.step, components)
    fix = f"Connect {named(pipeline, better)}" if better else "Connect another output"
    severity: Literal["error", "warning"] = "error" if wrong else "warning"
    yield Problem(reason, fix, node.name, port.name, severity)


def _data_input(
    pipeline: Pipeline, node: Node, port: Port, name: str
) -> Iterator[Problem]:
    declared = pipeline.inputs.get(name)
    if declared is None:
        yield _no_input(pipeline, node, port.name, name)
    elif declared.type not in DATA_TYPES:
        yield Problem(
            f"'{port.name}' needs data, but pipeline input '{name}' is a "
            f"{declared.type}",
            f"Give '{name}' a data type such as uri_file",
            node.name,
            port.name,
        )
    elif declared.value is None and not (declared.optional or port.optional):
        yield Problem(
            f"Pipeline input '{name}' has no path",
            f"Give it one, or run with --set inputs.{name}=PATH",
            node.name,
            port.name,
        )


def _parameter(
    pipeline: Pipeline, node: Node, parameter: Parameter, binding: Binding
) -> Iterator[Problem]:
    match binding:
        case FromStep() | FromPath():
            yield Problem(
                f"'{parameter.name}' needs a value, not data",
                "Disconnect it and fill in a value",
                node.name,
                parameter.name,
            )
            return
        case FromInput(name):
            if name not in pipeline.inputs:
                yield _no_input(pipeline, node, parameter.name, name)
                return
            value = pipeline.inputs[name].value
            if isinstance(value, FromPath):
                yield Problem(
                    f"'{parameter.name}' needs a value, but pipeline input '{name}' "
                    "is data",
                    f"Give '{parameter.name}' a data type such as uri_file, or bind "
                    "it to another input",
                    node.name,
                    parameter.name,
                )
                return
            if value is None:
                if parameter.required and not pipeline.inputs[name].optional:
                    yield Problem(
                        f"Pipeline input '{name}' has no value",
                        f"Give it one, or run with --set inputs.{name}=VALUE",
                        node.name,
                        parameter.name,
                    )
                return
        case Value(value):
            pass
    try:
        coerce(parameter, value)
    except ValueError as error:
        yield Problem(str(error), "Correct the value", node.name, parameter.name)


def _no_input(pipeline: Pipeline, node: Node, field: str, name: str) -> Problem:
    return Problem(
        f"The pipeline has no input '{name}'",
        _did_you_mean(name, pipeline.inputs) or f"Declare '{name}' under 'inputs'",
        node.name,
        field,
    )


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, 1)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"There are: {', '.join(names)}" if names else ""
