"""Lines of a requirements.txt that can be changed, and the text after the change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.domain.mend import LineChange
from studio.domain.requirement_lines import (
    RequirementLine,
    normal_name,
    requirement_lines,
)

if TYPE_CHECKING:
    from packaging.requirements import Requirement
    from packaging.version import Version


@dataclass(frozen=True)
class Line:
    """A requirement with what it may be changed to."""

    at: RequirementLine
    name: str
    requirement: Requirement

    @property
    def is_open(self) -> bool:
        """Whether it asks for any version, so that nothing can be loosened."""
        return not self.requirement.specifier

    @property
    def pin(self) -> str:
        """Its bounds if they mean exactly one version, else ""."""
        bounds = str(self.requirement.specifier)
        exact = bounds.startswith("==") and not bounds.endswith("*")
        return bounds if exact and "," not in bounds else ""

    @property
    def lowest(self) -> str:
        """The lowest version it names; "" if it names none."""
        named = self._named()
        return str(min(named)) if named else ""

    def is_below(self, version: str) -> bool:
        """Whether all it asks for is older than `version`."""
        from packaging.version import Version

        named = self._named()
        return bool(named) and max(named) < Version(version)

    def fits(self, bounds: str) -> bool:
        """Whether a version it names is within other bounds."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            within = SpecifierSet(bounds)
        except InvalidSpecifier:
            return True
        return any(within.contains(each, prereleases=True) for each in self._named())

    def _named(self) -> list[Version]:
        from packaging.version import InvalidVersion, Version

        found = []
        for each in self.requirement.specifier:
            try:
                found.append(Version(each.version.removesuffix(".*")))
            except InvalidVersion:
                continue
        return found

    def with_bounds(self, bounds: str) -> LineChange:
        return self._written(self.requirement.name, bounds)

    def with_name(self, name: str) -> LineChange:
        return self._written(name, str(self.requirement.specifier))

    def left_out(self) -> LineChange:
        return LineChange(self.at.line, self.at.text, "")

    def _written(self, name: str, bounds: str) -> LineChange:
        extras = ",".join(sorted(self.requirement.extras))
        text = name + (f"[{extras}]" if extras else "") + bounds
        marker = self.requirement.marker
        after = f"{text} ; {marker}" if marker else text
        return LineChange(self.at.line, self.at.text, after)


def in_words(change: LineChange) -> str:
    if not change.after:
        return f"leave out {change.before}"
    return f"{change.after} instead of {change.before}"


def lines_of(text: str) -> Sequence[Line]:
    """The requirements that name versions; addresses and options can't be loosened."""
    from packaging.requirements import InvalidRequirement, Requirement

    found = []
    for at in requirement_lines(text):
        try:
            requirement = Requirement(at.text)
        except (InvalidRequirement, RecursionError):
            continue
        if not requirement.url:
            found.append(Line(at, normal_name(requirement.name), requirement))
    return found


def after_changes(text: str, changes: Sequence[LineChange]) -> str:
    """Each change at its line; a comment behind it stays."""
    rows = text.split("\n")
    for change in sorted(changes, key=lambda each: each.line, reverse=True):
        start = change.line - 1
        end = start
        while rows[end].endswith("\\") and end + 1 < len(rows):
            end += 1
        comment = re.search(r"\s+#.*$", rows[end])
        behind = comment[0] if comment else ""
        rows[start : end + 1] = [change.after + behind] if change.after else []
    return "\n".join(rows)
