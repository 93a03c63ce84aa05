"""A scoring request from a file or stdin, and its answer to stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from studio.cli.output import dumps
from studio.domain.errors import NotFoundError


def request_body(text: str) -> bytes:
    """The file's bytes, or (`-`) those of stdin."""
    if text == "-":
        return sys.stdin.buffer.read()
    path = Path(text).expanduser()
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"{path} can't be read: {error.strerror}", "Give the path of a JSON file"
        ) from error


def write_body(status: int, body: bytes, as_json: bool) -> None:
    """As it came; with --json, a body that isn't JSON is wrapped to be some."""
    if as_json:
        try:
            json.loads(body)
        except ValueError:
            text = body.decode(errors="replace")
            body = dumps({"status": status, "body": text}).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()
