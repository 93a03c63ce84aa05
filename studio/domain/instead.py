"""Which output an input could take, where the one offered doesn't fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from studio.domain.component import Component, Port, why_incompatible, why_unlikely
from studio.domain.errors import InvalidError
from studio.domain.node import FromStep
from studio.domain.pipeline import Pipeline

Components = Mapping[str, Component | InvalidError]


def better_output(
    pipeline: Pipeline, target: tuple[str, Port], offered: str, components: Components
) -> FromStep | None:
    """The output to connect to a step's input instead of one of step `offered`: what
    it has now, else one of the same step, of one right before it, of any before it, of
    any other; the one that `offered` itself was made from last."""
    step, port = target
    now, fed = (pipeline.node(name).inputs for name in (step, offered))
    behind = pipeline.downstream([step])
    used = {(edge.source, edge.output) for edge in pipeline.edges}
    near = {offered}, set(pipeline.predecessors.get(offered, ()))
    before = pipeline.upstream([offered])

    def rank(found: FromStep) -> tuple[bool, int, bool, bool]:
        near_by = next((at for at, names in enumerate(near) if found.step in names), 2)
        distance = near_by if near_by < 2 or found.step in before else 3
        again = (found.step, found.output) in used
        return now.get(port.name) != found, distance, found in fed.values(), again

    fitting = (o for o in _fitting(port, components) if o.step not in behind)
    return min(fitting, key=rank, default=None)


def named(pipeline: Pipeline, output: FromStep) -> str:
    """ "Split · test", as a person reads it on the canvas."""
    return f"{pipeline.by_name[output.step].title} · {output.output}"


def _fitting(port: Port, components: Components) -> Iterator[FromStep]:
    for name, component in components.items():
        if not isinstance(component, Component):
            continue
        for output in component.outputs:
            loose = output.content == "any" and port.content != "any"
            if loose or why_incompatible(output, port) or why_unlikely(output, port):
                continue
            yield FromStep(name, output.name)
