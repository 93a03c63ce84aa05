"""Edits of a pipeline as pure functions: a value in, a value out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from studio.domain.component import DATA_TYPES, Component, Parameter, Port, Scalar
from studio.domain.errors import InvalidError
from studio.domain.framing import with_copies
from studio.domain.node import Binding, Edge, FromInput, FromPath, FromStep, Node, Value
from studio.domain.pipeline import Pipeline, PipelineInput, new_id

SHIFT = 24.0
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


def free_place(
    pipeline: Pipeline, wanted: tuple[float, float], size: tuple[float, float]
) -> tuple[float, float]:
    """`wanted`, or a little lower and to the right where a card lies there already."""
    x, y = wanted
    taken = {node.position for node in pipeline.nodes}
    while any(abs(x - a) < size[0] / 4 and abs(y - b) < size[1] / 2 for a, b in taken):
        x, y = x + SHIFT, y + SHIFT
    return (x, y)


def titled(pipeline: Pipeline, node: Node, title: str) -> Pipeline:
    """A step under another title; its name follows, its id stays."""
    title = " ".join(title.split())
    if not title:
        raise InvalidError("A step needs a name", "Type one, or press Escape")
    others = replace(
        pipeline, nodes=tuple(n for n in pipeline.nodes if n.id != node.id)
    )
    renamed = pipeline.rename(node.name, others.free_name(title))
    return renamed.update(replace(renamed.by_id[node.id], display_name=title))


def copies(
    pipeline: Pipeline, nodes: Iterable[Node], shift: float, *, keep_outside: bool
) -> tuple[Pipeline, list[str]]:
    """With copies of steps beside them, and the copies' ids.

    Edges among the copied are kept; those from other steps if `keep_outside`.
    """
    originals = list(nodes)
    names: dict[str, str] = {}
    made: list[str] = []
    for node in originals:
        names[node.name] = pipeline.free_name(node.name)
        pipeline = pipeline.add(_copy(node, names[node.name], shift))
        made.append(pipeline.nodes[-1].id)
    for number in made:
        node = pipeline.by_id[number]
        inputs = {
            key: moved
            for key, binding in node.inputs.items()
            if (moved := _follow(binding, names, pipeline, keep_outside)) is not None
        }
        pipeline = pipeline.update(replace(node, inputs=inputs))
    return pipeline, made


def duplicated(pipeline: Pipeline, nodes: Iterable[Node]) -> tuple[Pipeline, list[str]]:
    """With copies beside steps, fed by the same outputs, in copies of their frames."""
    originals = list(nodes)
    after, made = copies(pipeline, originals, SHIFT, keep_outside=True)
    ids = {old.id: new for old, new in zip(originals, made, strict=True)}
    frames = pipeline.annotations.around_only(ids)
    return with_copies(after, frames, ids, (SHIFT, SHIFT)), made


def selection_of(pipeline: Pipeline, names: Iterable[str]) -> Pipeline:
    """A pipeline of these steps alone, with the pipeline inputs they use."""
    kept = set(names)
    nodes = tuple(_cut(n, kept) for n in pipeline.nodes if n.name in kept)
    used = {
        b.name for n in nodes for b in n.inputs.values() if isinstance(b, FromInput)
    }
    inputs = {k: v for k, v in pipeline.inputs.items() if k in used}
    frames = pipeline.annotations.around_only({node.id for node in nodes})
    return Pipeline(pipeline.name, nodes, inputs, annotations=frames)


def pasted(
    pipeline: Pipeline, part: Pipeline, links: Iterable[Edge] = ()
) -> tuple[Pipeline, list[str]]:
    """With the steps of another pipeline (or an earlier copy) added.

    `links` lead into them from steps that are there already.
    """
    known = set(pipeline.by_name)
    inputs = {**part.inputs, **pipeline.inputs}
    whole = replace(pipeline, inputs=inputs)
    after, made = copies(whole, part.nodes, 0.0, keep_outside=False)
    pairs = list(zip(part.nodes, made, strict=True))
    names = {old.name: after.by_id[i].name for old, i in pairs}
    after = with_copies(after, part.annotations, {old.id: i for old, i in pairs})
    for link in links:
        if link.source in known and link.target in names:
            target = names[link.target]
            after = after.connect(Edge(link.source, link.output, target, link.input))
    return after, made


def placed(
    pipeline: Pipeline, part: Pipeline, seen: tuple[float, float, float, float] | None
) -> Pipeline:
    """The part where it can be seen, and not right upon what is there.

    `seen` is left, top, right and bottom of what is in view.
    """
    taken = {node.position for node in pipeline.nodes}
    dx = dy = SHIFT if taken & {node.position for node in part.nodes} else 0.0
    if seen is not None and not any(_inside(seen, n.position) for n in part.nodes):
        xs = [node.position[0] for node in part.nodes] or [0.0]
        ys = [node.position[1] for node in part.nodes] or [0.0]
        dx = _on_grid((seen[0] + seen[2] - min(xs) - max(xs)) / 2)
        dy = _on_grid((seen[1] + seen[3] - min(ys) - max(ys)) / 2)
    while any((x + dx, y + dy) in taken for x, y in (n.position for n in part.nodes)):
        dx, dy = dx + SHIFT, dy + SHIFT
    placed = part.move(
        {n.name: (n.position[0] + dx, n.position[1] + dy) for n in part.nodes}
    )
    return replace(placed, annotations=part.annotations.shifted(dx, dy))


def _inside(box: tuple[float, float, float, float], at: tuple[float, float]) -> bool:
    return box[0] <= at[0] <= box[2] and box[1] <= at[1] <= box[3]


def _on_grid(length: float) -> float:
    return round(length / 8) * 8.0


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


def _copy(node: Node, name: str, shift: float) -> Node:
    title = node.display_name
    if title and name != node.name:
        number = name.rpartition("_")[2]
        title = re.sub(r" \d+$", "", title)
        title = f"{title} {number}" if number.isdigit() else title
    x, y = node.position
    return replace(
        node,
        id=new_id(),
        name=name,
        display_name=title,
        position=(x + shift, y + shift),
    )


def _follow(
    binding: Binding, names: Mapping[str, str], pipeline: Pipeline, keep_outside: bool
) -> Binding | None:
    if not isinstance(binding, FromStep):
        return binding
    if binding.step in names:
        return FromStep(names[binding.step], binding.output)
    return binding if keep_outside and binding.step in pipeline.by_name else None


def _cut(node: Node, kept: set[str]) -> Node:
    inputs = {
        name: binding
        for name, binding in node.inputs.items()
        if not (isinstance(binding, FromStep) and binding.step not in kept)
    }
    return replace(node, inputs=inputs)


def _free_input(pipeline: Pipeline, wanted: str) -> str:
    name, number = wanted, 1
    while name in pipeline.inputs:
        number += 1
        name = f"{wanted}_{number}"
    return name
