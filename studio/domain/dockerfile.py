"""A Dockerfile's instructions, the lines they begin on, and what is wrong with them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.domain.errors import InvalidError
from studio.domain.text_problem import TextProblem

_KNOWN = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM"),
    *("HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL"),
    *("STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
_OWN_SYNTAX = re.compile(r"#\s*syntax\s*=", re.I)
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:[A-Za-z0-9][\w.-]*(?::\d+)?/)?{_PART}(?:/{_PART})*"
    r"(?::\w[\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-fA-F]{32,})?"
)
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


def dockerfile_problems(text: str) -> Sequence[TextProblem]:
    """What no builder would begin with, at its line."""
    listed = instructions(text)
    if not listed:
        told = "The Dockerfile says nothing"
        return [TextProblem(1, 1, told, "Write 'FROM python:3.11-slim' first")]
    found = []
    if not _OWN_SYNTAX.match(text):  # which may have instructions of its own
        found = [_unknown(each) for each in listed if each.keyword not in _KNOWN]
    first = next((each for each in listed if each.keyword != "ARG"), listed[-1])
    if first.keyword != "FROM" and not found:
        told = f"{first.keyword} stands before FROM"
        hint = "Begin with the image it builds on, like 'FROM python:3.11-slim'"
        found.append(TextProblem(first.line, 1, told, hint))
    return found


def check_image(reference: str) -> None:
    """InvalidError for what no engine would take for the name of an image."""
    if not _IMAGE.fullmatch(reference):
        raise InvalidError(
            f"'{reference}' isn't the name of an image",
            hint="Write one like python:3.11-slim or NAME@sha256:DIGEST, its name in "
            "small letters",
        )


def _unknown(at: Instruction) -> TextProblem:
    near = difflib.get_close_matches(at.keyword, _KNOWN, 1, cutoff=0.6)
    hint = f"Did you mean {near[0]}?" if near else "Remove the line, or write RUN first"
    return TextProblem(at.line, 1, f"{at.keyword[:40]} is no instruction", hint)


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
