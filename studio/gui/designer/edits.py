"""Edits of a pipeline as pure functions: a value in, a value out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from studio.domain.card_size import HEIGHT, WIDTH
from studio.domain.component import DATA_TYPES, Component, Parameter, Port, Scalar
from studio.domain.errors import InvalidError
from studio.domain.node import Binding, Edge, FromInput, FromPath, Node, Value
from studio.domain.pipeline import Pipeline, PipelineInput, new_id

if TYPE_CHECKING:
    from studio.gui.designer.items.node_item import PortRef

SHIFT, APART, BETWEEN = 24.0, 96.0, 48.0
_EXPRESSION = re.compile(r"^\$\{\{\s*(?:parent\.)?inputs\.(\w+)\s*\}\}$")


def new_node(
    pipeline: Pipeline, component: Component, position: tuple[float, float]
) -> Node:
    """A step of that kind with a free name and all its defaults."""
    name = pipeline.free_name(component.name)
    title = component.title if name == component.name else ""
    number = name.rpartition("_")[2]
    if not title:
        title = f"{component.title} {number}" if number.isdigit() else component.title
    kind = {} if component.pipeline is None else {"type": "pipeline"}
    return Node(
        new_id(),
        name,
        component.reference.removeprefix("pipeline "),
        display_name=title,
        position=position,
        extra=kind,
    )


def joined(pipeline: Pipeline, node: Node, ref: PortRef, port: Port) -> Pipeline:
    """With a port of a new step connected to one that was there."""
    other = pipeline.by_id[ref.node_id].name
    if ref.side == "out":
        return pipeline.connect(Edge(other, ref.port.name, node.name, port.name))
    return pipeline.connect(Edge(node.name, port.name, other, ref.port.name))


def free_place(
    pipeline: Pipeline, wanted: tuple[float, float], size: tuple[float, float]
) -> tuple[float, float]:
    """`wanted`, or a little lower and to the right where a card lies there already."""
    x, y = wanted
    taken = {node.position for node in pipeline.nodes}
    while any(abs(x - a) < size[0] / 4 and abs(y - b) < size[1] / 2 for a, b in taken):
        x, y = x + SHIFT, y + SHIFT
    return (x, y)


def place_beside_all(
    pipeline: Pipeline, middle: tuple[float, float]
) -> tuple[float, float]:
    """Around a point, or below what lies there: upon no other card at all."""
    x, y = middle[0] - WIDTH / 2, middle[1] - HEIGHT / 2
    taken = [node.position for node in pipeline.nodes]
    while hit := [b for a, b in taken if abs(x - a) < WIDTH and abs(y - b) < APART]:
        y = max(hit) + APART
    return (round(x / 8) * 8, round(y / 8) * 8)


def pushed_aside(pipeline: Pipeline, name: str) -> Pipeline:
    """An inserted step goes right of what feeds it, and what follows right of it."""
    node = pipeline.node(name)
    following = pipeline.downstream([name]) - {name}
    sources = {edge.source for edge in pipeline.edges if edge.target == name}
    places = [pipeline.node(source).position for source in sources]
    x, y = node.position
    beside = [a for a, b in places if abs(b - y) < APART and a < x + WIDTH]
    x = max([x, *(left + WIDTH + BETWEEN for left in beside)])
    room = x + WIDTH + BETWEEN
    nearest = min((pipeline.node(n).position[0] for n in following), default=room)
    push = max(0.0, room - nearest)
    moved = {name: (x, y)}
    for other in following if push else ():
        left, top = pipeline.node(other).position
        moved[other] = (left + push, top)
    return pipeline.move(moved)


def titled(pipeline: Pipeline, node: Node, title: str) -> Pipeline:
    """A step under another title; its name, which files and runs know, stays."""
    title = " ".join(title.split())
    if not title:
        raise InvalidError("A step needs a name", "Type one, or press Escape")
    return pipeline.update(replace(node, display_name=title))


def named_by_title(pipeline: Pipeline, node: Node) -> Pipeline:
    """The step's name made of its title; what it feeds follows."""
    left = tuple(n for n in pipeline.nodes if n.id != node.id)
    name = replace(pipeline, nodes=left).free_name(node.title)
    named = pipeline.rename(node.name, name)
    return named.update(replace(named.by_id[node.id], display_name=node.title))


def binding_of(pipeline: Pipeline, parameter: Parameter, value: object) -> Binding:
    """What was typed into a field, as a binding."""
    match = _EXPRESSION.match(value) if isinstance(value, str) else None
    if match and match[1] in pipeline.inputs:
        return FromInput(match[1])
    return Value(value if isinstance(value, (bool, int, float)) else str(value))


def set_parameter(
    pipeline: Pipeline, step: str, parameter: Parameter, value: object
) -> Pipeline:
    """A parameter's new value; None or the default takes the entry away.

    A parameter that is bound to a pipeline input changes that input's value.
    """
    bound = pipeline.node(step).inputs.get(parameter.name)
    if isinstance(bound, FromInput) and bound.name in pipeline.inputs:
        if value is None:
            return set_input(pipeline, bound.name, None)
        given = binding_of(pipeline, parameter, value)
        if isinstance(given, Value):
            return set_input(pipeline, bound.name, given.value)
        return pipeline.bind(step, parameter.name, given)
    if value is None or value == parameter.default:
        return pipeline.bind(step, parameter.name, None)
    return pipeline.bind(step, parameter.name, binding_of(pipeline, parameter, value))


def set_input(
    pipeline: Pipeline, name: str, value: Scalar | FromPath | None
) -> Pipeline:
    """Another default of a pipeline input."""
    changed = replace(pipeline.inputs[name], value=value)
    return replace(pipeline, inputs={**pipeline.inputs, name: changed})


def set_path(pipeline: Pipeline, step: str, port: Port, path: str | None) -> Pipeline:
    """A file or folder for a data input, or for the pipeline input behind it."""
    bound = pipeline.node(step).inputs.get(port.name)
    if isinstance(bound, FromInput) and bound.name in pipeline.inputs:
        declared = pipeline.inputs[bound.name]
        given = FromPath(path, declared.type) if path else None
        return set_input(pipeline, bound.name, given)
    kept = bound.type if isinstance(bound, FromPath) else port.type
    return pipeline.bind(step, port.name, FromPath(path, kept) if path else None)


def promoted(pipeline: Pipeline, step: str, field: Parameter | Port) -> Pipeline:
    """With an input of the whole pipeline in place of a step's own value."""
    bound = pipeline.node(step).inputs.get(field.name)
    name = _free_input(pipeline, field.name)
    value: Scalar | FromPath | None = None
    if isinstance(bound, Value):
        value = bound.value
    elif isinstance(bound, FromPath):
        value = bound
    elif isinstance(field, Parameter):
        value = field.default
    declared = PipelineInput(
        name, field.type, value, optional=field.optional, description=field.description
    )
    added = replace(pipeline, inputs={**pipeline.inputs, name: declared})
    return added.bind(step, field.name, FromInput(name))


def demoted(pipeline: Pipeline, step: str, field: str) -> Pipeline:
    """A step's own value again, the same as the pipeline input had."""
    bound = pipeline.node(step).inputs.get(field)
    if not isinstance(bound, FromInput):
        return pipeline
    declared = pipeline.inputs.get(bound.name)
    value = declared.value if declared else None
    own: Binding | None = None
    if isinstance(value, FromPath):
        own = value
    elif value is not None:
        own = Value(value)
    return without_unused(pipeline.bind(step, field, own), bound.name)


def without_unused(pipeline: Pipeline, name: str) -> Pipeline:
    """Without a pipeline input that no step uses."""
    if users_of(pipeline, name):
        return pipeline
    kept = {k: v for k, v in pipeline.inputs.items() if k != name}
    return replace(pipeline, inputs=kept)


def users_of(pipeline: Pipeline, name: str) -> list[Node]:
    """The steps that are bound to a pipeline input."""
    return list(pipeline.users.get(name, ()))


def is_data(declared: PipelineInput) -> bool:
    return declared.type in DATA_TYPES


def _free_input(pipeline: Pipeline, wanted: str) -> str:
    name, number = wanted, 1
    while name in pipeline.inputs:
        number += 1
        name = f"{wanted}_{number}"
    return name
