"""A component: a kind of step, as Azure ML's command component describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from studio.domain.environment import Declaration
    from studio.domain.pipeline import Pipeline

Scalar: TypeAlias = str | int | float | bool

PARAMETER_TYPES = ("string", "number", "integer", "boolean")
DATA_TYPES = (
    "uri_file",
    "uri_folder",
    "mltable",
    "custom_model",
    "mlflow_model",
    "triton_model",
)
RESERVED_NAMES = frozenset(
    {"path", "ld_library_path", "user", "logname", "home", "pwd", "shell"}
)

PortKind: TypeAlias = Literal[
    "table", "model", "metric", "artifact", "env", "image", "param", "any"
]
PORT_KINDS: tuple[PortKind, ...] = (
    "table",
    "model",
    "metric",
    "artifact",
    "env",
    "image",
    "param",
    "any",
)
_KIND_OF_TYPE: dict[str, PortKind] = {
    "mltable": "table",
    "custom_model": "model",
    "mlflow_model": "model",
    "triton_model": "model",
    "uri_file": "artifact",
    "uri_folder": "any",
}
_MODELS = frozenset({"custom_model", "mlflow_model", "triton_model"})
_FOLDERS = _MODELS | {"mltable", "uri_folder"}


@dataclass(frozen=True)
class Port:
    """A data input or output; `kind` is what the canvas colours it by.

    `model_for` says what a model is for ("prediction"); "" where nothing is known.
    """

    name: str
    type: str = "uri_folder"
    description: str = ""
    optional: bool = False
    kind: PortKind = "any"
    model_for: str = ""

    @property
    def content(self) -> PortKind:
        """What is in there, as far as is known: a folder's `kind` tells more."""
        return self.kind if self.type == "uri_folder" else default_kind(self.type)


@dataclass(frozen=True)
class Parameter:
    """A literal input: what the inspector shows as a form field.

    A text matches the whole `pattern` if there is one; `pattern_hint` says it in words.
    """

    name: str
    type: str = "string"
    default: Scalar | None = None
    optional: bool = False
    enum: tuple[Scalar, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    description: str = ""
    pattern: str = ""
    pattern_hint: str = ""

    @property
    def required(self) -> bool:
        return not self.optional and self.default is None


@dataclass(frozen=True)
class Component:
    """A kind of step: ports, parameters, and the command that does the work.

    `folder` is where the YAML stands (None for a value without a file); `code`
    and `additional_includes` are absolute once the component has been read.
    `declares` is an environment written within it, called what `environment` says.
    Where the step is a whole `pipeline` instead of a command, `parts` holds the
    components of that pipeline's steps by name.
    """

    name: str
    command: str
    version: str = "1"
    display_name: str = ""
    description: str = ""
    inputs: tuple[Port, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[Port, ...] = ()
    code: Path | None = None
    additional_includes: tuple[Path, ...] = ()
    environment: str = ""
    declares: Declaration | None = None
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    is_deterministic: bool = True
    tags: Mapping[str, str] = field(default_factory=dict)
    source: Path | None = None
    built_in: bool = False
    pipeline: Pipeline | None = None
    parts: Mapping[str, Component] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return self.display_name or self.name.replace("_", " ").capitalize()

    @property
    def reference(self) -> str:
        """How a step names it when it follows the newest version (`Node.reference`)."""
        named = f"azureml:{self.name}@latest"
        return named if self.pipeline is None else f"pipeline {named}"

    @property
    def category(self) -> str:
        return self.tags.get("category", "Your components")

    @property
    def icon(self) -> str:
        return self.tags.get("icon", "cube")

    @cached_property
    def ports_in(self) -> Mapping[str, Port]:
        return {port.name: port for port in self.inputs}

    @cached_property
    def ports_out(self) -> Mapping[str, Port]:
        return {port.name: port for port in self.outputs}

    @cached_property
    def parameters_by_name(self) -> Mapping[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}


def default_kind(data_type: str) -> PortKind:
    """The colour family of a data type when a component names none."""
    return _KIND_OF_TYPE.get(data_type, "any")


def why_incompatible(source: Port, target: Port) -> str | None:
    """None if an output may feed an input, else the reason in words."""
    if _types_fit(source.type, target.type) and _contents_fit(source, target):
        return None
    return f"'{target.name}' needs {_named(target)}, got {_named(source)}"


def why_unlikely(source: Port, target: Port) -> str | None:
    """Why a connection that is allowed would hardly do what is meant."""
    have, want = source.model_for, target.model_for
    if not have or not want or have == want:
        return None
    return f"'{target.name}' needs a model for {want}, got one for {have}"


def _types_fit(have: str, want: str) -> bool:
    if have == want or (want == "uri_folder" and have in _FOLDERS):
        return True
    if have == "uri_folder" and want in _FOLDERS:
        return True
    return want == "custom_model" and have in _MODELS


def _contents_fit(source: Port, target: Port) -> bool:
    """Whether a folder could hold what is needed; most folders may hold anything."""
    if "uri_folder" not in (source.type, target.type):
        return True
    known = {source.content, target.content}
    return len(known) == 1 or not known <= _CONTENTS.keys()


_WORDS = {
    "mltable": "a table",
    "custom_model": "a model",
    "mlflow_model": "an MLflow model",
    "triton_model": "a Triton model",
    "uri_file": "a file",
    "uri_folder": "a folder",
}
_CONTENTS: dict[PortKind, str] = {
    "table": "a table",
    "model": "a model",
    "metric": "a report (metrics and plots)",
    "image": "a folder of images",
}


def describe(data_type: str) -> str:
    """A data type in a person's words ("mltable" is "a table")."""
    return _WORDS.get(data_type, data_type)


def _named(port: Port) -> str:
    if port.type == "uri_folder" and port.kind in _CONTENTS:
        return _CONTENTS[port.kind]
    return describe(port.type)
