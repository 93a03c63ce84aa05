"""A scoring request as text to paste elsewhere: a shell line, a Python program."""

from __future__ import annotations

import json
import shlex
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["curl", "python"]
KEY_VARIABLE = "ENDPOINT_KEY"
MASK = "•" * 12


def snippet(language: Language, uri: str, body: str, key: str = "") -> str:
    """The request in a language; without a key it is read from the environment."""
    return _curl(uri, body, key) if language == "curl" else _python(uri, body, key)


def masked(key: str | None) -> str:
    """A key as it may be shown: its last four characters tell two keys apart."""
    return f"{MASK}{key[-4:]}" if key else ""


def _curl(uri: str, body: str, key: str) -> str:
    bearer = shlex.quote(f"Authorization: Bearer {key}") if key else _from_shell()
    return " \\\n  ".join(
        (
            f"curl {shlex.quote(uri)}",
            f"-H {bearer}",
            "-H 'Content-Type: application/json'",
            f"-d {shlex.quote(_compact(body))}",
        )
    )


def _from_shell() -> str:
    return f'"Authorization: Bearer ${KEY_VARIABLE}"'


def _python(uri: str, body: str, key: str) -> str:
    source = repr(key) if key else f'os.environ["{KEY_VARIABLE}"]'
    return "\n".join(
        (
            "import json",
            *(() if key else ("import os",)),
            "from urllib.request import Request, urlopen",
            "",
            f"key = {source}",
            f"body = {_python_value(body)}",
            "request = Request(",
            f"    {uri!r},",
            "    data=json.dumps(body).encode(),",
            "    headers={",
            '        "Authorization": f"Bearer {key}",',
            '        "Content-Type": "application/json",',
            "    },",
            ")",
            "with urlopen(request) as answer:",
            "    print(json.load(answer))",
            "",
        )
    )


def _compact(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return body


def _python_value(body: str) -> str:
    """The body as a Python literal: JSON's true, false and null have other names."""
    try:
        return repr(json.loads(body))
    except ValueError:
        return f"json.loads({body!r})"
