"""What the versions and markers of a requirement can mean, and whether any is left."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from studio.domain.requirement_lines import RequirementLine
from studio.domain.text_problem import TextProblem

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

_PYTHONS = tuple(f"3.{minor}" for minor in range(8, 16))
_SYSTEMS = (
    ("linux", "Linux", "posix"),
    ("darwin", "Darwin", "posix"),
    ("win32", "Windows", "nt"),
)
_MACHINES = ("x86_64", "aarch64", "arm64", "AMD64")
_MOST_CLAUSES = 40


def version_problem(
    at: RequirementLine, requirement: Requirement
) -> TextProblem | None:
    """No version can be meant; or none is fixed, which is fine."""
    column = at.column + len(requirement.name)
    if requirement.url:
        return None
    if not _is_possible(str(requirement.specifier)):
        return TextProblem(
            at.line,
            column,
            f"No version can be '{requirement.specifier}'",
            "Remove one of the bounds",
        )
    operators = {each.operator for each in requirement.specifier}
    if operators & {"==", "==="} and not str(requirement.specifier).endswith("*"):
        return None
    return TextProblem(
        at.line,
        at.column,
        "The version is left open: the lock decides",
        "",
        "info",
    )


def contradiction(one: Requirement, other: Requirement) -> bool:
    """Whether no version can be what both ask for."""
    if one.url or other.url:
        return bool(one.url and other.url and one.url != other.url)
    first, second = str(one.specifier), str(other.specifier)
    if not (first and second and _is_possible(first) and _is_possible(second)):
        return False
    return not _is_possible(f"{first},{second}")


def marker_problem(at: RequirementLine, requirement: Requirement) -> TextProblem | None:
    """Markers that hold nowhere, so that the line means nothing."""
    if requirement.marker is None or _holds_somewhere(requirement.marker):
        return None
    start = max(at.text.find(";"), 0)
    return TextProblem(
        at.line,
        at.column + start,
        "This is true on no platform and no Python that there is",
        "Correct what stands behind the ';', or remove the line",
        "warning",
    )


@lru_cache(maxsize=4096)
def _is_possible(text: str) -> bool:
    """Tried with versions beside every bound; in doubt there is one."""
    from packaging.specifiers import SpecifierSet

    specifiers = SpecifierSet(text)
    if not 0 < len(specifiers) <= _MOST_CLAUSES:
        return True
    return any(
        specifiers.contains(candidate, prereleases=True)
        for candidate in _candidates(specifiers)
    )


def _candidates(specifiers: SpecifierSet) -> Iterator[Version | str]:
    from packaging.version import InvalidVersion, Version

    yield Version("0.dev0")
    for each in specifiers:
        text = each.version.removesuffix(".*")
        try:
            version = Version(text)
        except InvalidVersion:
            yield text  # '===' takes any text
            continue
        yield version
        yield from _beside(version)


def _beside(version: Version) -> Iterator[Version]:
    from packaging.version import Version

    epoch = f"{version.epoch}!" if version.epoch else ""
    numbers = version.release

    def made(*parts: int, end: str = "") -> Version:
        return Version(epoch + ".".join(map(str, parts)) + end)

    yield made(*numbers, end=".dev0")
    yield made(*numbers, end="a0")
    yield made(*numbers, end=".post1")
    yield made(*numbers, 1)
    yield made(*numbers, 0, 1)
    yield made(*numbers, 0, 0, 1)
    for place in range(len(numbers)):
        yield made(*numbers[:place], numbers[place] + 1)
        if numbers[place]:
            yield made(*numbers[:place], numbers[place] - 1, 999_999)


def _holds_somewhere(marker: Marker) -> bool:
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

    try:
        return any(marker.evaluate(environment) for environment in _everywhere())
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False
    except (ValueError, KeyError, TypeError, RecursionError):
        return True


def _everywhere() -> Iterator[dict[str, str]]:
    for python in _PYTHONS:
        for platform, system, name in _SYSTEMS:
            for machine in _MACHINES:
                yield {
                    "python_version": python,
                    "python_full_version": f"{python}.9",
                    "implementation_version": f"{python}.9",
                    "sys_platform": platform,
                    "platform_system": system,
                    "os_name": name,
                    "platform_machine": machine,
                    "implementation_name": "cpython",
                    "platform_python_implementation": "CPython",
                    "extra": "",
                }
