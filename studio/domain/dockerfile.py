"""A Dockerfile's instructions and the lines they begin on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEREDOC = re.compile(r"<<-?(['\"]?)([A-Za-z_]\w*)\1")
_NEEDS_BUILDKIT = (
    (re.compile(r"RUN\s+--(mount|network|security)\b", re.I), "RUN --{0}"),
    (re.compile(r"(COPY|ADD)\s+.*--(link|chmod|parents|exclude)\b", re.I), "{0} --{1}"),
)


@dataclass(frozen=True)
class Instruction:
    """`line` counts from 1; `text` has its continued lines joined by one blank."""

    line: int
    keyword: str
    text: str


def instructions(dockerfile: str) -> Sequence[Instruction]:
    """Every instruction in order, as a builder counts its steps."""
    found: list[Instruction] = []
    lines = dockerfile.splitlines()
    escape = "`" if re.match(r"#\s*escape\s*=\s*`", dockerfile) else "\\"
    number = 0
    while number < len(lines):
        first = number
        text, number = _joined(lines, number, escape)
        if not text:
            continue
        keyword = text.split(None, 1)[0].upper()
        for _, end in _HEREDOC.findall(text) if keyword in ("RUN", "COPY") else ():
            while number < len(lines) and lines[number].strip() != end:
                number += 1
            number += 1
        found.append(Instruction(first + 1, keyword, text))
    return found


def bases(dockerfile: str) -> Sequence[Instruction]:
    """The images it begins with, as `text`, that aren't stages of its own."""
    stages: set[str] = set()
    found = []
    for each in instructions(dockerfile):
        if each.keyword != "FROM":
            continue
        words = [w for w in each.text.split()[1:] if not w.startswith("--")]
        image = words[0] if words else ""
        if len(words) == 3 and words[1].upper() == "AS":
            stages.add(words[2].lower())
        if image and image != "scratch" and image.lower() not in stages:
            found.append(Instruction(each.line, each.keyword, image))
    return found


def needs_buildkit(dockerfile: str) -> Instruction | None:
    """The first instruction that the classic builder doesn't know, `text` names it."""
    for each in instructions(dockerfile):
        for pattern, name in _NEEDS_BUILDKIT:
            if found := pattern.match(each.text):
                told = name.format(*found.groups())
                return Instruction(each.line, each.keyword, told)
        if each.keyword in ("RUN", "COPY") and _HEREDOC.search(each.text):
            return Instruction(each.line, each.keyword, f"{each.keyword} <<")
    return None


def _joined(lines: Sequence[str], number: int, escape: str) -> tuple[str, int]:
    """One instruction from a line on, and the line after it."""
    parts: list[str] = []
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if not line or line.startswith("#"):
            if parts:
                continue  # comments and empty lines may stand within
            break
        continued = line.endswith(escape)
        parts.append(line.removesuffix(escape).strip() if continued else line)
        if not continued:
            break
    return " ".join(part for part in parts if part), number
