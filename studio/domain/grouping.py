"""Steps gathered into a pipeline of their own, and taken out of it again (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from studio.domain.component import Component, Port
from studio.domain.composition import inlined, inner_name
from studio.domain.errors import InvalidError
from studio.domain.framing import regrouped, with_copies
from studio.domain.node import Binding, FromInput, FromStep, Node, StepOutput
from studio.domain.pipeline import (
    Pipeline,
    PipelineInput,
    PipelineOutput,
    new_id,
)


@dataclass(frozen=True)
class Grouped:
    """`outer` with one step in place of those that are in `inner` now."""

    outer: Pipeline
    inner: Pipeline
    node: Node


def grouped(
    pipeline: Pipeline,
    names: Iterable[str],
    name: str,
    title: str,
    components: Mapping[str, Component],
) -> Grouped:
    """Put steps into a pipeline `name` and a step in their place.

    Edges that cross become inputs and outputs; pipeline inputs they use are handed
    on. InvalidError if a step outside lies between two of them.
    """
    chosen = [node for node in pipeline.nodes if node.name in set(names)]
    inside = {node.name for node in chosen}
    _refuse_gaps(pipeline, inside)
    entries = _entries(pipeline, inside, components)
    exits = _exits(pipeline, inside, components)
    inner = Pipeline(
        name,
        tuple(_moved_in(node, entries, exits) for node in chosen),
        {entry.name: entry.declared for entry in entries.values()},
        {given: PipelineOutput(given, kind) for given, kind in exits.values()},
        display_name=title,
        experiment=pipeline.experiment,
    )
    node = Node(
        new_id(),
        pipeline.remove(inside).free_name(name),
        f"azureml:{name}@latest",
        {entry.name: entry.binding for entry in entries.values()},
        _kept_outputs(chosen, exits),
        display_name=title,
        position=_middle(chosen),
        extra={"type": "pipeline"},
    )
    ids = {each.id for each in chosen}
    around, within = regrouped(pipeline.annotations, ids, node.id)
    outer = replace(_replaced(pipeline, inside, node, exits), annotations=around)
    return Grouped(outer, replace(inner, annotations=within), node)


def unpacked(pipeline: Pipeline, node: Node, component: Component) -> Pipeline:
    """The steps of a pipeline in place of the step that stands for it."""
    body = component.pipeline
    if body is None:
        raise InvalidError(
            f"'{node.title}' is no pipeline", "Choose a step that is a pipeline"
        )
    whole = inlined(pipeline, {node.name: body})
    inside = {inner_name(node.name, each.name): each for each in body.nodes}
    left, top = _corner(body.nodes)
    x, y = node.position
    ids = {each.id: new_id() for each in inside.values()}
    nodes = tuple(
        _taken_out(flat, inside[flat.name], ids, (x - left, y - top))
        if flat.name in inside
        else flat
        for flat in whole.nodes
    )
    whole = replace(whole, nodes=nodes)
    for name, each in inside.items():
        others = replace(whole, nodes=tuple(n for n in whole.nodes if n.name != name))
        whole = whole.rename(name, others.free_name(each.name))
    owned = pipeline.annotations.with_in_place(node.id, tuple(ids.values()))
    whole = replace(whole, annotations=owned)
    return with_copies(whole, body.annotations, ids, (x - left, y - top))


def _taken_out(
    flat: Node, each: Node, ids: Mapping[str, str], by: tuple[float, float]
) -> Node:
    """An inlined step as a step of its own, looking as it did inside."""
    return replace(
        flat,
        id=ids[each.id],
        display_name=each.display_name,
        position=(each.position[0] + by[0], each.position[1] + by[1]),
        muted=each.muted,
        bypass=each.bypass,
    )


# -- inside -------------------------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    """An input of the inner pipeline, and what the outer step gives it."""

    name: str
    declared: PipelineInput
    binding: Binding


def _refuse_gaps(pipeline: Pipeline, inside: set[str]) -> None:
    """A step outside that is behind one of them and before another would have to run
    in the middle of the inner pipeline."""
    between = (pipeline.downstream(inside) & pipeline.upstream(inside)) - inside
    if between:
        name = pipeline.by_name[min(between)].title
        raise InvalidError(
            f"'{name}' lies between the selected steps, outside of them",
            hint=f"Select '{name}' too",
        )


def _entries(
    pipeline: Pipeline, inside: set[str], components: Mapping[str, Component]
) -> dict[Binding, _Entry]:
    """By what comes in: one source that feeds several steps is one input."""
    found: dict[Binding, _Entry] = {}
    taken: set[str] = set()
    for node in pipeline.nodes:
        if node.name not in inside:
            continue
        for key, binding in node.inputs.items():
            if binding in found or not _comes_in(binding, inside):
                continue
            declared = _declared(pipeline, node, key, binding, components)
            given = _free(declared.name, taken)
            taken.add(given)
            found[binding] = _Entry(given, replace(declared, name=given), binding)
    return found


def _comes_in(binding: Binding, inside: set[str]) -> bool:
    if isinstance(binding, FromStep):
        return binding.step not in inside
    return isinstance(binding, FromInput)


def _declared(
    pipeline: Pipeline,
    node: Node,
    key: str,
    binding: Binding,
    components: Mapping[str, Component],
) -> PipelineInput:
    if isinstance(binding, FromInput) and binding.name in pipeline.inputs:
        return pipeline.inputs[binding.name]
    component = components.get(node.name)
    port = component.ports_in.get(key) if component else None
    return PipelineInput(key, port.type if port else "uri_folder")


def _exits(
    pipeline: Pipeline, inside: set[str], components: Mapping[str, Component]
) -> dict[tuple[str, str], tuple[str, str]]:
    """(step, output) -> (name, type) of the inner pipeline's outputs."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    taken: set[str] = set()
    for step, output in _leaving(pipeline, inside):
        if (step, output) not in found:
            name = _free(output, taken)
            taken.add(name)
            found[step, output] = (name, _type(components.get(step), output))
    return found


def _leaving(pipeline: Pipeline, inside: set[str]) -> Iterator[tuple[str, str]]:
    for edge in pipeline.edges:
        if edge.source in inside and edge.target not in inside:
            yield edge.source, edge.output
    for node in pipeline.nodes:
        if node.name in inside:
            yield from ((node.name, o) for o, said in node.outputs.items() if said.to)


def _type(component: Component | None, output: str) -> str:
    port: Port | None = component.ports_out.get(output) if component else None
    return port.type if port else "uri_folder"


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _moved_in(
    node: Node,
    entries: Mapping[Binding, _Entry],
    exits: Mapping[tuple[str, str], tuple[str, str]],
) -> Node:
    inputs = {
        key: FromInput(entries[binding].name) if binding in entries else binding
        for key, binding in node.inputs.items()
    }
    outputs = {k: said for k, said in node.outputs.items() if not said.to}
    outputs |= {
        output: StepOutput(to=given)
        for (step, output), (given, _) in exits.items()
        if step == node.name
    }
    return replace(node, inputs=inputs, outputs=outputs)


def _kept_outputs(
    chosen: Iterable[Node], exits: Mapping[tuple[str, str], tuple[str, str]]
) -> dict[str, StepOutput]:
    """What fed an output of the whole pipeline does so from the new step."""
    return {
        exits[node.name, output][0]: said
        for node in chosen
        for output, said in node.outputs.items()
        if said.to
    }


def _replaced(
    pipeline: Pipeline,
    inside: set[str],
    node: Node,
    exits: Mapping[tuple[str, str], tuple[str, str]],
) -> Pipeline:
    crossing = [e for e in pipeline.edges if e.source in inside] if exits else []
    nodes = list(pipeline.nodes)
    first = next(n for n, each in enumerate(nodes) if each.name in inside)
    nodes.insert(first, node)
    outer = replace(
        pipeline, nodes=tuple(each for each in nodes if each.name not in inside)
    )
    for edge in crossing:
        if edge.target not in inside:
            output = exits[edge.source, edge.output][0]
            outer = outer.bind(edge.target, edge.input, FromStep(node.name, output))
    return outer


def _corner(nodes: Iterable[Node]) -> tuple[float, float]:
    places = [node.position for node in nodes]
    return min(x for x, _ in places), min(y for _, y in places)


def _middle(nodes: Iterable[Node]) -> tuple[float, float]:
    places = [node.position for node in nodes]
    xs, ys = [x for x, _ in places], [y for _, y in places]
    snap = 8
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return round(x / snap) * float(snap), round(y / snap) * float(snap)
