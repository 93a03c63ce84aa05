"""Options of a requirements.txt: which mean something here, and what of the others."""

from __future__ import annotations

import difflib
import re

from studio.domain.requirement_lines import RequirementLine, has_literal_credentials
from studio.domain.text_problem import Severity, TextProblem

_SHORT = {
    "-i": "--index-url",
    "-f": "--find-links",
    "-r": "--requirement",
    "-c": "--constraint",
    "-e": "--editable",
}
_INDEXES = ("--index-url", "--extra-index-url", "--find-links")
_IN_SETTINGS = "It belongs to this computer: set it in pip's settings"
_TOLD: dict[str, tuple[Severity, str, str]] = {
    "--requirement": (
        "error",
        "Another file isn't part of this environment",
        "Write its lines here, or import the file, which brings them",
    ),
    "--constraint": (
        "error",
        "Another file isn't part of this environment",
        "Write the versions it allows here, or import the file, which brings them",
    ),
    "--editable": (
        "error",
        "Code that can change has no hash that a lock could hold",
        "Build a wheel of it, or send it along as a step's code",
    ),
    "--pre": (
        "error",
        "Early versions can't be allowed for all packages at once",
        "Write it at the package, like NAME>=2.0rc1",
    ),
    "--no-binary": (
        "error",
        "Building from source code is allowed for a lock, not in its text",
        "Remove it, and allow source code when you lock",
    ),
    "--trusted-host": ("error", "A host can't be trusted from here", _IN_SETTINGS),
    "--cert": ("error", "A certificate can't be named from here", _IN_SETTINGS),
    "--client-cert": ("error", "A certificate can't be named from here", _IN_SETTINGS),
    "--proxy": ("error", "A proxy can't be named from here", _IN_SETTINGS),
    "--no-index": (
        "error",
        "An environment without an index can only be made on this computer",
        "Remove it; to work without a network, say so when you lock",
    ),
    "--only-binary": ("info", "Wheels only: that is so anyway", ""),
    "--prefer-binary": ("info", "Wheels only: that is so anyway", ""),
    "--require-hashes": ("info", "The lock has every hash anyway", ""),
    "--use-feature": ("warning", "This option of pip is left out", "Remove it"),
    "--no-deps": (
        "error",
        "A lock has what packages need",
        "Remove it; constrain a version instead of leaving a package out",
    ),
    "--upgrade": ("info", "The lock takes the newest that fit anyway", ""),
}
_LINKED = re.compile(r"https?://[^\s/]+")


def read_option(at: RequirementLine) -> tuple[str, TextProblem | None]:
    """The canonical option if it means something here, and what is to be said."""
    name, value = _parts(at.text)
    if has_literal_credentials(at.text):
        return "", _problem(
            at,
            "error",
            "This address holds a password or key, which would be kept with the "
            "environment",
            "Write a variable in its place, like https://user:${INDEX_TOKEN}@…, or "
            "keep it in the keyring",
        )
    if name in _INDEXES:
        return _index(at, name, value)
    if told := _TOLD.get(name):
        severity, message, hint = told
        return "", _problem(at, severity, f"{name}: {message}", hint)
    near = difflib.get_close_matches(name, [*_INDEXES, *_TOLD], 1, cutoff=0.7)
    hint = f"Did you mean {near[0]}?" if near else "Remove the line"
    return "", _problem(at, "error", f"The option {name[:40]} isn't known", hint)


def _index(
    at: RequirementLine, name: str, value: str
) -> tuple[str, TextProblem | None]:
    if not value:
        told = f"{name} names no address"
        return "", _problem(at, "error", told, f"Write {name} https://…")
    if not _LINKED.match(value) or " " in value:
        return "", _problem(
            at,
            "error",
            "This is no address that other computers reach",
            f"Write {name} https://…; a folder belongs to pip's settings",
        )
    option = f"{name} {value}"
    if value.startswith("http://") and not _is_loopback(value):
        told = "Packages from an address without encryption can be replaced on the way"
        return option, _problem(at, "warning", told, "Write https://")
    told = "This package index is asked by everybody who locks this environment"
    return option, _problem(at, "info", told, "")


def _is_loopback(url: str) -> bool:
    return bool(re.match(r"http://(127\.|localhost[:/]|\[::1\])", url))


def _parts(text: str) -> tuple[str, str]:
    """`-ifoo`, `-i foo`, `--index-url=foo` are one option with one value."""
    found = re.match(r"(--[A-Za-z][\w-]*|-[A-Za-z]|-\S*)[=\s]*(.*)$", text)
    if found is None:
        return text, ""
    return _SHORT.get(found[1], found[1]), found[2].strip()


def _problem(
    at: RequirementLine, severity: Severity, message: str, hint: str
) -> TextProblem:
    return TextProblem(at.line, at.column, message, hint, severity)
