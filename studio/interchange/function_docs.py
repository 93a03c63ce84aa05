"""What a function's docstring says of it and of its arguments."""

from __future__ import annotations

import ast
import re

_ARGUMENT = re.compile(r"^\s*(\w+)\s*(?:\([^)]*\))?\s*:\s*(.+)$")
_SECTIONS = ("args:", "arguments:", "parameters:", "params:")


def documentation(node: ast.FunctionDef) -> tuple[str, dict[str, str]]:
    """The docstring's first paragraph, and what it says of the arguments."""
    text = ast.get_docstring(node) or ""
    summary = " ".join(text.split("\n\n")[0].split())
    found: dict[str, str] = {}
    inside, last = False, ""
    for line in text.splitlines():
        if line.strip().lower() in _SECTIONS:
            inside = True
        elif inside and line and not line[0].isspace():
            inside = False
        elif inside and (match := _ARGUMENT.match(line)):
            last = match[1]
            found[last] = match[2].strip()
        elif inside and last and line.strip():
            found[last] += f" {line.strip()}"
        elif match := re.match(r"^\s*:param (?:\w+ )?(\w+):\s*(.+)$", line):
            found[match[1]] = match[2].strip()
    return summary, found
