"""Pipelines made of pipelines, and steps that are switched off (pure).

A pipeline can be a step of another: `as_component` is what the outer one sees of it,
`expanded` puts its steps in its place. A muted step doesn't run, nor does what needs
it; a bypassed one hands its inputs on as if they were its outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from studio.domain.component import (
    DATA_TYPES,
    Component,
    Parameter,
    Port,
    default_kind,
    why_incompatible,
)
from studio.domain.errors import InvalidError
from studio.domain.node import Binding, FromInput, FromStep, Node, StepOutput, Value
from studio.domain.pipeline import Pipeline, PipelineInput

JOINT = "__"
"""Between the names of a step and of the step inside it: `prepare__clean`."""

INTO = " › "
"""Between their titles."""

CATEGORY = "Pipelines"

MUTED, BYPASSED = "it is muted", "it is bypassed"
_IS_OFF = "is switched off"


# -- a pipeline as a kind of step ---------------------------------------------------


def as_component(
    pipeline: Pipeline, components: Mapping[str, Component], version: str = "1"
) -> Component:
    """What an outer pipeline sees: inputs are ports and parameters, outputs ports.

    `components` maps the names of the pipeline's own steps; ports take their colour
    from the steps that use them.
    """
    declared = pipeline.inputs.values()
    return Component(
        name=pipeline.name,
        command="",
        version=version,
        display_name=pipeline.title,
        description=pipeline.description,
        inputs=tuple(
            _port(pipeline, each, components)
            for each in declared
            if each.type in DATA_TYPES
        ),
        parameters=tuple(
            _parameter(pipeline, each, components)
            for each in declared
            if each.type not in DATA_TYPES
        ),
        outputs=tuple(_outputs(pipeline, components)),
        tags={"category": CATEGORY, "icon": "flow-arrow"},
        pipeline=pipeline,
        parts=components,
    )


def _users(pipeline: Pipeline, name: str) -> Iterator[tuple[Node, str]]:
    """Steps and their inputs that are bound to an input of the pipeline."""
    for node in pipeline.nodes:
        for key, binding in node.inputs.items():
            if binding == FromInput(name):
                yield node, key


def _port(
    pipeline: Pipeline, declared: PipelineInput, components: Mapping[str, Component]
) -> Port:
    kind, model_for = default_kind(declared.type), ""
    for node, key in _users(pipeline, declared.name):
        component = components.get(node.name)
        if component is not None and key in component.ports_in:
            inner = component.ports_in[key]
            kind, model_for = inner.kind, inner.model_for
            break
    return Port(
        declared.name,
        declared.type,
        declared.description,
        declared.optional or declared.value is not None,
        kind,
        model_for,
    )


def _parameter(
    pipeline: Pipeline, declared: PipelineInput, components: Mapping[str, Component]
) -> Parameter:
    """With the choices and limits of the inner parameter that it sets."""
    value = declared.value
    own = Parameter(
        declared.name,
        declared.type,
        value if isinstance(value, (str, int, float, bool)) else None,
        declared.optional,
        description=declared.description,
    )
    for node, key in _users(pipeline, declared.name):
        component = components.get(node.name)
        inner = component.parameters_by_name.get(key) if component else None
        if inner is not None:
            return replace(
                own,
                enum=inner.enum,
                minimum=inner.minimum,
                maximum=inner.maximum,
                pattern=inner.pattern,
                pattern_hint=inner.pattern_hint,
                description=own.description or inner.description,
            )
    return own


def _outputs(pipeline: Pipeline, components: Mapping[str, Component]) -> Iterator[Port]:
    made = {
        declared.to: (node, name)
        for node in pipeline.nodes
        for name, declared in node.outputs.items()
        if declared.to
    }
    for name, output in pipeline.outputs.items():
        port = Port(name, output.type, kind=default_kind(output.type))
        if name in made:
            node, inner = made[name]
            component = components.get(node.name)
            if component is not None and inner in component.ports_out:
                port = replace(component.ports_out[inner], name=name, description="")
        yield port


# -- its steps in its place -----------------------------------------------------------


def expanded(pipeline: Pipeline, components: Mapping[str, Component]) -> Pipeline:
    """What is run: every step that is a pipeline replaced by that pipeline's steps at
    any depth, and bypassed steps left out of the way.

    `components` maps step names.
    """
    pipeline = rewired(pipeline)
    bodies = {
        name: expanded(component.pipeline, component.parts)
        for name, component in components.items()
        if component.pipeline is not None and name in pipeline.by_name
    }
    return inlined(pipeline, bodies)


def inlined(pipeline: Pipeline, bodies: Mapping[str, Pipeline]) -> Pipeline:
    """Some steps replaced by the steps of the pipelines that they stand for."""
    nodes: list[Node] = []
    for node in pipeline.nodes:
        body = bodies.get(node.name)
        nodes += [_inner(node, body, each) for each in body.nodes] if body else [node]
    ends = {name: _ends(name, body) for name, body in bodies.items()}
    return replace(pipeline, nodes=tuple(_fed(each, ends) for each in nodes))


def inner_name(outer: str, inner: str) -> str:
    return f"{outer}{JOINT}{inner}"


def inner_id(outer: Node, inner: str) -> str:
    """Stays as long as neither step is renamed or replaced."""
    return f"{outer.id}.{inner}"


def _inner(outer: Node, body: Pipeline, node: Node) -> Node:
    inputs = {
        name: bound
        for name, binding in node.inputs.items()
        if (bound := _carried(outer, body, binding)) is not None
    }
    return replace(
        node,
        id=inner_id(outer, node.name),
        name=inner_name(outer.name, node.name),
        display_name=f"{outer.title}{INTO}{node.title}",
        inputs=inputs,
        outputs=_outer_outputs(outer, node),
        muted=node.muted or outer.muted or outer.bypass is not None,
    )


def _carried(outer: Node, body: Pipeline, binding: Binding) -> Binding | None:
    """An inner step's binding, in the outer pipeline's words; None if it has none."""
    if isinstance(binding, FromStep):
        return FromStep(inner_name(outer.name, binding.step), binding.output)
    if not isinstance(binding, FromInput):
        return binding
    if binding.name in outer.inputs:
        return outer.inputs[binding.name]
    declared = body.inputs.get(binding.name)
    value = declared.value if declared else None
    if value is None:
        return None
    return Value(value) if isinstance(value, (str, int, float, bool)) else value


def _outer_outputs(outer: Node, node: Node) -> dict[str, StepOutput]:
    """What the outer step says of an output is said of the inner one that makes it."""
    return {
        name: outer.outputs[said.to] if said.to else said
        for name, said in node.outputs.items()
        if not said.to or said.to in outer.outputs
    }


def _ends(outer: str, body: Pipeline) -> dict[str, FromStep]:
    return {
        said.to: FromStep(inner_name(outer, node.name), name)
        for node in body.nodes
        for name, said in node.outputs.items()
        if said.to
    }


def _fed(node: Node, ends: Mapping[str, Mapping[str, FromStep]]) -> Node:
    inputs = {
        name: ends[binding.step].get(binding.output, binding)
        if isinstance(binding, FromStep) and binding.step in ends
        else binding
        for name, binding in node.inputs.items()
    }
    return node if inputs == node.inputs else replace(node, inputs=inputs)


# -- steps that are switched off -------------------------------------------------------


def proposed_bypass(component: Component) -> dict[str, str]:
    """For each output the first input that could stand in for it."""
    found: dict[str, str] = {}
    for output in component.outputs:
        for port in component.inputs:
            if why_incompatible(port, output) is None and port.kind == output.kind:
                found[output.name] = port.name
                break
    return found


def rewired(pipeline: Pipeline) -> Pipeline:
    """Consumers of a bypassed step fed by what feeds it."""
    around = {n.name: n for n in pipeline.nodes if n.bypass is not None}
    if not around:
        return pipeline
    nodes = tuple(_around(node, around) for node in pipeline.nodes)
    return replace(pipeline, nodes=nodes)


def _around(node: Node, bypassed: Mapping[str, Node]) -> Node:
    inputs = {
        name: end
        for name, binding in node.inputs.items()
        if (end := _followed(binding, bypassed)) is not None
    }
    return node if inputs == node.inputs else replace(node, inputs=inputs)


def _followed(binding: Binding, bypassed: Mapping[str, Node]) -> Binding | None:
    """Where data comes from when bypassed steps are left out; None: from nowhere."""
    seen: set[str] = set()
    found: Binding | None = binding
    while isinstance(found, FromStep) and found.step in bypassed:
        if found.step in seen:  # a cycle: validation tells
            return binding
        seen.add(found.step)
        step = bypassed[found.step]
        into = (step.bypass or {}).get(found.output)
        if into is None:
            return FromStep(found.step, found.output)  # and so what needs it is off
        found = step.inputs.get(into)
    return found


def switched_off(
    pipeline: Pipeline, components: Mapping[str, Component]
) -> dict[str, str]:
    """Steps that don't run although nothing is wrong, each with the reason.

    The pipeline has been rewired; a step is off as well when a required input comes
    from one that is.
    """
    off: dict[str, str] = {}
    for node in pipeline.order():
        if node.muted:
            off[node.name] = MUTED
        elif node.bypass is not None:
            off[node.name] = BYPASSED
        elif needed := _needs(node, components.get(node.name), off):
            off[node.name] = f"'{needed}' {_IS_OFF}"
    return off


def was_switched_off(reason: str) -> bool:
    """Whether that is why a run skipped a step: its pipeline said so then."""
    return reason in (MUTED, BYPASSED) or reason.endswith(_IS_OFF)


def off_now(
    pipeline: Pipeline, component: Callable[[Node], Component | None]
) -> dict[str, str]:
    """Steps that a run would leave out, by id, each with the reason.

    A step that is a pipeline is off, too, when all that is in it is.
    """
    empty = {n.name for n in pipeline.nodes if _is_off_inside(component(n))}
    if not empty and not any(n.muted or n.bypass is not None for n in pipeline.nodes):
        return {}
    known = {n.name: c for n in pipeline.nodes if (c := component(n)) is not None}
    muted = (replace(n, muted=n.muted or n.name in empty) for n in pipeline.nodes)
    try:
        off = switched_off(rewired(replace(pipeline, nodes=tuple(muted))), known)
    except InvalidError:  # a cycle: validation tells
        return {}
    said = off | dict.fromkeys(empty, "all steps inside are switched off")
    return {node.id: said[node.name] for node in pipeline.nodes if node.name in off}


def _is_off_inside(component: Component | None) -> bool:
    body = component.pipeline if component else None
    if body is None or not body.nodes:
        return False
    return all(node.muted for node in body.nodes)


def _needs(node: Node, component: Component | None, off: Iterable[str]) -> str:
    for name, binding in node.inputs.items():
        if isinstance(binding, FromStep) and binding.step in off:
            port = component.ports_in.get(name) if component else None
            if port is None or not port.optional:
                return binding.step
    return ""


def without_optional(pipeline: Pipeline, off: Iterable[str]) -> Pipeline:
    """Steps that stay on let go of inputs that nobody makes."""
    gone = set(off)

    def kept(node: Node) -> Node:
        if node.name in gone:
            return node
        inputs = {
            name: binding
            for name, binding in node.inputs.items()
            if not (isinstance(binding, FromStep) and binding.step in gone)
        }
        return node if len(inputs) == len(node.inputs) else replace(node, inputs=inputs)

    return replace(pipeline, nodes=tuple(kept(node) for node in pipeline.nodes))
