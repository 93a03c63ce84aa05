"""Whether a lock is still the newest, and what is known of its packages by now."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.domain.environment import PLATFORMS, Lock
from studio.domain.requirement_lines import normal_name
from studio.environments.conflict_proof import read_proof
from studio.environments.licences import licences_of
from studio.environments.lock_text import locked_packages
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Finished, Report, silent
from studio.environments.uv import run_uv, solving_python, working_folder
from studio.environments.uv_errors import UnsolvableError
from studio.environments.vulnerabilities import Vulnerability, known_vulnerabilities

_YANKED = re.compile(r"`([\w.-]+)==(\S+?)` is yanked(?: \(reason: \"(.*)\"\))?")
_MOST_TRIES = 20
NO_DATABASE = (
    "No vulnerability database is at hand, so nothing is known of vulnerabilities. "
    "Fetch OSV's file of the PyPI ecosystem (all.zip), or let pip-audit write its "
    "JSON, then name it: studio settings packages set --vulnerabilities PATH"
)
NO_FOLDER = "Licences are told once the environment has been installed"


@dataclass(frozen=True)
class PackageFreshness:
    """`newest` is what this Python and platform could have now, "" if nobody knows.

    `withdrawn` says why its authors took the locked version back, "" if they didn't.
    """

    name: str
    version: str
    newest: str = ""
    licence: str = ""
    withdrawn: str = ""
    vulnerabilities: tuple[Vulnerability, ...] = ()

    @property
    def is_newest(self) -> bool | None:
        """None where the newest isn't known."""
        return self.newest == self.version if self.newest else None

    @property
    def has_news(self) -> bool:
        return bool(self.is_newest is False or self.withdrawn or self.vulnerabilities)


@dataclass(frozen=True)
class Freshness:
    """`notes` say what could not be told, and why."""

    packages: tuple[PackageFreshness, ...]
    notes: tuple[str, ...] = ()

    @property
    def older(self) -> Sequence[PackageFreshness]:
        return [each for each in self.packages if each.is_newest is False]

    @property
    def vulnerable(self) -> Sequence[PackageFreshness]:
        return [each for each in self.packages if each.vulnerabilities]


def freshness(
    lock: Lock,
    *,
    indexes: PackageIndexes,
    folder: Path | None = None,
    database: Path | None = None,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Freshness:
    """What the indexes, an installed `folder` and a vulnerability database tell.

    Packages of conda and those of an address are listed without their newest version.
    """
    asking = _Asking(lock, indexes, progress, cancel)
    newest, withdrawn = asking.newest(), asking.withdrawn()
    notes = [f"No package index has {name} any more" for name in asking.missing]
    licences = licences_of(folder) if folder else {}
    notes += [] if folder else [NO_FOLDER]
    known = known_vulnerabilities(lock, database) if database else []
    notes += [] if database else [NO_DATABASE]
    packages = tuple(
        PackageFreshness(
            each.name,
            each.version,
            newest.get(each.name, ""),
            licences.get(each.name, ""),
            withdrawn.get(each.name, ""),
            tuple(v for v in known if v.package == each.name),
        )
        for each in lock.packages
    )
    return Freshness(packages, tuple(notes))


class _Asking:
    """What the indexes say of all packages of a lock, in one question each."""

    def __init__(
        self,
        lock: Lock,
        indexes: PackageIndexes,
        progress: Report,
        cancel: threading.Event | None,
    ) -> None:
        self._lock = lock
        self._indexes = indexes
        self._progress = progress
        self._cancel = cancel
        self._asked = {
            each.name: each.version
            for each in lock.packages
            if each.manager == "pip" and not each.url
        }
        self._missing: list[str] = []

    @property
    def missing(self) -> Sequence[str]:
        return list(dict.fromkeys(self._missing))

    def newest(self) -> Mapping[str, str]:
        """The newest version of each that has a wheel for this Python and platform."""
        found = self._patiently({name: name for name in self._asked})
        packages = locked_packages(found.stdout) if found else ()
        return {each.name: each.version for each in packages}

    def withdrawn(self) -> Mapping[str, str]:
        """Why a locked version was taken back by its authors; also where no other
        version is left, which `newest` finds nothing for."""
        lines = {name: f"{name}=={version}" for name, version in self._asked.items()}
        known = [*self._missing]
        found = self._patiently(lines)
        self._missing = [each for each in self._missing[len(known) :] if each in known]
        return {
            normal_name(name): reason or "no reason was given"
            for name, _, reason in _YANKED.findall(found.stderr if found else "")
        }

    def _patiently(self, lines: Mapping[str, str]) -> Finished | None:
        """What is told of lines by name, without those that are the trouble."""
        left = dict(lines)
        for _ in range(_MOST_TRIES):
            if not left:
                break
            try:
                return self._run([*left.values()])
            except UnsolvableError as error:
                trouble = _trouble(error, left)
                if not trouble:
                    raise
                del left[trouble]
                self._missing.append(trouble)
        return None

    def _run(self, lines: Sequence[str]) -> Finished:
        platform = PLATFORMS[self._lock.platform]
        with working_folder({"requirements.in": "\n".join(lines) + "\n"}) as folder:
            return run_uv(
                [
                    *("pip", "compile", "requirements.in", "--no-deps", "--no-header"),
                    *("--no-annotate", "--no-build", *solving_python()),
                    *("--python-version", self._lock.python),
                    *("--python-platform", platform),
                ],
                indexes=self._indexes,
                folder=folder,
                phase="asking for newer versions",
                progress=self._progress,
                cancel=self._cancel,
            )


def _trouble(error: UnsolvableError, asked: Mapping[str, str]) -> str:
    """The one package that an index gave no answer for; "" if that can't be told."""
    proof = read_proof(error.told)
    names = [proof.missing, *(name for name, _ in proof.no_wheel), *proof.names]
    return next((name for name in names if name in asked), "")
