"""The lines of a requirements.txt as pip joins and cuts them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"(^|\s)#.*$")
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")

_CREDENTIALS = re.compile(r"://([^/@\s]+)@")
_KEY = re.compile(
    r"://[^\s?]+\?(?:[^\s#]*&)?"
    r"[\w.-]*(?:token|key|secret|password|signature|sig)=(?!\$\{)[^&\s#]",
    re.I,
)
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")


@dataclass(frozen=True)
class RequirementLine:
    """One requirement or option without its comment; line and column count from 1.

    A line that goes on after a backslash is told at the line it begins on.
    """

    text: str
    line: int
    column: int = 1

    @property
    def is_option(self) -> bool:
        return self.text.startswith("-")


def requirement_lines(text: str) -> Sequence[RequirementLine]:
    """All lines that say something, in their order."""
    found = []
    pending, began = "", 0
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.rstrip("\r")
        began = began or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            pending += line[:-1]
            continue
        found.append(_line(pending + line, began))
        pending, began = "", 0
    if pending:
        found.append(_line(pending, began))
    return [each for each in found if each.text]


def normal_name(name: str) -> str:
    """The one spelling of a package's name: `Foo_Bar` is `foo-bar`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required_name(requirement: str) -> str:
    """The normal name a requirement begins with; "" where it has none."""
    found = _NAME.match(requirement)
    return normal_name(found[1]) if found else ""


def has_literal_credentials(text: str) -> bool:
    """Whether an address in it holds a user or password, not only ${VARIABLES}."""
    for found in _CREDENTIALS.finditer(text):
        user, _, password = _VARIABLE.sub("", found[1]).partition(":")
        if password or (user not in ("", "git") and ":" not in found[1]):
            return True
    return _KEY.search(text) is not None


def _line(text: str, number: int) -> RequirementLine:
    bare = _COMMENT.sub("", text)
    column = 1 + len(bare) - len(bare.lstrip())
    return RequirementLine(bare.strip(), number, column)
