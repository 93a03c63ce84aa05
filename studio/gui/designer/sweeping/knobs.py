"""What a sweep can vary: the pipeline's inputs, and the values of its steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from studio.domain.component import Component, Parameter
from studio.domain.errors import InvalidError
from studio.domain.node import FromInput, FromStep, Node
from studio.domain.parameters import coerce
from studio.domain.pipeline import Pipeline, PipelineInput
from studio.domain.sweep import Space, space_of
from studio.gui.designer.edits import promoted, users_of
from studio.gui.designer.inspector.specs import parameter_value
from studio.gui.designer.sweeping.trials import value_text
from studio.gui.widgets.formats import format_number

Key: TypeAlias = tuple[str, str]
Known: TypeAlias = Callable[[Node], Component | None]
_TYPES = {
    "integer": "whole number",
    "number": "number",
    "string": "text",
    "boolean": "true or false",
}
_PROMPTS = {
    "integer": "50, 100, 200 or 1..9 step 2",
    "number": "0.1, 0.5, 1 or 0.001..1 log",
    "string": "one, another",
    "boolean": "true, false",
}


@dataclass(frozen=True)
class Knob:
    """One value that can vary. `step` is "" for an input of the pipeline; `limits`
    are the parameters that the value would be given to."""

    step: str
    declared: PipelineInput
    limits: tuple[Parameter, ...] = ()

    @property
    def key(self) -> Key:
        return self.step, self.declared.name

    @property
    def help(self) -> str:
        """`Now 100 · whole number, 1 to 500`."""
        value = self.declared.value
        now = "Not set" if value is None else f"Now {value_text(value)}"  # type: ignore[arg-type]
        return f"{now} · {self._kind()}"

    @property
    def prompt(self) -> str:
        """What one could write."""
        words = self._words()
        return ", ".join(words[:3]) if words else _PROMPTS[self.declared.type]

    def space(self, text: str) -> Space:
        """What is written, if all of it can be given to the steps. InvalidError."""
        space = space_of(text, self.declared)
        ends = space.values if space.kind == "choice" else (space.low, space.high)
        for parameter in self.limits:
            for value in ends:
                try:
                    coerce(parameter, value)
                except ValueError as error:
                    raise InvalidError(
                        str(error), "Choose values within its limits"
                    ) from None
        return space

    def _words(self) -> tuple[str, ...]:
        found = next((one.enum for one in self.limits if one.enum), ())
        return tuple(str(word) for word in found)

    def _kind(self) -> str:
        if words := self._words():
            return "one of " + ", ".join(words)
        kind = _TYPES[self.declared.type]
        lows = [one.minimum for one in self.limits if one.minimum is not None]
        highs = [one.maximum for one in self.limits if one.maximum is not None]
        if lows and highs:
            return f"{kind}, {format_number(max(lows))} to {format_number(min(highs))}"
        if lows:
            return f"{kind}, {format_number(max(lows))} or more"
        return f"{kind}, {format_number(min(highs))} or less" if highs else kind


def input_knobs(pipeline: Pipeline, known: Known) -> list[Knob]:
    """The pipeline's inputs that hold values."""
    return [
        Knob("", declared, _behind(pipeline, name, known))
        for name, declared in pipeline.inputs.items()
        if declared.type in _TYPES
    ]


def step_knobs(pipeline: Pipeline, node: Node, known: Known) -> list[Knob]:
    """A step's own values, which aren't inputs of the pipeline yet."""
    component = known(node)
    return [
        Knob(node.name, _as_input(pipeline, node, parameter), (parameter,))
        for parameter in (component.parameters if component else ())
        if parameter.type in _TYPES
        and not isinstance(node.inputs.get(parameter.name), FromInput | FromStep)
    ]


def with_inputs(
    pipeline: Pipeline, knobs: Mapping[Key, Space], known: Known
) -> tuple[Pipeline, dict[str, Space]]:
    """The pipeline with an input for each varied value, and the spaces of those."""
    spaces: dict[str, Space] = {}
    for (step, name), space in knobs.items():
        if step:
            component = known(pipeline.node(step))
            found = component.parameters if component else ()
            parameter = next(one for one in found if one.name == name)
            before = set(pipeline.inputs)
            pipeline = promoted(pipeline, step, parameter)
            (name,) = set(pipeline.inputs) - before
        spaces[name] = space
    return pipeline, spaces


def _as_input(pipeline: Pipeline, node: Node, parameter: Parameter) -> PipelineInput:
    value = parameter_value(pipeline, node, parameter)
    return PipelineInput(parameter.name, parameter.type, value)


def _behind(pipeline: Pipeline, name: str, known: Known) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for node in users_of(pipeline, name):
        component = known(node)
        for parameter in component.parameters if component else ():
            if node.inputs.get(parameter.name) == FromInput(name):
                found.append(replace(parameter, name=name))
    return tuple(found)
