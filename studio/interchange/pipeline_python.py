"""A pipeline as one readable Python file, and back.

The file builds the same mapping as the YAML does, so nothing is lost either way. It
can be run (see studio/flow.py); to be read back it is only parsed, never run. Ids of
steps stand as comments, so that history and positions follow an edited file.
"""

from __future__ import annotations

import ast
import json
import keyword
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from studio.domain.errors import InvalidError
from studio.domain.pipeline import Pipeline
from studio.interchange.located import Document, Key
from studio.interchange.pipeline_writer import as_mapping
from studio.interchange.pipeline_yaml import pipeline_from

WIDTH = 88
_STEP = re.compile(r"^\$\{\{parent\.jobs\.(\w+)\.outputs\.(\w+)\}\}\Z")
_OWN = re.compile(r"^\$\{\{parent\.(inputs|outputs)\.(\w+)\}\}\Z")
_ID = re.compile(r"#\s*id\s+([\w.]+)\s*$")
_CONSTANT = ("$schema", "type")
_PARTS = ("inputs", "outputs", "jobs")
_ALLOWED = "Use text, numbers, lists, dicts, p.inputs.NAME or STEP.outputs.NAME"
_END = """
if __name__ == "__main__":
    p.run()
"""


# -- writing --------------------------------------------------------------------------


def write_python(pipeline: Pipeline) -> str:
    """The same pipeline gives the same text; one change changes few lines."""
    data = as_mapping(pipeline)
    parts = [_head(pipeline), "from studio.flow import Pipeline\n"]
    about = {k: v for k, v in data.items() if k not in (*_CONSTANT, *_PARTS)}
    parts.append(f"p = {_call('Pipeline', [pipeline.name], about)}\n")
    parts += _ports("input", data.get("inputs", {}))
    parts += _ports("output", data.get("outputs", {}))
    parts.append("")
    known: set[str] = set()
    for node in pipeline.nodes:
        step = dict(data["jobs"][node.name])
        parts.append(_step(node.name, node.id, step, known))
        known.add(node.name)
    return "\n".join(parts) + _END


def _head(pipeline: Pipeline) -> str:
    title = pipeline.title.replace("\\", "").replace('"', "'")
    return (
        f'"""{title}.\n\n'
        "A pipeline of MLOps Studio. Run it with `python FILE`, or edit it and bring "
        "it\nback: studio pipelines import FILE\n"
        '"""\n'
    )


def _ports(kind: str, declared: Mapping[str, Any]) -> Iterator[str]:
    if declared:
        yield ""
    for name, value in declared.items():
        if isinstance(value, dict) and _are_names(value):
            yield f"{_call(f'p.{kind}', [name], value)}"
        else:
            yield f"{_call(f'p.{kind}', [name, value], {})}"


def _step(name: str, node_id: str, step: dict[str, Any], known: Collection[str]) -> str:
    kind = step.pop("type", "command")
    if kind != "command":
        step = {"type": kind, **step}
    component = step.pop("component", None)
    arguments = [name] if component is None else [name, component]
    if not _are_names(step):  # keys that Python can't take as names
        arguments, step = [name], {"settings": {"component": component, **step}}
    text = _call("p.step", arguments, _referring(step, known), always_long=True)
    variable = f"{name} = " if _is_variable(name) else ""
    first, rest = text.split("\n", 1)
    return f"{variable}{first}  # id {node_id}\n{rest}\n"


class _Code(str):
    """Text that is Python already."""

    __slots__ = ()


def _referring(value: Any, known: Collection[str]) -> Any:
    """Expressions as references to what stands above."""
    if isinstance(value, dict):
        return {key: _referring(each, known) for key, each in value.items()}
    if isinstance(value, list):
        return [_referring(each, known) for each in value]
    if not isinstance(value, str):
        return value
    if (match := _STEP.match(value)) and match[1] in known and _is_variable(match[1]):
        return _Code(f"{match[1]}.outputs{_member(match[2])}")
    if match := _OWN.match(value):
        return _Code(f"p.{match[1]}{_member(match[2])}")
    return value


def _member(name: str) -> str:
    return f'["{name}"]' if keyword.iskeyword(name) else f".{name}"


def _is_variable(name: str) -> bool:
    return not keyword.iskeyword(name) and name not in ("p", "Pipeline")


def _are_names(value: Mapping[Any, Any]) -> bool:
    return all(
        isinstance(k, str) and k.isidentifier() and not keyword.iskeyword(k)
        for k in value
    )


def _call(
    function: str,
    arguments: list[Any],
    named: Mapping[str, Any],
    *,
    always_long: bool = False,
) -> str:
    """A call in one line if it is short, else an argument a line."""
    items = [("", value) for value in arguments]
    items += [(f"{name}=", value) for name, value in named.items()]
    short = f"{function}({', '.join(n + _text(v, 0, WIDTH * 9) for n, v in items)})"
    if not always_long and len(short) <= WIDTH and "\n" not in short:
        return short
    lines = [f"    {n}{_text(v, 4, WIDTH - 5 - len(n))}," for n, v in items]
    return "\n".join([f"{function}(", *lines, ")"])


def _text(value: Any, indent: int, room: int) -> str:
    if isinstance(value, _Code):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        pairs = [(f"{_quoted(str(k))}: ", v) for k, v in value.items()]
        return _bracketed("{}", pairs, indent, room)
    if isinstance(value, list):
        return _bracketed("[]", [("", v) for v in value], indent, room)
    return repr(value)


def _bracketed(
    brackets: str, items: list[tuple[str, Any]], indent: int, room: int
) -> str:
    start, end = brackets[0], brackets[1]
    short = start + ", ".join(n + _text(v, 0, room) for n, v in items) + end
    if len(short) <= room - indent and "\n" not in short:
        return short
    inner = indent + 4
    lines = [f"{' ' * inner}{n}{_text(v, inner, room)}," for n, v in items]
    return "\n".join([start, *lines, f"{' ' * indent}{end}"])


def _quoted(text: str) -> str:
    """Code keeps its lines; all else is one line."""
    plain = text.isprintable() or all(c.isprintable() or c == "\n" for c in text)
    hard = '"""' in text or "\\" in text or text.endswith('"')
    if text.count("\n") > 1 and plain and not hard:
        return f'"""\\\n{text}"""'
    return json.dumps(text, ensure_ascii=False) if plain else ascii(text)


# -- reading --------------------------------------------------------------------------


def read_python(path: Path) -> Pipeline:
    """The pipeline in a Python file, which isn't run. InvalidError names the line."""
    return python_pipeline(path.read_text(encoding="utf-8"), path.parent, str(path))


def python_pipeline(text: str, folder: Path, file: str = "text") -> Pipeline:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        told = getattr(error, "msg", None) or str(error)
        raise InvalidError(f"{file}, line {line}: {told}", "Correct it") from error
    reader = _Reader(file, text.splitlines())
    for statement in tree.body:
        reader.take(statement)
    pipeline = pipeline_from(reader.document(), folder, reader.name)
    nodes = tuple(
        replace(node, id=reader.ids.get(node.name, node.id)) for node in pipeline.nodes
    )
    return replace(pipeline, nodes=nodes)


class _Reader:
    """Gathers the mapping from the calls of a file."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self._file, self._text = file, lines
        self._data: dict[str, Any] = {"type": "pipeline"}
        self._lines: dict[tuple[Key, ...], int] = {}
        self.name = ""
        self.ids: dict[str, str] = {}

    def document(self) -> Document:
        if not self.name:
            raise InvalidError(
                f"{self._file}: it makes no Pipeline(...)",
                "Start with: p = Pipeline('NAME')",
            )
        self._data.setdefault("jobs", {})
        return Document(self._data, self._file, self._lines)

    def take(self, statement: ast.stmt) -> None:
        """One statement of the file; those that aren't ours are passed over."""
        call = (
            statement.value if isinstance(statement, (ast.Assign, ast.Expr)) else None
        )
        if not isinstance(call, ast.Call):
            return
        verb = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if isinstance(call.func, ast.Name) and call.func.id == "Pipeline":
            self._pipeline(call)
        elif verb in ("input", "output"):
            self._port(f"{verb}s", call)
        elif verb == "step":
            self._step(call)

    def _pipeline(self, call: ast.Call) -> None:
        self.name = str(self._value(call.args[0], ())) if call.args else ""
        self._data |= self._named(call, ())

    def _port(self, part: str, call: ast.Call) -> None:
        name = self._first(call)
        where = (part, name)
        value: Any = self._named(call, where)
        if len(call.args) > 1:
            value = self._value(call.args[1], where)
        self._lines[where] = call.lineno
        self._data.setdefault(part, {})[name] = value

    def _step(self, call: ast.Call) -> None:
        name = self._first(call)
        where = ("jobs", name)
        step = self._named(call, where)
        if len(call.args) > 1:
            step["component"] = self._value(call.args[1], (*where, "component"))
        step |= step.pop("settings", {})
        self._lines[where] = call.lineno
        self._data.setdefault("jobs", {})[name] = step
        if found := _ID.search(self._text[call.lineno - 1]):
            self.ids[name] = found[1]

    def _first(self, call: ast.Call) -> str:
        if not call.args or not isinstance(call.args[0], ast.Constant):
            raise self._wrong(call, "the first argument must be a name")
        return str(call.args[0].value)

    def _named(self, call: ast.Call, where: tuple[Key, ...]) -> dict[str, Any]:
        return {
            str(each.arg): self._value(each.value, (*where, str(each.arg)))
            for each in call.keywords
        }

    def _value(self, node: ast.expr, where: tuple[Key, ...]) -> Any:
        self._lines[where] = node.lineno
        if isinstance(node, ast.Dict):
            return {
                key: self._value(value, (*where, key))
                for key, value in zip(
                    (self._key(k, node) for k in node.keys), node.values, strict=True
                )
            }
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._value(v, (*where, n)) for n, v in enumerate(node.elts)]
        if (reference := _reference(node)) is not None:
            return reference
        try:
            return ast.literal_eval(node)
        except ValueError:
            raise self._wrong(node, f"'{ast.unparse(node)}' can't be read") from None

    def _key(self, key: ast.expr | None, node: ast.expr) -> Any:
        if not isinstance(key, ast.Constant):
            raise self._wrong(node, "a key must be plain text")
        return key.value

    def _wrong(self, node: ast.expr, what: str) -> InvalidError:
        return InvalidError(f"{self._file}, line {node.lineno}: {what}", _ALLOWED)


def _reference(node: ast.expr) -> str | None:
    """`p.inputs.rate` and `split.outputs.train` as expressions."""
    if isinstance(node, ast.Attribute):
        name, part = node.attr, node.value
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name, part = str(node.slice.value), node.value
    else:
        return None
    if not isinstance(part, ast.Attribute) or not isinstance(part.value, ast.Name):
        return None
    owner = part.value.id
    if owner == "p":
        return f"${{{{parent.{part.attr}.{name}}}}}"
    return f"${{{{parent.jobs.{owner}.{part.attr}.{name}}}}}"
