"""Known vulnerabilities of what a lock holds, from the database that is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.domain.environment import Lock
from studio.domain.errors import StudioError
from studio.environments.freshness import NO_DATABASE
from studio.environments.tool import Progress, Report
from studio.environments.vulnerabilities import Vulnerability, known_vulnerabilities
from studio.services.environments.package_settings import PackageSettingsService

MOST_TOLD = 5
_read: dict[tuple[str, str, int], tuple[Vulnerability, ...]] = {}


@dataclass(frozen=True)
class LockSafety:
    """`problem` says why nothing is known; `digest` is the lock's."""

    digest: str
    found: tuple[Vulnerability, ...] = ()
    problem: str = ""

    @property
    def summary(self) -> str:
        """A few words for a line about the lock."""
        if self.problem:
            return "no vulnerability database"
        count = len({each.package for each in self.found})
        if not count:
            return "no known vulnerabilities"
        return "1 vulnerable package" if count == 1 else f"{count} vulnerable packages"

    @property
    def words(self) -> Sequence[str]:
        """A sentence for each, of many only the first."""
        told = [_words(each) for each in self.found[:MOST_TOLD]]
        left = len(self.found) - len(told)
        return [*told, f"{left} more are known"] if left else told


def safety_of(lock: Lock, settings: PackageSettingsService) -> LockSafety:
    """Never fails: what is wrong with the database is its `problem`."""
    try:
        database = settings.vulnerabilities
        if database is None:
            return LockSafety(lock.digest, problem=NO_DATABASE)
        return LockSafety(lock.digest, _known(lock, database))
    except StudioError as error:
        return LockSafety(lock.digest, problem=f"{error.message}. {error.hint}")


def _known(lock: Lock, database: Path) -> tuple[Vulnerability, ...]:
    """Read once: a whole ecosystem's records take seconds."""
    try:
        written = database.stat().st_mtime_ns
    except OSError:
        written = 0
    key = (lock.digest, str(database), written)
    if key not in _read:
        _read[key] = tuple(known_vulnerabilities(lock, database))
    return _read[key]


def warn_of(lock: Lock, settings: PackageSettingsService, progress: Report) -> None:
    """Tell whoever builds it; where nothing is known, there is nothing to tell."""
    for words in safety_of(lock, settings).words:
        progress(Progress("warning", words))


def _words(each: Vulnerability) -> str:
    mended = f", mended in {each.fixed_in[0]}" if each.fixed_in else ""
    about = f" ({each.summary})" if each.summary else ""
    return (
        f"{each.package} {each.version} has the known vulnerability {each.id}"
        f"{about}{mended}"
    )
