"""YAML as plain values that know the line each of them was written on.

PyYAML's C parser reads (1,000 steps in well under 0.1 s); ruamel.yaml rewrites
files that hold a person's comments.
"""

from __future__ import annotations

import difflib
import io
import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml

from studio.domain.errors import InvalidError
from studio.interchange.text_files import as_text, read_bytes

_MAX_NODES = 500_000
_MAX_DEPTH = 60
_SAFE_DEPTH = 1000
_MAX_BYTES = 32 * 1024 * 1024
_LONGEST_QUOTE = 60
_PLAIN = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

Key = str | int
_RESOLVER: Any = yaml.resolver.Resolver()


class Document:
    """A parsed YAML file: `data` and the line of every key within it."""

    def __init__(self, data: Any, file: str, lines: dict[tuple[Key, ...], int]) -> None:
        self.data = data
        self.file = file
        self._lines = lines

    def line(self, *path: Key) -> int:
        """The line (from 1) of the nearest known key on the way to `path`."""
        while path and path not in self._lines:
            path = path[:-1]  # the root has an entry only in a part of a file
        return self._lines.get(path, 1)

    def part(self, *path: Key) -> Document:
        """What stands at `path`, as a document with the same file and lines."""
        return Document(self.get(*path), self.file, self.lines_under(*path))

    def lines_under(self, *path: Key) -> dict[tuple[Key, ...], int]:
        """Lines of the keys below `path`, as if it were a document of its own."""
        size = len(path)
        below = {k[size:]: v for k, v in self._lines.items() if k[:size] == path}
        return {(): self.line(*path), **below}

    def error(self, message: str, hint: str, *path: Key) -> InvalidError:
        """An error that says the file and the line."""
        return InvalidError(f"{self.file}, line {self.line(*path)}: {message}", hint)

    def mapping(self, *path: Key) -> dict[str, Any]:
        """The mapping at `path`; {} when absent or empty, an error if not one."""
        value = self.get(*path)
        if value is None:
            return {}
        if not isinstance(value, dict):
            name = ".".join(map(str, path)) or "the file"
            raise self.error(
                f"'{name}' must be a mapping", "Write it as 'key: value' lines", *path
            )
        return value

    def refuse_slips(self, known: Collection[str], *path: Key) -> None:
        """An error for a key that looks like a known one written wrongly; keys that
        look like none are other programs' business."""
        for key in self.mapping(*path):
            if key in known:
                continue
            if meant := difflib.get_close_matches(key, known, 1, cutoff=0.8):
                raise self.error(
                    f"'{key}' isn't known here",
                    f"Did you mean '{meant[0]}'?",
                    *path,
                    key,
                )

    def text(self, *path: Key, default: str = "") -> str:
        """The scalar at `path` as text (numbers are taken as written)."""
        value = self.get(*path)
        if value is None:
            return default
        if isinstance(value, (dict, list)):
            raise self.error(f"'{path[-1]}' must be text", "Write one value", *path)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value)

    def path(self, folder: Path, text: str, *at: Key) -> Path:
        """Where a written path leads. InvalidError if it can't be one."""
        try:
            path = (folder / text).resolve()
            path.exists()
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a ring
            told = f"'{_short(text)}' can't be a path"
            raise self.error(told, "Write a path inside the folder", *at) from error
        return path

    def get(self, *path: Key) -> Any:
        value = self.data
        for key in path:
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value


def read(path: Path, most: int = _MAX_BYTES, what: str = "a pipeline") -> Document:
    """Parse a YAML file; every problem names the file, the line and a fix."""
    return parse(as_text(read_bytes(path, most, what), path), str(path))


def parse(text: str, file: str = "text") -> Document:
    """Parse YAML text; `file` is what errors call it."""
    try:
        _check_depth(text, file)
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _syntax_error(error, file) from error
    except RecursionError:
        raise InvalidError(f"{file} is nested too deeply", "Flatten it") from None
    if root is not None and "&" in text and _size(root, {}, 0) > _MAX_NODES:
        raise _too_many(root, file)
    walk = _Walk(file)
    data = None if root is None else walk.value(root, (), 0)
    if data is None:
        raise InvalidError(f"{file} is empty", "Write the YAML, or delete the file")
    return Document(data, file, walk.lines)


def _check_depth(text: str, file: str) -> None:
    """Refuse what would overflow the C stack of the parser, which ends the process.

    Events come without recursion; they are only looked at where a rough bound of
    the depth (expressions left out) says that it's worth it.
    """
    opened = text.count("[") + text.count("{") - 2 * text.count("${{")
    indented = max(
        (len(li) - len(li.lstrip(" ")) for li in text.splitlines()), default=0
    )
    if opened + text.count("- ") + text.count("? ") + indented < _SAFE_DEPTH:
        return
    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth >= _SAFE_DEPTH:
            line = event.start_mark.line + 1
            raise InvalidError(
                f"{file}, line {line}: the values are nested too deeply", "Flatten them"
            )


def _size(node: Any, known: dict[int, int], depth: int) -> int:
    """How many values a node stands for, its aliases written out."""
    if id(node) in known or depth > _MAX_DEPTH or isinstance(node, yaml.ScalarNode):
        return known.get(id(node), 1)
    known[id(node)] = 1  # while it is counted: one may hold itself
    pairs = isinstance(node, yaml.MappingNode)
    parts = [part for pair in node.value for part in pair] if pairs else node.value
    known[id(node)] = 1 + sum(_size(each, known, depth + 1) for each in parts)
    return known[id(node)]


def _too_many(node: Any, file: str) -> InvalidError:
    line = node.start_mark.line + 1
    return InvalidError(
        f"{file}, line {line}: too many or too deeply nested values",
        hint="Remove repeated anchors and aliases",
    )


def dump(data: Any) -> str:
    """YAML text with keys in the order given, multi-line strings as blocks."""
    return str(
        yaml.dump(
            data,
            Dumper=_BlockDumper,
            sort_keys=False,
            allow_unicode=True,
            width=88,
            default_flow_style=False,
        )
    )


def merge(old_text: str, data: dict[str, Any]) -> str:
    """`data` written over an existing file, whose comments and order are kept.

    Where that can't be done (the file is broken, or its way of writing would mean
    something else), `data` is written anew.
    """
    from ruamel.yaml.error import YAMLError

    try:
        text = _merged(old_text, data)
        same = _canonical(parse(text).data) == _canonical(data)
    except (YAMLError, InvalidError, ValueError, AttributeError, TypeError):
        return dump(data)
    return text if same else dump(data)


def _canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True, default=str)


def _merged(old_text: str, data: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

    round_trip = YAML()
    round_trip.preserve_quotes = True
    round_trip.width = 4096
    tree = round_trip.load(old_text)
    _update(tree, data)
    out = io.StringIO()
    round_trip.dump(tree, out)
    return out.getvalue()


def has_comments(text: str) -> bool:
    return any(
        line.lstrip().startswith("#") or " #" in line for line in text.splitlines()
    )


def _update(tree: Any, data: dict[str, Any]) -> None:
    for key in [key for key in tree if key not in data]:
        del tree[key]
    for key, value in data.items():
        if isinstance(value, dict) and isinstance(tree.get(key), dict):
            _update(tree[key], value)
        elif key not in tree or tree[key] != value:
            tree[key] = _quoted(value)


def _quoted(value: Any) -> Any:
    """Text that YAML 1.1 takes for something else ("yes") needs its quotes."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {key: _quoted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_quoted(each) for each in value]
    if isinstance(value, str):
        tag = _RESOLVER.resolve(yaml.ScalarNode, value, (True, False))
        return value if tag.endswith(":str") else DoubleQuotedScalarString(value)
    return value


class _BlockDumper(_Dumper):  # type: ignore[misc]  # the C class is chosen at run time
    """Writes text of several lines as a block, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_BlockDumper.add_representer(str, _represent_text)


class _Walk:
    """Turns composed nodes into values, noting lines; refuses alias bombs."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[tuple[Key, ...], int] = {}
        self._visited = 0
        self._constructor = yaml.constructor.SafeConstructor()

    def value(self, node: Any, path: tuple[Key, ...], depth: int) -> Any:
        self._visit(node, depth)
        is_whole = isinstance(node, yaml.CollectionNode)
        if node.tag.startswith("!") or (is_whole and node.tag not in _PLAIN):
            line = node.start_mark.line + 1
            tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
            raise InvalidError(
                f"{self.file}, line {line}: the tag '{_short(tag)}' isn't known",
                hint="Remove it: only plain values are read",
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return self._sequence(node, path, depth)
        return self._scalar(node)

    def _sequence(self, node: Any, path: tuple[Key, ...], depth: int) -> list[Any]:
        result = []
        for index, child in enumerate(node.value):
            self.lines[(*path, index)] = child.start_mark.line + 1
            result.append(self.value(child, (*path, index), depth + 1))
        return result

    def _visit(self, node: Any, depth: int) -> None:
        self._visited += 1
        if self._visited > _MAX_NODES or depth > _MAX_DEPTH:
            raise _too_many(node, self.file)

    def _mapping(
        self, node: yaml.MappingNode, path: tuple[Key, ...], depth: int
    ) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in self._pairs(node, depth):
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise InvalidError(
                    f"{self.file}, line {line}: a key must be plain text",
                    hint="Quote it if it holds special characters",
                )
            key = str(key_node.value)
            if key in result:
                raise InvalidError(
                    f"{self.file}, line {line}: '{key}' is written twice",
                    hint="Remove one of the two",
                )
            self.lines[(*path, key)] = line
            result[key] = self.value(value_node, (*path, key), depth + 1)
        return result

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterable[tuple[Any, Any]]:
        """Pairs with `<<` merges expanded; explicit keys win."""
        self._visit(node, depth)
        merges = [v for k, v in node.value if k.tag == "tag:yaml.org,2002:merge"]
        own = [(k, v) for k, v in node.value if k.tag != "tag:yaml.org,2002:merge"]
        if not merges:
            return own
        names = {getattr(k, "value", None) for k, _ in own}
        inherited = []
        for merged in merges:
            many = isinstance(merged, yaml.SequenceNode)
            for source in merged.value if many else [merged]:
                if not isinstance(source, yaml.MappingNode):
                    continue
                for key, value in self._pairs(source, depth + 1):
                    if key.value not in names:
                        names.add(key.value)
                        inherited.append((key, value))
        return [*own, *inherited]

    def _scalar(self, node: Any) -> Any:
        try:
            value = self._constructor.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            line = node.start_mark.line + 1
            raise InvalidError(
                f"{self.file}, line {line}: '{_short(node.value)}' can't be read",
                hint="Quote it if it is meant as text",
            ) from error
        if value is None or isinstance(value, (str, bool, int, float)):
            return value
        return str(node.value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def _syntax_error(error: yaml.YAMLError, file: str) -> InvalidError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = f"{file}, line {mark.line + 1}, column {mark.column + 1}" if mark else file
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None)
    detail = f"{context}: {problem}" if context else str(problem)
    return InvalidError(
        f"{where}: this isn't valid YAML ({detail})",
        hint="Check indentation, colons and quotes at that line",
    )
