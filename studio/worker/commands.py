"""Which commands are plain enough to run inside a warm interpreter."""

from __future__ import annotations

import re
import sys
from typing import List, Optional

# What the shell would take literally: safe bare characters, '...' and "..."
# without expansion. Anything else is left to the shell itself.
# One character a turn: a repeat within a repeat would try exponentially many ways.
_PIECE = r"""(?:[\w@%+=:,./-]|'[^']*'|"[^"$`\\]*")"""
_PLAIN = re.compile(r"{0}+(?:[ \t]+{0}+)*\Z".format(_PIECE))
_WORD = re.compile(_PIECE + "+")
_PIECES = re.compile(r"""'([^']*)'|"([^"]*)"|([^'"]+)""")
_ARCHIVES = (".pyc", ".pyz", ".zip", ".whl", ".egg")


def python_arguments(command: str) -> Optional[List[str]]:
    """What follows `python` in a plain `python SCRIPT ...` or `python -m MODULE ...`.

    None where the command needs a shell or another start of the interpreter.
    """
    words = _plain_words(command)
    if not words or words[0] not in ("python", "python3", sys.executable):
        return None
    arguments = words[2:] if words[1:2] == ["-u"] else words[1:]
    if not arguments:
        return None
    if arguments[0] == "-m":
        return arguments if len(arguments) > 1 and _is_name(arguments[1]) else None
    if arguments[0].startswith("-") or arguments[0].endswith(_ARCHIVES):
        return None
    return arguments


def _is_name(module: str) -> bool:
    return all(part.isidentifier() for part in module.split("."))


def _plain_words(command: str) -> List[str]:
    text = command.strip()
    if "'" not in text:
        text = text.replace("\\\n", "")  # a continued line
    if not _PLAIN.match(text):
        return []
    return [_unquoted(word.group()) for word in _WORD.finditer(text)]


def _unquoted(word: str) -> str:
    return "".join("".join(piece) for piece in _PIECES.findall(word))
