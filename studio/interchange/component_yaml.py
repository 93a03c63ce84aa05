"""Azure ML's command component YAML, read as a `Component`."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from studio.domain.component import (
    DATA_TYPES,
    PARAMETER_TYPES,
    PORT_KINDS,
    RESERVED_NAMES,
    Component,
    Parameter,
    Port,
    PortKind,
    Scalar,
    default_kind,
)
from studio.domain.environment import check_environment_name
from studio.domain.errors import InvalidError, NotFoundError, StudioError
from studio.domain.parameters import coerce, is_simple_pattern
from studio.interchange import located
from studio.interchange.component_wiring import check_columns, check_command
from studio.interchange.located import Document, Key

if TYPE_CHECKING:
    from studio.domain.environment import Declaration

COMPONENT_FILES = ("component.yml", "component.yaml")
MOST_BYTES = 1 << 20
_WORDS = ("$schema", "name", "version", "display_name", "description", "type", "tags")
_PARTS = ("inputs", "outputs", "code", "command", "environment", "is_deterministic")
_MORE = ("environment_variables", "additional_includes", "distribution", "resources")
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,254}\Z")
_IO_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*\Z")


def read_component(path: Path, *, built_in: bool = False) -> Component:
    """The component in a YAML file, or in a folder that holds component.yml."""
    file = component_file(path)
    document = located.read(file, MOST_BYTES, "a component")
    component = component_from(
        document, folder=file.parent, source=file, built_in=built_in
    )
    document.refuse_slips((*_WORDS, *_PARTS, *_MORE))
    return component


def component_file(path: Path) -> Path:
    if not path.is_dir():
        return path
    for name in COMPONENT_FILES:
        if (path / name).is_file():
            return path / name
    for name in COMPONENT_FILES:
        if (path / name).is_symlink() or (path / name).exists():
            raise InvalidError(
                f"{path / name} is no file, or a link that leads nowhere",
                "Put the YAML itself there",
            )
    raise NotFoundError(
        f"{path} holds no component.yml", hint="Choose the folder with component.yml"
    )


def component_from(
    document: Document,
    *at: Key,
    folder: Path,
    name: str = "",
    source: Path | None = None,
    built_in: bool = False,
) -> Component:
    """The component at `at` in a document: a whole file, or a step's inline one."""
    data = document.mapping(*at)
    kind = document.text(*at, "type", default="command")
    if kind != "command":
        raise document.error(
            f"components of type '{kind}' can't run here",
            "Use 'type: command'",
            *at,
            "type",
        )
    given, name = name, name or document.text(*at, "name")
    if not name:
        raise document.error("there is no 'name'", "Add 'name: my_step'", *at)
    if not _NAME.match(name.lower() if given else name):
        raise document.error(
            f"'{name[:60]}' can't be the name of a component",
            "Use lower-case letters, digits and '_'; start with a letter",
            *at,
            "name",
        )
    tags = {str(k): str(v) for k, v in document.mapping(*at, "tags").items()}
    inputs, parameters = _read_inputs(document, at, tags)
    environment, declares = _environment(document, at, folder, name)
    component = Component(
        name=name,
        version=document.text(*at, "version", default="1"),
        display_name=document.text(*at, "display_name"),
        description=document.text(*at, "description"),
        inputs=inputs,
        parameters=parameters,
        outputs=_read_outputs(document, at, tags),
        command=document.text(*at, "command").strip(),
        code=_code_folder(document, at, folder),
        additional_includes=_includes(document, at, folder),
        environment=environment,
        declares=declares,
        environment_variables=_variables(document, at),
        is_deterministic=bool(data.get("is_deterministic", True)),
        tags=tags,
        source=source,
        built_in=built_in,
    )
    check_command(document, at, component)
    check_columns(document, at, component)
    return component


def _read_inputs(
    document: Document, at: tuple[Key, ...], tags: dict[str, str]
) -> tuple[tuple[Port, ...], tuple[Parameter, ...]]:
    ports: list[Port] = []
    parameters: list[Parameter] = []
    for name in document.mapping(*at, "inputs"):
        where = (*at, "inputs", name)
        _check_io_name(document, name, where)
        data_type = document.text(*where, "type", default="").lower()
        if data_type in PARAMETER_TYPES:
            found = _parameter(document, name, data_type, where)
            parameters.append(_with_pattern(document, at, found, tags))
        elif data_type in DATA_TYPES:
            ports.append(_port(document, name, data_type, where, tags))
        else:
            raise _unknown_type(document, name, data_type, where)
    return tuple(ports), tuple(parameters)


def _read_outputs(
    document: Document, at: tuple[Key, ...], tags: dict[str, str]
) -> tuple[Port, ...]:
    ports: list[Port] = []
    for name, declared in document.mapping(*at, "outputs").items():
        where = (*at, "outputs", name)
        _check_io_name(document, name, where)
        if declared is not None:
            document.mapping(*where)  # an error if it is anything else
        data_type = document.text(*where, "type", default="uri_folder").lower()
        if data_type not in DATA_TYPES:
            raise _unknown_type(document, name, data_type, where)
        ports.append(_port(document, name, data_type, where, tags))
    return tuple(ports)


def _port(
    document: Document,
    name: str,
    data_type: str,
    where: tuple[Key, ...],
    tags: dict[str, str],
) -> Port:
    kind = tags.get(f"port.{name}", "")
    known = kind in PORT_KINDS
    optional = isinstance(document.get(*where), dict) and bool(
        document.get(*where, "optional")
    )
    return Port(
        name,
        data_type,
        document.text(*where, "description"),
        optional,
        cast(PortKind, kind) if known else default_kind(data_type),
        tags.get(f"model_for.{name}", "").strip(),
    )


def _parameter(
    document: Document, name: str, kind: str, where: tuple[Key, ...]
) -> Parameter:
    declared = document.mapping(*where)
    enum = declared.get("enum") or ()
    if not isinstance(enum, (list, tuple)):
        raise document.error("'enum' must be a list", "Write [a, b, c]", *where, "enum")
    if any(isinstance(each, (dict, list)) for each in enum):
        raise document.error(
            "'enum' must hold single values", "Write [a, b, c]", *where, "enum"
        )
    parameter = Parameter(
        name,
        kind,
        optional=bool(declared.get("optional", False)),
        enum=tuple(enum),
        minimum=_bound(document, "min", where),
        maximum=_bound(document, "max", where),
        description=document.text(*where, "description"),
    )
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and low > high:
        raise document.error(
            f"'min' ({low:g}) is larger than 'max' ({high:g})",
            "Swap or correct them",
            *(*where, "min"),
        )
    default = declared.get("default")
    if default is None:
        return parameter
    return replace(
        parameter, default=_typed(document, parameter, default, (*where, "default"))
    )


def _with_pattern(
    document: Document, at: tuple[Key, ...], parameter: Parameter, tags: dict[str, str]
) -> Parameter:
    """Azure ML's schema has no pattern: it stands in the tag `pattern.NAME`, and what
    it means for a person in `pattern.NAME.hint`."""
    key = f"pattern.{parameter.name}"
    pattern = tags.get(key, "")
    if pattern and not is_simple_pattern(pattern):
        raise document.error(
            f"the pattern of '{parameter.name}' can't be used",
            "Write a regular expression without groups, with at most 3 repetitions",
            *at,
            "tags",
            key,
        )
    hint = tags.get(f"{key}.hint", "")
    return replace(parameter, pattern=pattern, pattern_hint=hint)


def _bound(document: Document, key: str, where: tuple[Key, ...]) -> float | None:
    value = document.get(*where, key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise document.error(f"'{key}' must be a number", "Write a number", *where, key)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise document.error(
            f"'{key}' must be a number that a computer can hold",
            "Write a smaller one, or leave it out",
            *(*where, key),
        )
    return number


def _typed(
    document: Document, parameter: Parameter, value: Any, where: tuple[Key, ...]
) -> Scalar:
    try:
        return coerce(parameter, value)
    except (ValueError, OverflowError) as error:
        raise document.error(str(error), "Correct the value", *where) from error


def _check_io_name(document: Document, name: str, where: tuple[Key, ...]) -> None:
    if name.lower() in RESERVED_NAMES:
        raise document.error(
            f"'{name}' is a reserved name of the shell's environment",
            f"Rename it, for example to 'data_{name.lower()}'",
            *where,
        )
    if not _IO_NAME.match(name):
        raise document.error(
            f"'{name}' can't name an input or output",
            "Use letters, digits and '_'",
            *where,
        )


def _unknown_type(
    document: Document, name: str, data_type: str, where: tuple[Key, ...]
) -> Exception:
    known = ", ".join((*PARAMETER_TYPES, *DATA_TYPES))
    told = (
        f"type '{data_type}' of '{name}' isn't known"
        if data_type
        else (f"'{name}' has no type")
    )
    return document.error(told, f"Use one of: {known}", *where, "type")


def _code_folder(document: Document, at: tuple[Key, ...], folder: Path) -> Path | None:
    code = document.text(*at, "code")
    if not code:
        return None
    return document.path(folder, code, *at, "code")


def _includes(
    document: Document, at: tuple[Key, ...], folder: Path
) -> tuple[Path, ...]:
    listed = document.get(*at, "additional_includes") or []
    if not isinstance(listed, list):
        raise document.error(
            "'additional_includes' must be a list",
            "Write one path a line, each after '- '",
            *at,
            "additional_includes",
        )
    where = (*at, "additional_includes")
    if any(isinstance(item, (dict, list)) for item in listed):
        raise document.error(
            "'additional_includes' must hold paths",
            "Write one path a line, each after '- '",
            *where,
        )
    return tuple(document.path(folder, str(item), *where) for item in listed)


def _environment(
    document: Document, at: tuple[Key, ...], folder: Path, component: str
) -> tuple[str, Declaration | None]:
    """A reference, and what is declared where it is written inline."""
    where = (*at, "environment")
    given = document.get(*where) or ""
    if not isinstance(given, dict):
        return str(given), None
    from studio.interchange.environment_file import read_inline

    found = read_inline(document.part(*where), folder)
    name = found.name or f"{component.replace('_', '-')}-environment"
    try:
        check_environment_name(name)
    except StudioError as error:
        raise document.error(error.message, error.hint, *where, "name") from None
    return name, found.declaration


def _variables(document: Document, at: tuple[Key, ...]) -> dict[str, str]:
    declared = document.mapping(*at, "environment_variables")
    return {
        name: document.text(*at, "environment_variables", name) for name in declared
    }
