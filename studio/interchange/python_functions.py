"""Python functions as components, read from the source alone: nothing is run.

    @step
    def add_ratio(data: pd.DataFrame, over: str, factor: float = 1.0) -> pd.DataFrame:

The hints say what is a port and what a field of the form (see studio/step.py).
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from studio.domain.component import (
    Component,
    Parameter,
    Port,
    PortKind,
    Scalar,
)
from studio.domain.errors import InvalidError, StudioError
from studio.domain.parameters import coerce
from studio.interchange.function_docs import documentation
from studio.interchange.text_files import as_text, read_bytes
from studio.resources import resource_path

SHARED = ("function.py", "step.py", "tables.py", "features.py", "mlflow_folder.py")
_PORTS: Mapping[str, tuple[str, PortKind]] = {
    "DataFrame": ("mltable", "table"),
    "Table": ("mltable", "table"),
    "Series": ("mltable", "table"),
    "Model": ("mlflow_model", "model"),
    "BaseEstimator": ("mlflow_model", "model"),
    "Pipeline": ("mlflow_model", "model"),
    "Path": ("uri_file", "artifact"),
    "File": ("uri_file", "artifact"),
    "Folder": ("uri_folder", "any"),
    "dict": ("uri_folder", "metric"),
    "Mapping": ("uri_folder", "metric"),
}
_SCALARS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
_HINTS = "Use DataFrame, Model, Path, Folder, str, int, float, bool or Literal[...]"
MOST_BYTES = 1 << 20
_MOST_LOOKED_AT = 64 << 20
_NAME = re.compile(r"^[a-z][a-z0-9_]*\Z")
_IO_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*\Z")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class BrokenFunction:
    """A function that wants to be a step and can't be."""

    name: str
    error: InvalidError


def read_functions(file: Path) -> list[Component | BrokenFunction]:
    """The steps in a Python file. InvalidError if it can't be read as Python."""
    return functions_from(_text(file), file)


def functions_from(source: str, file: Path) -> list[Component | BrokenFunction]:
    """The steps in the text that a file holds, or is to hold."""
    try:
        tree = ast.parse(source.removeprefix("\ufeff"), str(file))
        symtable.symtable(source.removeprefix("\ufeff"), str(file), "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f"{file}, line {line}" if line else str(file)
        told = getattr(error, "msg", None) or str(error) or "it is too large for Python"
        raise InvalidError(f"{where}: {told}", "Correct the Python code") from error
    return [_try(file, node, marked) for node, marked in _marked(tree)]


def _text(file: Path) -> str:
    return as_text(read_bytes(file, MOST_BYTES, "a file with steps"), file)


def is_step_file(file: Path) -> bool:
    """Whether a Python file seems to define steps, by a look at its text."""
    try:
        return b"@step" in read_bytes(file, _MOST_LOOKED_AT, "a file with steps")
    except StudioError:
        return False


# -- one function ---------------------------------------------------------------------


def _marked(tree: ast.Module) -> Iterator[tuple[_Definition, ast.expr]]:
    for node in tree.body:
        if isinstance(node, _Definition):
            for decorator in node.decorator_list:
                called = (
                    decorator.func if isinstance(decorator, ast.Call) else decorator
                )
                if _last_name(called) == "step":
                    yield node, decorator


def _try(file: Path, node: _Definition, marked: ast.expr) -> Component | BrokenFunction:
    if not isinstance(node, ast.FunctionDef):
        error = _wrong(file, node, f"'{node.name}' isn't a plain function")
        return BrokenFunction(node.name, error)
    try:
        return _component(file, node, _about(file, node, marked))
    except InvalidError as error:
        return BrokenFunction(node.name, error)
    except (SyntaxError, ValueError, TypeError, IndexError, RecursionError):
        told = f"the signature of '{node.name}' can't be understood"
        return BrokenFunction(node.name, _wrong(file, node, told))


def _component(
    file: Path, node: ast.FunctionDef, about: Mapping[str, object]
) -> Component:
    summary, described = documentation(node)
    items = [
        _input(file, node, argument, default, described)
        for argument, default in _arguments(file, node)
    ]
    ports = tuple(item for item in items if isinstance(item, Port))
    parameters = tuple(item for item in items if isinstance(item, Parameter))
    outputs = tuple(_outputs(file, node, about))
    _check_names(file, node, ports, parameters, outputs)
    return Component(
        name=node.name.lower(),
        command=_command(file, node, ports, parameters, outputs),
        display_name=str(about.get("title") or ""),
        description=summary,
        inputs=ports,
        parameters=parameters,
        outputs=outputs,
        additional_includes=(*_shared(), file, *_siblings(file)),
        is_deterministic=bool(about.get("deterministic", True)),
        tags={
            "category": str(about.get("category") or "Your components"),
            "icon": str(about.get("icon") or "function"),
            "subtitle": summary.split(". ")[0].rstrip("."),
        },
        source=file,
    )


def _check_names(
    file: Path, node: ast.FunctionDef, *groups: Iterable[Port | Parameter]
) -> None:
    """Names that a command or a reference can't take."""
    if not _NAME.match(node.name.lower()):
        told = f"'{node.name}' can't name a component"
        raise _wrong(file, node, told, "Use letters a-z, digits and '_'")
    for group in groups:
        seen: set[str] = set()
        for item in group:
            if not _IO_NAME.match(item.name) or item.name in seen:
                told = f"'{item.name}' can't name an input or output"
                if item.name in seen:
                    told = f"two outputs are named '{item.name}'"
                raise _wrong(file, node, told, "Use letters a-z, digits and '_'")
            seen.add(item.name)


def _shared() -> tuple[Path, ...]:
    folder = resource_path("components/_shared")
    return tuple(folder / name for name in SHARED)


def _command(
    file: Path,
    node: ast.FunctionDef,
    ports: tuple[Port, ...],
    parameters: tuple[Parameter, ...],
    outputs: tuple[Port, ...],
) -> str:
    words = [f"python function.py {file.name} {node.name}"]
    inputs: list[Port | Parameter] = [*ports, *parameters]
    for item in inputs:
        word = f"--{item.name} ${{{{inputs.{item.name}}}}}"
        unset = item.optional and not (isinstance(item, Parameter) and item.default)
        words.append(f"$[[{word}]]" if unset else word)
    words += [f"--out:{port.name} ${{{{outputs.{port.name}}}}}" for port in outputs]
    return " ".join(words)


def _about(file: Path, node: ast.FunctionDef, marked: ast.expr) -> Mapping[str, object]:
    if not isinstance(marked, ast.Call):
        return {}
    found: dict[str, object] = {}
    for keyword in marked.keywords:
        try:
            found[str(keyword.arg)] = ast.literal_eval(keyword.value)
        except ValueError:
            raise _wrong(
                file, keyword.value, f"'{keyword.arg}' of @step must be a plain value"
            ) from None
    return found


def _arguments(
    file: Path, node: ast.FunctionDef
) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    given = node.args
    for star in (given.vararg, given.kwarg):
        if star is not None:
            raise _wrong(file, star, f"'*{star.arg}' can't be an input of a step")
    plain = [*given.posonlyargs, *given.args]
    missing = len(plain) - len(given.defaults)
    yield from zip(plain, [*[None] * missing, *given.defaults], strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


def _input(
    file: Path,
    node: ast.FunctionDef,
    argument: ast.arg,
    default: ast.expr | None,
    described: Mapping[str, str],
) -> Port | Parameter:
    hint, optional = _hint(file, argument)
    about = described.get(argument.arg, "")
    value = _default(file, argument, default)
    optional = optional or (default is not None and value is None)
    if isinstance(hint, ast.Subscript) and _last_name(hint.value) == "Literal":
        choices = tuple(ast.literal_eval(each) for each in _elements(hint))
        kind = _SCALARS.get(type(choices[0]).__name__, "string")
        return _with_default(
            file,
            argument,
            Parameter(argument.arg, kind, None, optional, choices, description=about),
            value,
        )
    name = _last_name(hint.value if isinstance(hint, ast.Subscript) else hint)
    if name in _SCALARS:
        parameter = Parameter(
            argument.arg, _SCALARS[name], None, optional, description=about
        )
        return _with_default(file, argument, parameter, value)
    if name in _PORTS:
        data_type, port_kind = _PORTS[name]
        return Port(argument.arg, data_type, about, optional, port_kind)
    raise _wrong(file, argument, f"the hint '{ast.unparse(hint)}' isn't understood")


def _with_default(
    file: Path, argument: ast.arg, parameter: Parameter, value: Scalar | None
) -> Parameter:
    if value is None:
        return parameter
    try:
        coerce(parameter, value)
    except (ValueError, OverflowError) as error:
        raise _wrong(file, argument, str(error), "Correct the default") from error
    return replace(parameter, default=value)


def _hint(file: Path, argument: ast.arg) -> tuple[ast.expr, bool]:
    """The type hint, and whether it allows None."""
    hint = argument.annotation
    if hint is None:
        raise _wrong(file, argument, f"'{argument.arg}' has no type hint")
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        hint = ast.parse(hint.value, mode="eval").body
    if isinstance(hint, ast.BinOp):
        sides = [side for side in (hint.left, hint.right) if not _is_none(side)]
        return sides[0], len(sides) < 2
    if isinstance(hint, ast.Subscript) and _last_name(hint.value) == "Optional":
        return hint.slice, True
    if isinstance(hint, ast.Subscript) and _last_name(hint.value) == "Annotated":
        return _elements(hint)[0], False
    return hint, False


def _default(file: Path, argument: ast.arg, default: ast.expr | None) -> Scalar | None:
    if default is None:
        return None
    try:
        value = ast.literal_eval(default)
    except ValueError:
        raise _wrong(
            file, default, f"the default of '{argument.arg}' must be a plain value"
        ) from None
    if value is not None and not isinstance(value, (str, int, float, bool)):
        told = f"the default of '{argument.arg}' must be a single value or None"
        raise _wrong(file, default, told)
    return value


def _outputs(
    file: Path, node: ast.FunctionDef, about: Mapping[str, object]
) -> Iterator[Port]:
    hint = node.returns
    if hint is None or _is_none(hint):
        return
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        hint = ast.parse(hint.value, mode="eval").body
    parts = [hint]
    if isinstance(hint, ast.Subscript) and _last_name(hint.value).lower() == "tuple":
        parts = _elements(hint)
    given = about.get("outputs") or ()
    listed = given if isinstance(given, (list, tuple)) else [given]
    names = [str(name) for name in listed]
    if names and len(names) != len(parts):
        told = f"@step names {len(names)} outputs, but {len(parts)} are returned"
        raise _wrong(file, hint, told)
    for number, part in enumerate(parts):
        kind = _last_name(part.value if isinstance(part, ast.Subscript) else part)
        if kind not in _PORTS:
            raise _wrong(file, part, f"'{ast.unparse(part)}' can't be an output")
        own = "out" if number == 0 else f"out_{number + 1}"
        data_type, port_kind = _PORTS[kind]
        yield Port(names[number] if names else own, data_type, kind=port_kind)


# -- the source around --------------------------------------------------------------


def _siblings(file: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """Modules beside the file that it imports: they belong to its code."""
    try:
        tree = ast.parse(_text(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError, StudioError):
        return
    seen |= {file}
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            beside = file.parent / f"{name.split('.')[0]}.py"
            if beside not in seen and beside.is_file():
                seen |= {beside}
                yield beside
                yield from _siblings(beside, seen)


def _last_name(node: ast.expr | None) -> str:
    """`pd.DataFrame` and `DataFrame` are both "DataFrame"."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _elements(hint: ast.Subscript) -> list[ast.expr]:
    return hint.slice.elts if isinstance(hint.slice, ast.Tuple) else [hint.slice]


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _wrong(
    file: Path, node: ast.expr | ast.arg | ast.stmt, what: str, hint: str = _HINTS
) -> InvalidError:
    return InvalidError(f"{file}, line {node.lineno}: {what}", hint)


def functions_in(
    files: Iterable[Path],
) -> Iterator[tuple[Path, Component | StudioError]]:
    """Every step of some Python files, or why it can't be one."""
    for file in files:
        if not is_step_file(file):
            continue
        try:
            found = read_functions(file)
        except StudioError as error:
            yield file, error
            continue
        for one in found:
            yield file, one.error if isinstance(one, BrokenFunction) else one
