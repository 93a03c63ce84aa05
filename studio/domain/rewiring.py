"""Edits that keep a pipeline joined: insert, replace, take out, connect (pure).

Each takes `of`, which gives a step's component (None while it isn't known).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from studio.domain.component import Component, Port, why_incompatible
from studio.domain.node import Binding, Edge, FromInput, FromStep, Node, Value
from studio.domain.parameters import coerce
from studio.domain.pipeline import Pipeline

ComponentOf: TypeAlias = Callable[[Node], Component | None]


@dataclass(frozen=True)
class Replaced:
    """The pipeline with another step in a step's place, and what was given up."""

    pipeline: Pipeline
    lost: tuple[str, ...] = ()


def way_through(
    component: Component, source: Port, target: Port
) -> tuple[Port, Port] | None:
    """The first input and output by which a component fits between two ports."""
    into = best_port(port for port in component.inputs if _fits(source, port))
    out = best_port(port for port in component.outputs if _fits(port, target))
    return (into, out) if into and out else None


def fits_between(
    pipeline: Pipeline, component: Component, edge: Edge, of: ComponentOf
) -> bool:
    """Whether a component could be put into an edge."""
    return _way(pipeline, component, edge, of) is not None


def inserted(pipeline: Pipeline, name: str, edge: Edge, of: ComponentOf) -> Pipeline:
    """With a step put into an edge; the same pipeline if it doesn't fit."""
    component = of(pipeline.node(name))
    way = _way(pipeline, component, edge, of) if component else None
    if way is None:
        return pipeline
    into, out = way
    joined = pipeline.connect(Edge(edge.source, edge.output, name, into.name))
    return joined.connect(Edge(name, out.name, edge.target, edge.input))


def healed(pipeline: Pipeline, names: Iterable[str], of: ComponentOf) -> Pipeline:
    """Without these steps: what was before each feeds what was after, where it fits."""
    gone = list(names)
    for name in gone:
        pipeline = taken_out(pipeline, name, of)
    return pipeline.remove(gone)


def taken_out(pipeline: Pipeline, name: str, of: ComponentOf) -> Pipeline:
    """With a step joined to nothing, and its neighbours joined to each other."""
    before = [edge for edge in pipeline.edges if edge.target == name]
    after = [edge for edge in pipeline.edges if edge.source == name]
    for edge in before:
        pipeline = pipeline.disconnect(edge)
    for edge in after:
        pipeline = pipeline.disconnect(edge)
        target = _port(pipeline, edge.target, edge.input, "in", of)
        for way in before:
            source = _port(pipeline, way.source, way.output, "out", of)
            if source and target and _fits(source, target):
                heal = Edge(way.source, way.output, edge.target, edge.input)
                pipeline = pipeline.connect(heal)
                break
    return pipeline


def is_joined(pipeline: Pipeline, name: str) -> bool:
    """Whether any edge touches a step."""
    return any(name in (edge.source, edge.target) for edge in pipeline.edges)


def replaced(pipeline: Pipeline, old: str, new: Node, of: ComponentOf) -> Replaced:
    """With `new` (in the pipeline or not) in the place of a step.

    Edges that fit are kept, and settings of the same name that the new component takes.
    """
    component = of(new)
    if component is None:
        return Replaced(pipeline, ("its component isn't known",))
    gone = pipeline.node(old)
    outgoing = [edge for edge in pipeline.edges if edge.source == old]
    inputs, lost = _taken_over(pipeline, gone, new, component, of)
    outputs = {k: v for k, v in gone.outputs.items() if k in component.ports_out}
    lost += [f"what was said of output {k}" for k in gone.outputs.keys() - outputs]
    placed = replace(
        new,
        position=gone.position,
        inputs=inputs,
        outputs={**outputs, **new.outputs},
    )
    if new.name in pipeline.by_name:
        pipeline = pipeline.update(placed)
    else:
        pipeline = pipeline.add(placed)
    owned = pipeline.annotations.without_nodes({new.id})
    pipeline = replace(
        pipeline, annotations=owned.with_in_place(gone.id, (new.id,))
    ).remove([old])
    for edge in outgoing:
        target = _port(pipeline, edge.target, edge.input, "in", of)
        fitting = [port for port in component.outputs if _fits(port, target)]
        port = _port_named(fitting, edge.output)
        if port is None:
            lost.append(f"the connection to {pipeline.node(edge.target).title}")
            continue
        pipeline = pipeline.connect(Edge(new.name, port.name, edge.target, edge.input))
    return Replaced(pipeline, tuple(lost))


def chained(pipeline: Pipeline, names: Sequence[str], of: ComponentOf) -> Pipeline:
    """With each step fed by the nearest one before it in `names` that fits.

    Inputs that are needed come before optional ones, even if farther away.
    """
    for number, name in enumerate(names):
        if any(e.target == name and e.source in names for e in pipeline.edges):
            continue
        ways = (
            first_edge(pipeline, before, name, of, optional=optional)
            for optional in (False, True)
            for before in reversed(names[:number])
        )
        edge = next(filter(None, ways), None)
        if edge is not None:
            pipeline = pipeline.connect(edge)
    return pipeline


def first_edge(
    pipeline: Pipeline, source: str, target: str, of: ComponentOf, *, optional: bool
) -> Edge | None:
    """The first output and free input (needed or optional) by which two steps fit."""
    start, end = of(pipeline.node(source)), of(pipeline.node(target))
    if start is None or end is None or pipeline.path(target, source):
        return None
    bound = pipeline.node(target).inputs
    for into in end.inputs:
        if into.name in bound or into.optional != optional:
            continue
        out = best_port(port for port in start.outputs if _fits(port, into))
        if out is not None:
            return Edge(source, out.name, target, into.name)
    return None


def separated(pipeline: Pipeline, names: Sequence[str]) -> Pipeline:
    """Without the edges among these steps; of one step, or of steps that aren't
    joined to each other, without all their edges."""
    chosen = set(names)
    among = [e for e in pipeline.edges if {e.source, e.target} <= chosen]
    touched = [e for e in pipeline.edges if chosen & {e.source, e.target}]
    for edge in among or touched:
        pipeline = pipeline.disconnect(edge)
    return pipeline


def best_port(fitting: Iterable[Port]) -> Port | None:
    """The first port; one that isn't optional before one that is."""
    return next(iter(sorted(fitting, key=lambda port: port.optional)), None)


def _taken_over(
    pipeline: Pipeline, gone: Node, new: Node, component: Component, of: ComponentOf
) -> tuple[dict[str, Binding], list[str]]:
    """The new step's inputs: its own, else those of the old one that it can take."""
    inputs, lost = dict(new.inputs), list[str]()
    known = component.ports_in
    for name, binding in sorted(gone.inputs.items(), key=lambda i: i[0] not in known):
        if isinstance(binding, FromStep):
            source = _port(pipeline, binding.step, binding.output, "out", of)
            free = [p for p in component.inputs if p.name not in inputs]
            port = _port_named([p for p in free if _fits(source, p)], name)
            if port is not None:
                inputs[port.name] = binding
            elif name not in inputs:
                title = pipeline.node(binding.step).title
                lost.append(f"the connection from {title}")
        elif name not in inputs:
            if _takes(pipeline, component, name, binding):
                inputs[name] = binding
            else:
                lost.append(f"the setting {name}")
    return inputs, lost


def _takes(
    pipeline: Pipeline, component: Component, name: str, binding: Binding
) -> bool:
    """Whether a component has an input of that name that takes that value."""
    if name in component.ports_in:
        return not isinstance(binding, Value)
    parameter = component.parameters_by_name.get(name)
    if parameter is None:
        return False
    declared = (
        pipeline.inputs.get(binding.name) if isinstance(binding, FromInput) else None
    )
    value = declared.value if declared else getattr(binding, "value", None)
    if value is None:
        return isinstance(binding, FromInput)
    try:
        coerce(parameter, value)
    except ValueError:
        return False
    return True


def _port_named(fitting: list[Port], name: str) -> Port | None:
    """The port of that name, else the first one."""
    named = [port for port in fitting if port.name == name]
    return named[0] if named else best_port(fitting)


def _way(
    pipeline: Pipeline, component: Component, edge: Edge, of: ComponentOf
) -> tuple[Port, Port] | None:
    source = _port(pipeline, edge.source, edge.output, "out", of)
    target = _port(pipeline, edge.target, edge.input, "in", of)
    return way_through(component, source, target) if source and target else None


def _fits(source: Port | None, target: Port | None) -> bool:
    return bool(source and target and not why_incompatible(source, target))


def _port(
    pipeline: Pipeline, step: str, name: str, side: str, of: ComponentOf
) -> Port | None:
    node = pipeline.by_name.get(step)
    component = of(node) if node else None
    if component is None:
        return None
    return (component.ports_out if side == "out" else component.ports_in).get(name)
