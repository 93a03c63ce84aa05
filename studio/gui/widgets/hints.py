"""Hints name a command of the command line; in the window they name its places."""

from __future__ import annotations

import re

from studio.domain import ways

_WORDS: tuple[tuple[str, str], ...] = (
    (r"Make one with: studio init [^,.]+", "Make one with New workspace"),
    (r", or name one with --workspace \S+", ""),
    (r", or run with --set \S+", ""),
    (
        r"studio settings packages \w+(?: --[\w-]+| [A-Z]+\b| https?://[^\s;,]+)*",
        "Settings, Packages and network",
    ),
    (r"studio (backup|audit) ", r"in a terminal, studio \1 "),
)


def in_window(hint: str) -> str:
    """A hint in the words of the window."""
    for way in ways.EVERY:
        hint = way.in_window(hint)
    for pattern, words in _WORDS:
        hint = re.sub(pattern, words, hint)
    return hint
