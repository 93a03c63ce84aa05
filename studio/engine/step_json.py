"""JSON that a step has written: anything may be in it."""

from __future__ import annotations

import re
from typing import Any

import orjson

# not after a backslash that is itself escaped: that is a backslash and a "u"
_HALF_CHARACTER = re.compile(r"(?<!\\)((?:\\\\)*)\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def parse_json(text: str) -> Any:
    """The value of a JSON text; ValueError if it is none (or nested beyond reason).

    Halves of characters, which no database takes, are replaced.
    """
    text = text.encode("utf-8", "replace").decode()
    try:
        return orjson.loads(text)
    except ValueError:
        if not _HALF_CHARACTER.search(text):
            raise
        return orjson.loads(_HALF_CHARACTER.sub(r"\1?", text))
