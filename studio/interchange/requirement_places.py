"""Requirements that say where a package lies instead of which version it has."""

from __future__ import annotations

import re

from studio.domain.requirement_lines import RequirementLine, has_literal_credentials
from studio.domain.text_problem import TextProblem

_REPOSITORY = re.compile(r"(?:^|@\s*)(git|hg|svn|bzr)\+\S+|(?:^|@\s*)git@\S+")
_FILE_URL = re.compile(r"(?:^|@\s*)(file:\S+)")
_URL = re.compile(r"^(https?://\S+?)(\s*;.*)?$")
_LOCAL = re.compile(
    r"^(?:\.{0,2}[/\\]|~|[A-Za-z]:[/\\]|\.{1,2}$)"
    r"|^(?!https?:)[^\s@;=<>!~\[]+[/\\]|^[^\s@;/]+\.(?:whl|tar\.gz|zip)$"
)
_WHEEL = re.compile(r"([A-Za-z0-9_.]+)-(\d[^-/]*)-[^/]*\.whl")


def place_problem(at: RequirementLine) -> TextProblem | None:
    """Why a place can't be part of an environment; None where it can."""
    text = at.text
    if has_literal_credentials(text):
        return _problem(
            at,
            "This address holds a password or key, which would be kept with the "
            "environment",
            "Write a variable in its place, like https://user:${INDEX_TOKEN}@…, or "
            "keep it in the keyring",
        )
    if _REPOSITORY.search(text):
        return _problem(
            at,
            "A repository can change, and has no hash that a lock could hold",
            "Name a released version, or build a wheel of it and give its address",
        )
    if found := _FILE_URL.search(text):
        return _problem(at, _ONLY_HERE, _instead(text, found[1]))
    if _LOCAL.search(text):
        return _problem(at, _ONLY_HERE, _instead("", text))
    if (url := _URL.match(text)) and not _WHEEL.search(url[1]):
        return _problem(
            at, "Which package this is can't be seen", f"Write NAME @ {url[1]}"
        )
    return None


def canonical_place(text: str) -> str:
    """A bare address of a wheel, with the name of its package before it."""
    url = _URL.match(text)
    wheel = _WHEEL.search(url[1]) if url else None
    return f"{wheel[1]} @ {text}" if wheel else text


_ONLY_HERE = "This is a path of one computer, which another hasn't got"


def _instead(before: str, place: str) -> str:
    """What conda's and pip's lists of installed packages should have said."""
    if wheel := _WHEEL.search(place):
        return f"Write {wheel[1].replace('_', '-').lower()}=={wheel[2]}"
    name = before.split("@")[0].strip()
    if name and "/" not in name and ":" not in name:
        return f"Write {name}==VERSION"
    return "Name a released version, or build a wheel and give its address"


def _problem(at: RequirementLine, message: str, hint: str) -> TextProblem:
    return TextProblem(at.line, at.column, message, hint)
