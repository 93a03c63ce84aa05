"""What two versions of an environment declare, and what their locks hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff

from studio.domain.environment import Declaration, EnvironmentVersion
from studio.domain.lock_difference import PackageChange, lock_difference


@dataclass(frozen=True)
class EnvironmentDifference:
    """What two versions declare, line by line, and what their locks hold."""

    before: EnvironmentVersion
    after: EnvironmentVersion
    packages: tuple[PackageChange, ...]
    is_locked: bool

    def texts(self) -> tuple[Sequence[str], Sequence[str]]:
        """The lines that each declares."""
        return _written(self.before.declaration), _written(self.after.declaration)

    def declared_lines(self) -> Sequence[str]:
        """A unified difference of what is declared; nothing where it is the same."""
        one, two = self.texts()
        names = (self.before.reference, self.after.reference)
        return list(unified_diff(one, two, *names, lineterm=""))


def difference_of(
    before: EnvironmentVersion, after: EnvironmentVersion, platform: str
) -> EnvironmentDifference:
    """Between two versions; of locks, those for that platform."""
    locks = before.lock_for(platform), after.lock_for(platform)
    changes = lock_difference(*locks)
    return EnvironmentDifference(before, after, tuple(changes), all(locks))


def _written(declaration: Declaration) -> Sequence[str]:
    """What is declared as lines a person can compare."""
    head = {
        "python": declaration.python,
        "image": declaration.image,
        "context": declaration.context,
    }
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    return [*lines, *declaration.packages.splitlines()]
