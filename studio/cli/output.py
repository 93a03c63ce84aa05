"""What the command line writes: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

DONE = 0
REFUSED = 1
BAD_USAGE = 2
ENDED_FAILED = 3
CANCELLED = 130

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PIPE_WIDTH = 10_000
"""Columns of a table that isn't read by a person: nothing is cut off."""


def emit(document: Mapping[str, Any]) -> None:
    """Write the one JSON document of this command to stdout."""
    sys.stdout.write(dumps(document) + "\n")
    sys.stdout.flush()


def dumps(value: Any, indent: int | None = 2) -> str:
    """Strict JSON: what isn't a finite number is null; never fails on a text."""
    return json.dumps(_finite(value), indent=indent, allow_nan=False)


def say(text: str = "") -> None:
    """A line for a person, on stdout."""
    sys.stdout.write((plain(text) if sys.stdout.isatty() else text) + "\n")


def plain(text: str) -> str:
    """Without what a terminal would obey, whoever has said it."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def note(text: str) -> None:
    """A line of progress or a remark, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def report_error(message: str, hint: str, code: str, as_json: bool) -> None:
    """The message and its hint on stderr; with `--json` also as the document."""
    note(f"{_styled('Error:', '1;31')} {plain(message)}")
    if hint:
        note(f"{_styled('Hint:', '1')} {plain(hint)}")
    if as_json:
        emit({"error": error_document(message, hint, code)})


def error_document(message: str, hint: str, code: str) -> dict[str, str]:
    return {"message": message, "hint": hint, "code": code}


def console(stderr: bool = False) -> Console:
    """A Rich console as wide as the terminal, or as wide as needed in a pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


def _styled(text: str, code: str) -> str:
    if not sys.stderr.isatty() or "NO_COLOR" in os.environ:
        return text
    return f"\x1b[{code}m{text}\x1b[0m"


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
