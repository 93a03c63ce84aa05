"""What people write where a requirement should stand, and what they meant."""

from __future__ import annotations

import re

from studio.domain.requirement_lines import RequirementLine
from studio.domain.text_problem import TextProblem

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_EXTRAS = r"(?:\[[^\]]*\])?"
_VERSION = r"v?\d[\w.*+!-]*"


def slip(at: RequirementLine) -> TextProblem | None:
    """A well-known slip, told with what to write; None for all else."""
    for pattern, message, hint in _SLIPS:
        if found := pattern.search(at.text):
            column = at.column + found.start(1)
            told = found.expand(message), found.expand(hint)
            return TextProblem(
                at.line, column, *told, "error", found.end(1) - found.start(1)
            )
    return None


_SLIPS = [
    (re.compile(pattern), message, hint)
    for pattern, message, hint in (
        (
            r"^((?:python3? -m )?(?:pip3?|uv pip|conda|mamba) install\s+)(.*)$",
            "This is a command, not a package",
            r"Write \2",
        ),
        (
            rf"^((?:import|from)\s+)({_NAME})",
            "This is a line of a program, not a package",
            "Write the name of the package that brings it",
        ),
        (r"^([\"'])(.*?)\1?,?$", "No quotes are needed here", r"Write \2"),
        (r"^(-+\s*)$", "A name is missing", "Write the name of a package"),
        (
            rf"^{_NAME}{_EXTRAS}\s*(=)\s*({_VERSION})(?:=\S+)?$",
            "One '=' is conda's way",
            r"Write ==\2",
        ),
        (
            rf"^{_NAME}{_EXTRAS}\s+({_VERSION})$",
            "Something must stand between name and version",
            r"Write ==\1 or >=\1",
        ),
        (
            rf"^{_NAME}{_EXTRAS}\s*((?:=>|=<|><|=!|<>))",
            r"'\1' is no comparison",
            "Write one of == >= <= > < != ~=",
        ),
        (
            rf"^{_NAME}{_EXTRAS}\s*(==|>=|<=|~=|!=|>|<|=)\s*(?:;.*)?$",
            r"A version is missing behind '\1'",
            "Write a version, or only the name",
        ),
        (
            rf"^{_NAME}{_EXTRAS}\s*(~=\s*\d+)\s*(?:;.*)?$",
            "'~=' needs two numbers at least",
            r"Write \1.0, or >= and what it must stay below",
        ),
        (
            rf"^{_NAME}{_EXTRAS}\s*(\^)\s*({_VERSION})$",
            "'^' is another tool's way",
            r"Write >=\2 and what it must stay below",
        ),
        (
            rf"^{_NAME}{_EXTRAS}[^;@\[]*?(,)\s*[A-Za-z]",
            "Only one package can stand on a line",
            "Begin a line for each package",
        ),
        (
            rf"^{_NAME}{_EXTRAS}(?:\s*[=<>!~]=?\s*{_VERSION})?(\s+){_NAME}"
            r"(?:\s*[=<>!~].*|\s+.*)?$",
            "Only one package can stand on a line",
            "Begin a line for each package",
        ),
        (
            r"([\u2013\u2014\u2212\u2018\u2019\u201c\u201d\u00a0\u2264\u2265])",
            "A character from a word processor can't stand here",
            "Write it anew with the keys of the keyboard",
        ),
    )
]
