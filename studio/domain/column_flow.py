"""Which columns each step gives, before anything has run; and which are missing."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from studio.domain.component import Component, Parameter
from studio.domain.errors import InvalidError
from studio.domain.node import FromInput, FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline
from studio.domain.schema import (
    Schema,
    apply_effect,
    matching,
    names_in,
    parse_effect,
)
from studio.domain.validation import Fix, Problem

ComponentOf: TypeAlias = Callable[[Node], Component | None]
Schemas: TypeAlias = Mapping[tuple[str, str], Schema]
MOST_LISTED = 8


@dataclass(frozen=True)
class Known:
    """What was read: the columns of files, and of what steps made the last time."""

    path: Callable[[FromPath], Schema | None]
    output: Callable[[Node, str], Schema | None]


def flow(pipeline: Pipeline, of: ComponentOf, known: Known) -> Schemas:
    """The columns of every output for which they are known, by step and output."""
    try:
        order = pipeline.order()
    except InvalidError:  # a cycle, which is told by itself
        return {}
    found: dict[tuple[str, str], Schema] = {}
    for node in order:
        component = of(node)
        for output in component.ports_out if component else ():
            schema = _declared(pipeline, node, component, output, found, known)
            schema = schema or known.output(node, output)
            if schema is not None:
                found[node.name, output] = schema
    return found


def columns_into(
    pipeline: Pipeline, node: Node, port: str, found: Schemas, known: Known
) -> Schema | None:
    """The columns of the table that an input gets."""
    binding: object = node.inputs.get(port)
    if isinstance(binding, FromInput):
        declared = pipeline.inputs.get(binding.name)
        binding = declared.value if declared else None
    if isinstance(binding, FromStep):
        return found.get((binding.step, binding.output))
    return known.path(binding) if isinstance(binding, FromPath) else None


def choices_port(component: Component, parameter: str) -> str:
    """The input whose columns a parameter names; "" if it names none."""
    return component.tags.get(f"choices_from.{parameter}", "")


def column_problems(
    pipeline: Pipeline, of: ComponentOf, found: Schemas, known: Known
) -> list[Problem]:
    """Parameters that name a column which the table doesn't have."""
    return [
        problem
        for node in pipeline.nodes
        if (component := of(node)) is not None
        for parameter in component.parameters
        if (port := choices_port(component, parameter.name))
        if (schema := columns_into(pipeline, node, port, found, known)) is not None
        for problem in _missing(pipeline, node, parameter, port, schema)
    ]


def text_of(pipeline: Pipeline, node: Node, component: Component, name: str) -> str:
    """A setting as text; for a port a word if anything is connected to it."""
    binding: object = node.inputs.get(name)
    if name in component.ports_in:
        return "connected" if binding is not None else ""
    if isinstance(binding, FromInput):
        declared = pipeline.inputs.get(binding.name)
        value: object = declared.value if declared else None
    else:
        value = binding.value if isinstance(binding, Value) else None
    if value is None and name in component.parameters_by_name:
        value = component.parameters_by_name[name].default
    if value is None or isinstance(value, FromPath):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _declared(
    pipeline: Pipeline,
    node: Node,
    component: Component | None,
    output: str,
    found: Schemas,
    known: Known,
) -> Schema | None:
    text = component.tags.get(f"columns.{output}", "") if component else ""
    if component is None or not text:
        return None
    try:
        effect = parse_effect(text)
    except InvalidError:
        return None
    table_of = partial(_into, pipeline, node, component, found, known)
    return apply_effect(effect, table_of, partial(text_of, pipeline, node, component))


def _into(
    pipeline: Pipeline,
    node: Node,
    component: Component,
    found: Schemas,
    known: Known,
    port: str,
) -> Schema | None:
    """The columns of an input; an optional one that has no table adds none."""
    declared = component.ports_in.get(port)
    if declared is not None and declared.optional and port not in node.inputs:
        return Schema()
    return columns_into(pipeline, node, port, found, known)


def _missing(
    pipeline: Pipeline, node: Node, parameter: Parameter, port: str, schema: Schema
) -> Iterator[Problem]:
    binding = node.inputs.get(parameter.name)
    value: object = binding.value if isinstance(binding, Value) else None
    if isinstance(binding, FromInput) and binding.name in pipeline.inputs:
        value = pipeline.inputs[binding.name].value
    if schema.open or not isinstance(value, str):
        return
    several = parameter.name.endswith("s")
    for wanted in names_in(value) if several else [value]:
        name = wanted.removeprefix("!").strip() if several else wanted
        if matching(schema.names, name):
            continue
        yield Problem(
            f"There is no column '{name}' in the table of '{port}'",
            _hint(name, schema),
            node.name,
            parameter.name,
            "warning",
            tuple(_fixes(value, name, schema, several=several)),
        )


def nearest(name: str, schema: Schema) -> str:
    """The column most like a name, "" if none is like it."""
    by_case = {column.casefold(): column for column in schema.names}
    found = difflib.get_close_matches(name.casefold(), by_case, 1)
    return by_case[found[0]] if found else ""


def _hint(name: str, schema: Schema) -> str:
    near = nearest(name, schema)
    if near:
        return f"Did you mean '{near}'?"
    listed = ", ".join(schema.names[:MOST_LISTED])
    more = ", …" if len(schema.names) > MOST_LISTED else ""
    return f"Its columns are: {listed}{more}"


def _fixes(value: str, name: str, schema: Schema, *, several: bool) -> Iterator[Fix]:
    near = nearest(name, schema)
    if not near:
        return
    if not several:
        yield Fix(f"Use {near}", near)
        return
    swapped = {name: near, f"!{name}": f"!{near}"}
    parts = [swapped.get(part, part) for part in names_in(value)]
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(parts)
    yield Fix(f"Use {near}", text.getvalue().replace(",", ", "))
