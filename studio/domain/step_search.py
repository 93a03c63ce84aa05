"""Finding steps of a pipeline by what is written on and in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from studio.domain.component import Component
from studio.domain.node import Binding, FromInput, FromPath, Node, Value
from studio.domain.pipeline import Pipeline

ComponentOf = Callable[[Node], Component | None]


class StepSearch:
    """Keeps what it has read of steps: a search as one types reads only new ones."""

    def __init__(self, component_of: ComponentOf) -> None:
        self._component_of = component_of
        self._read: dict[str, tuple[Node, Component | None, str]] = {}

    def find(self, pipeline: Pipeline, text: str) -> list[str]:
        """Ids of the steps that say every word, from left to right on the canvas.

        Looked at are title, name, comment, component, and the settings as `name=value`.
        """
        words = text.casefold().split()
        if not words:
            return []
        found = [
            node
            for node in pipeline.nodes
            if all(word in self._text(node) for word in words)
        ]
        return [node.id for node in sorted(found, key=lambda node: node.position)]

    def find_inside(self, pipeline: Pipeline, text: str) -> list[tuple[str, ...]]:
        """The same of steps inside of steps: the names on the way to each."""
        words = text.casefold().split()
        return [
            way
            for way, node, component in steps_inside(pipeline, self._component_of)
            if words and all(w in self._text_with(node, component) for w in words)
        ]

    def _text(self, node: Node) -> str:
        return self._text_with(node, self._component_of(node))

    def _text_with(self, node: Node, component: Component | None) -> str:
        known = self._read.get(node.id)
        if known is not None and known[0] is node and known[1] is component:
            return known[2]
        text = text_of(node, component)
        self._read[node.id] = (node, component, text)
        return text


def steps_inside(
    pipeline: Pipeline, component_of: ComponentOf, around: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Node, Component | None]]:
    """Every step inside of a step, at any depth, with the names on the way."""
    for node in pipeline.nodes:
        outer = component_of(node)
        if outer is None or outer.pipeline is None:
            continue
        way, parts = (*around, node.name), outer.parts
        for inner in outer.pipeline.nodes:
            yield (*way, inner.name), inner, parts.get(inner.name)
        yield from steps_inside(outer.pipeline, _named_in(parts), way)


def _named_in(parts: Mapping[str, Component]) -> ComponentOf:
    return lambda node: parts.get(node.name)


def text_of(node: Node, component: Component | None) -> str:
    """All that is searched of a step, in small letters, a line for each."""
    lines = [node.title, node.name, node.comment, node.reference]
    if component is not None:
        lines += [component.title, component.name]
        given = node.inputs
        lines += [
            f"{parameter.name}={_shown(parameter.default)}"
            for parameter in component.parameters
            if parameter.name not in given and parameter.default is not None
        ]
    lines += [
        f"{name}={value}"
        for name, binding in node.inputs.items()
        if (value := _value(binding))
    ]
    return "\n".join(lines).casefold()


def _value(binding: Binding) -> str:
    if isinstance(binding, Value):
        return _shown(binding.value)
    if isinstance(binding, FromPath):
        return binding.path
    return binding.name if isinstance(binding, FromInput) else ""


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
