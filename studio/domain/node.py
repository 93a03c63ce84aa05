"""A step of a pipeline, and what its inputs are bound to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from studio.domain.component import Component, Scalar


@dataclass(frozen=True)
class Value:
    """A literal given to a parameter (or to an optional input)."""

    value: Scalar


@dataclass(frozen=True)
class FromInput:
    """`${{parent.inputs.NAME}}`"""

    name: str


@dataclass(frozen=True)
class FromStep:
    """`${{parent.jobs.STEP.outputs.OUTPUT}}`"""

    step: str
    output: str


@dataclass(frozen=True)
class FromPath:
    """A file or folder: relative to the pipeline's folder, or absolute."""

    path: str
    type: str = "uri_folder"
    mode: str = ""


Binding: TypeAlias = Value | FromInput | FromStep | FromPath


@dataclass(frozen=True)
class StepOutput:
    """What a step says of one of its outputs.

    `to` names a pipeline output it feeds; `register` a data or model asset it
    becomes (Azure ML's `outputs.x.name`).
    """

    to: str = ""
    register: str = ""
    type: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A step of a pipeline.

    `id` stays when the step is renamed. `component` is a reference as written
    (`azureml:split@latest`, `./train.yml`) or the component itself when it is
    written inline. A `muted` step doesn't run, nor does what needs it; a step with
    a `bypass` (output -> input) doesn't run either, but hands its inputs on.
    `extra` keeps the keys we don't interpret. At a `breakpoint`, runs of the window
    pause before the step; it changes no result, and neither does its `colour`
    (see `annotations.COLOURS`).
    """

    id: str
    name: str
    component: str | Component
    inputs: Mapping[str, Binding] = field(default_factory=dict)
    outputs: Mapping[str, StepOutput] = field(default_factory=dict)
    display_name: str = ""
    comment: str = ""
    position: tuple[float, float] = (0.0, 0.0)
    timeout_seconds: float | None = None
    max_retries: int = 0
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    muted: bool = False
    bypass: Mapping[str, str] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    breakpoint: bool = False
    colour: str = ""

    @property
    def is_pipeline(self) -> bool:
        """Whether the step is another pipeline."""
        return self.extra.get("type") == "pipeline"

    @property
    def reference(self) -> str:
        """What the step is an instance of; pipelines and components have names of
        their own. "" for an inline component."""
        if not isinstance(self.component, str):
            return ""
        return f"pipeline {self.component}" if self.is_pipeline else self.component

    @property
    def title(self) -> str:
        return self.display_name or self.name.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Edge:
    """Data flowing from a step's output into another step's input."""

    source: str
    output: str
    target: str
    input: str
