"""A requirements.txt as a person writes it: what it asks for, and every problem.

Nothing here fails on a text, however broken: problems are told at line and column.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from studio.domain.requirement_lines import (
    RequirementLine,
    normal_name,
    requirement_lines,
)
from studio.domain.text_problem import Severity, TextProblem, errors_of, refuse_errors
from studio.interchange.requirement_names import name_problem
from studio.interchange.requirement_options import read_option
from studio.interchange.requirement_places import canonical_place, place_problem
from studio.interchange.requirement_slips import slip
from studio.interchange.requirement_versions import (
    contradiction,
    marker_problem,
    version_problem,
)

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_LONGEST_LINE = 2_000
_MOST_LINES = 5_000
_MOST_COMPARED = 4
_HASH = re.compile(r"\s+--hash[= ]\s*\S+")
_ADDRESS = re.compile(r"https?://[\w.:${}@\[\]-]+/[^\s;'\"]+")
_LINE_OPTION = re.compile(r"\s--?(?!hash)[A-Za-z]")


@dataclass(frozen=True)
class Asked:
    """One requirement that can be read: its canonical line, and where it stands."""

    name: str
    text: str
    at: RequirementLine
    requirement: Requirement


@dataclass(frozen=True)
class Requirements:
    """What a text asks for, as far as it can be read, and what is wrong with it."""

    asked: tuple[Asked, ...]
    options: tuple[str, ...]
    problems: tuple[TextProblem, ...]

    @property
    def canonical(self) -> tuple[str, ...]:
        """The lines by which two texts that ask for the same are known."""
        return tuple(sorted({*self.options, *(each.text for each in self.asked)}))

    @property
    def errors(self) -> tuple[TextProblem, ...]:
        return errors_of(self.problems)

    def declared(self, file: str = "requirements.txt") -> tuple[str, ...]:
        """The canonical lines. InvalidError, with file and line, for its errors."""
        refuse_errors(self.problems, file)
        return self.canonical


def read_requirements(text: str, known: Collection[str] = ()) -> Requirements:
    """`known`: names of packages there certainly are, to tell a slip of the pen."""
    lines = requirement_lines(text)
    asked: list[Asked] = []
    options: list[str] = []
    problems: list[TextProblem] = []
    for at in lines[:_MOST_LINES]:
        if len(at.text) > _LONGEST_LINE:
            problems.append(
                _at(at, "This line is too long", "Write one package a line")
            )
        elif at.is_option:
            option, problem = read_option(at)
            options += [option] if option else []
            problems += [problem] if problem else []
        else:
            found, told = _read(at)
            asked += [found] if found else []
            problems += told
    if len(lines) > _MOST_LINES:
        told_at = lines[_MOST_LINES]
        problems.append(
            _at(told_at, f"More than {_MOST_LINES} lines", "Write what you import only")
        )
    problems += [*_together(asked), *_unknown(asked, known)]
    return Requirements(tuple(asked), tuple(options), _worth_telling(problems))


def _worth_telling(problems: Sequence[TextProblem]) -> tuple[TextProblem, ...]:
    """In their order; what is only good to know, where nothing is wrong."""
    wrong = {each.line for each in problems if each.severity != "info"}
    kept = [e for e in problems if e.severity != "info" or e.line not in wrong]
    return tuple(sorted(kept, key=lambda each: (each.line, each.column)))


def _read(at: RequirementLine) -> tuple[Asked | None, list[TextProblem]]:
    """One line that is no option, and what is to be said of it alone."""
    if problem := place_problem(at):
        return None, [problem]
    told: list[TextProblem] = []
    bare = canonical_place(_HASH.sub("", at.text))
    if bare != at.text and "--hash" in at.text:
        told.append(
            _at(
                at,
                "The hash isn't taken over: a lock holds those of the package index",
                "Remove it; the lock is as strict",
                "warning",
            )
        )
    if option := _LINE_OPTION.search(bare):
        message = "An option can't stand behind a package"
        told.append(
            replace(
                _at(at, message, "Remove it"), column=at.column + option.start() + 1
            )
        )
        return None, told
    requirement, problem = _parse(replace(at, text=bare))
    if requirement is None:
        return None, [*told, *([problem] if problem else [])]
    found = Asked(
        normal_name(requirement.name), _canonical(requirement), at, requirement
    )
    return found, [*told, *_alone(found)]


def _parse(at: RequirementLine) -> tuple[Requirement | None, TextProblem | None]:
    from packaging.requirements import InvalidRequirement, Requirement

    if problem := slip(at):
        return None, problem
    try:
        found = Requirement(at.text)
        return (None, problem) if (problem := _not_ours(at, found)) else (found, None)
    except InvalidRequirement as error:
        first, *shown = str(error).splitlines() or ["it can't be read"]
        caret = max((row.find("^") for row in shown), default=-1) - 4
        return None, replace(
            _at(
                at,
                f"This can't be read: {first[:1].lower()}{first[1:]}",
                "Write NAME, NAME==1.2, NAME>=1.2,<2 or NAME[extra]",
            ),
            column=at.column + max(caret, 0),
        )
    except (RecursionError, ValueError):
        return None, _at(at, "This can't be read", "Write NAME or NAME==1.2")


def _not_ours(at: RequirementLine, found: Requirement) -> TextProblem | None:
    """What the parser lets pass and no package index knows."""
    for name in (found.name, *sorted(found.extras)):
        if name.endswith(("_", "-", ".")):
            told = f"The name '{name}' ends with a sign"
            return _at(at, told, "End it with a letter or number")
    if found.url is not None and not _ADDRESS.fullmatch(found.url):
        told = "This is no address of a file that other computers reach"
        return _at(at, told, "Write NAME @ https://HOST/FILE.whl")
    if any(each.operator == "===" for each in found.specifier):
        return _at(at, "'===' compares texts, not versions", "Write ==")
    return None


def _alone(asked: Asked) -> Iterator[TextProblem]:
    for problem in (
        name_problem(asked.at, asked.name),
        version_problem(asked.at, asked.requirement),
        marker_problem(asked.at, asked.requirement),
    ):
        if problem:
            yield problem


def _canonical(requirement: Requirement) -> str:
    extras = ",".join(sorted(map(normal_name, requirement.extras)))
    text = normal_name(requirement.name) + (f"[{extras}]" if extras else "")
    if requirement.url:
        text += f" @ {requirement.url}"
    else:
        text += ",".join(sorted(str(requirement.specifier).split(",")))
    return text + (f" ; {requirement.marker}" if requirement.marker else "")


def _together(asked: Sequence[Asked]) -> Iterator[TextProblem]:
    """Lines about one package that say the same, or what can't hold together."""
    first: dict[tuple[str, str], list[Asked]] = {}
    for each in asked:
        marker = str(each.requirement.marker or "")
        before = first.setdefault((each.name, marker), [])
        yield from _with_before(each, before)
        said = {other.text for other in before}
        if each.text not in said and len(said) < _MOST_COMPARED:
            before.append(each)


def _with_before(each: Asked, before: Sequence[Asked]) -> Iterator[TextProblem]:
    for other in before:
        if other.text != each.text and contradiction(
            each.requirement, other.requirement
        ):
            yield _at(
                each.at,
                f"No version of {each.name} is both '{other.at.text}' "
                f"(line {other.at.line}) and '{each.at.text}'",
                "Keep one of the two lines",
            )
            return
    if before:
        line = before[0].at.line
        yield _at(
            each.at,
            f"{each.name} is asked for in line {line} already",
            f"Write all about it in line {line}",
            "warning",
        )


def _unknown(asked: Sequence[Asked], known: Collection[str]) -> Iterator[TextProblem]:
    names = {normal_name(each) for each in known}
    for each in asked:
        if not names or each.name in names:
            continue
        near = difflib.get_close_matches(each.name, names, 1, cutoff=0.85)
        if near and name_problem(each.at, each.name) is None:
            yield replace(
                _at(
                    each.at,
                    f"'{each.requirement.name}' isn't among the known packages",
                    f"Did you mean '{near[0]}'?",
                    "warning",
                ),
                length=len(each.requirement.name),
            )


def _at(
    at: RequirementLine, message: str, hint: str, severity: Severity = "error"
) -> TextProblem:
    return TextProblem(at.line, at.column, message, hint, severity)
