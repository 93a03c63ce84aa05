"""Command templates: `${{inputs.x}}`, `${{outputs.y}}` and optional `$[[ ]]`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

_PLACEHOLDER = re.compile(r"\$\{\{\s*(inputs|outputs)\.(\w+)(?:\.path)?\s*\}\}")
_ANY_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_OPTIONAL = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)


def placeholders(command: str) -> Iterator[tuple[str, str, bool]]:
    """Each ("inputs" | "outputs", name, inside `$[[ ]]`) used by a command."""
    optional_spans = [match.span() for match in _OPTIONAL.finditer(command)]
    for match in _PLACEHOLDER.finditer(command):
        inside = any(a <= match.start() < b for a, b in optional_spans)
        yield match[1], match[2], inside


def unknown_expressions(command: str) -> list[str]:
    """Expressions that are neither `inputs.x` nor `outputs.y`."""
    return [
        match[0]
        for match in _ANY_EXPRESSION.finditer(command)
        if not _PLACEHOLDER.fullmatch(match[0])
    ]


def fill(command: str, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    """The command with its placeholders replaced, each value as one argument.

    An optional part is dropped when an input inside it has no value. A value is
    quoted for the shell according to the quotes it stands in.
    """
    values = {"inputs": inputs, "outputs": outputs}

    def keep(match: re.Match[str]) -> str:
        used = _PLACEHOLDER.findall(match[1])
        return match[1] if all(name in values[side] for side, name in used) else ""

    template = _OPTIONAL.sub(keep, command)
    parts: list[str] = []
    position = 0
    for match in _PLACEHOLDER.finditer(template):
        parts.append(template[position : match.start()])
        value = values[match[1]].get(match[2], "")
        parts.append(_quoted(value, _open_quote(template[: match.start()])))
        position = match.end()
    return "".join([*parts, template[position:]])


def _open_quote(text: str) -> str:
    """The quote character that is still open at the end of shell text, or ""."""
    quote = ""
    escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    return quote


def _quoted(value: str, quote: str) -> str:
    if quote == "'":
        return value.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'(["\\$`])', r"\\\1", value)
    return shlex.quote(value)
