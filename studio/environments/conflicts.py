"""Why requirements can't all be met, and the smallest changes that would mend it.

Nothing is guessed: each change that is offered has been solved.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, TypeAlias

from studio.domain.errors import StudioError
from studio.domain.mend import LineChange, Mend
from studio.environments.conflict_lines import (
    Line,
    after_changes,
    in_words,
    lines_of,
)
from studio.environments.conflict_proof import (
    Need,
    Proof,
    needs_in_words,
    needs_of_chosen,
    read_proof,
)
from studio.environments.package_indexes import PackageIndexes
from studio.environments.package_names import near_names
from studio.environments.pip_lock import Solved, solve_pip
from studio.environments.tool import Progress, Report, check_cancelled, silent
from studio.environments.uv_errors import ASKED_FIRST, UnsolvableError, asked_first

Kind: TypeAlias = Literal[
    "versions", "package", "version", "python", "platform", "yanked"
]
_MOST_SOLVES = 24
_MOST_MENDS = 4
_MOST_SUSPECTS = 6
_MOST_PAIRED = 8
_PYTHONS = ("3.11", "3.12", "3.10", "3.13", "3.9", "3.14", "3.8")


@dataclass(frozen=True)
class Conflict:
    """`lines` are those of the text that take part in it, from 1."""

    kind: Kind
    message: str
    mends: tuple[Mend, ...]
    lines: tuple[int, ...]
    told: str

    @property
    def hint(self) -> str:
        other = f". {ASKED_FIRST}" if asked_first(self.told) else ""
        if not self.mends:
            told = "Loosen the versions named here, or leave one of the packages out"
            return told + other
        first, *others = [each.words for each in self.mends]
        told = f"Either: {first}" + "".join(f"; or: {each}" for each in others)
        return told + other

    def as_error(self) -> UnsolvableError:
        where = f"Line {self.lines[0]}: " if self.lines else ""
        return UnsolvableError(f"{where}{self.message}", self.hint, self.told)


def explain_conflict(
    error: UnsolvableError,
    text: str,
    *,
    python: str,
    platform: str,
    indexes: PackageIndexes,
    constraints: str = "",
    known: Collection[str] = (),
    seconds: float = 20,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Conflict:
    """What `lock_pip` has met, in words, with changes that were tried.

    It takes `seconds` at most, and what was found by then is told. `known` are names
    of packages there certainly are.
    """
    proof = read_proof(error.told)
    suspects = [each for each in lines_of(text) if each.name in proof.names]
    solving = _Solving(
        text, python, platform, indexes, constraints, seconds, progress, cancel
    )
    mends = _mends(solving, proof, suspects[:_MOST_SUSPECTS], known)
    kind, message = _told(proof, suspects, solving, platform, error)
    blamed = [each.at.line for each in suspects]
    return Conflict(kind, message, tuple(mends), tuple(blamed), error.told)


class _Solving:
    """Variants of a text solved one after the other, within bounds."""

    def __init__(
        self,
        text: str,
        python: str,
        platform: str,
        indexes: PackageIndexes,
        constraints: str,
        seconds: float,
        progress: Report,
        cancel: threading.Event | None,
    ) -> None:
        self.text = text
        self._given = (platform, indexes, constraints, cancel)
        self.python = python
        self._until = time.monotonic() + seconds
        self._progress = progress
        self._solves = 0
        self.learned: list[Need] = []
        """What others need of a package, in ways that what is asked for isn't."""

    @property
    def is_spent(self) -> bool:
        return self._solves >= _MOST_SOLVES or time.monotonic() > self._until

    def attempt(self, *changes: LineChange, python: str = "") -> Solved | None:
        """What is solved after some changes; None where nothing is, or no time left."""
        platform, indexes, constraints, cancel = self._given
        check_cancelled(cancel, "Looking for changes")
        if self.is_spent:
            return None
        self._solves += 1
        tried = ", ".join(map(in_words, changes)) or f"Python {python}"
        self._progress(Progress("explaining", tried, self._solves, _MOST_SOLVES))
        try:
            return solve_pip(
                after_changes(self.text, changes),
                python=python or self.python,
                platform=platform,
                indexes=indexes,
                constraints=constraints,
                cancel=cancel,
            )
        except StudioError as error:
            if error.code == "cancelled":
                raise
            return None


def _mends(
    solving: _Solving, proof: Proof, suspects: Sequence[Line], known: Collection[str]
) -> Sequence[Mend]:
    found = [
        *_renamed(solving, proof, suspects, known),
        *_other_python(solving, proof),
    ]
    for line in suspects:
        if len(found) < _MOST_MENDS and (mend := _loosened(solving, proof, line)):
            found.append(mend)
    blamed = {each.package for each in solving.learned} - {e.name for e in suspects}
    for line in lines_of(solving.text):  # who needs what is asked for otherwise
        if line.name in blamed and (mend := _loosened(solving, proof, line)):
            found.append(mend)
    if not found:
        found += _left_out(solving, suspects)
    if not found:
        others = [e for e in lines_of(solving.text) if e not in suspects]
        found += _both(solving, [*suspects, *others][:_MOST_PAIRED])
    return list({each.words: each for each in found}.values())[:_MOST_MENDS]


def _renamed(
    solving: _Solving, proof: Proof, suspects: Sequence[Line], known: Collection[str]
) -> Iterator[Mend]:
    """Packages of nearly the same name as one that doesn't exist."""
    for line in suspects:
        if line.name != proof.missing:
            continue
        for name in near_names(line.name, known):
            change = line.with_name(name)
            if solving.attempt(change):
                yield Mend(in_words(change), (change,))


def _other_python(solving: _Solving, proof: Proof) -> Iterator[Mend]:
    """The nearest other Python that all of it can have."""
    by_wheels = bool(proof.no_wheel) and not proof.platforms
    for python in _PYTHONS if proof.pythons or by_wheels else ():
        if python == solving.python or not _may_fit(python, proof):
            continue
        if solving.attempt(python=python):
            yield Mend(f"Python {python} instead of {solving.python}", python=python)
            return


def _may_fit(python: str, proof: Proof) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        bounds = [SpecifierSet(each.bounds) for each in proof.pythons]
    except InvalidSpecifier:
        return True
    return not bounds or any(f"{python}.0" in each for each in bounds)


def _loosened(solving: _Solving, proof: Proof, line: Line) -> Mend | None:
    """The bound on one package that is nearest to what was asked for."""
    if line.is_open:
        return None
    solved = solving.attempt(line.with_bounds(""))
    version = solved.lock.version_of(line.name) if solved else ""
    if solved is None or not version:
        return None
    needs = [*proof.needs, *needs_of_chosen(solved.log, solved.lock)]
    against = [e for e in needs if e.needed == line.name and not line.fits(e.bounds)]
    solving.learned += against
    for bounds in _nearer(against, line, version):
        change = line.with_bounds(bounds)
        if found := solving.attempt(change):
            gives = found.lock.version_of(line.name)
            return Mend(f"{in_words(change)} (gives {gives})", (change,))
    exact = line.with_bounds(f"=={version}")
    return Mend(in_words(exact), (exact,))


def _nearer(against: Sequence[Need], line: Line, version: str) -> Sequence[str]:
    """Bounds that say more than one version, those nearest to what is asked first."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    pieces = [p for need in against for p in SpecifierSet(need.bounds.strip(","))]
    if line.is_below(version):  # it has to be newer than asked for
        least = [Version(p.version) for p in pieces if p.operator in (">=", "~=")]
        asked = f">={line.lowest}" if line.lowest else ""
        return [f">={max(least)}"] if least else [asked] if asked else []
    most = [p for p in pieces if p.operator in ("<", "<=")]
    lowest = min(most, key=lambda p: Version(p.version), default=None)
    return [*([str(lowest)] if lowest else []), f"<={version}"]


def _left_out(solving: _Solving, suspects: Sequence[Line]) -> Iterator[Mend]:
    for line in suspects:
        change = line.left_out()
        if solving.attempt(change):
            yield Mend(in_words(change), (change,))
            if solving.is_spent:
                return


def _both(solving: _Solving, suspects: Sequence[Line]) -> Iterator[Mend]:
    """Two lines at once, where no one change is enough."""
    pairs = combinations(suspects, 2)
    for pair in sorted(pairs, key=lambda pair: sum(each.is_open for each in pair)):
        changes = [
            each.left_out() if each.is_open else each.with_bounds("") for each in pair
        ]
        solved = solving.attempt(*changes)
        if solved is None:
            continue
        exact = tuple(
            each.with_bounds(f"=={version}") if version else each.left_out()
            for each in pair
            for version in [solved.lock.version_of(each.name)]
        )
        yield Mend(" and ".join(map(in_words, exact)), exact)
        return


def _told(
    proof: Proof,
    suspects: Sequence[Line],
    solving: _Solving,
    platform: str,
    error: UnsolvableError,
) -> tuple[Kind, str]:
    asked = " and ".join(f"{e.at.text} (line {e.at.line})" for e in suspects[:4])
    first = asked_first(error.told)
    if proof.missing:
        return "package", _missing(proof, suspects)
    if proof.pythons:
        needs = (
            f"{proof.pythons[0].words}; this environment has Python {solving.python}"
        )
        return "python", needs
    if proof.no_wheel and not proof.needs and not solving.learned:
        return _no_wheel(proof, solving.python, platform)
    if proof.yanked:
        name, version, reason = proof.yanked[0]
        because = f": {reason}" if reason else ""
        return "yanked", f"{name} {version} was withdrawn by its authors{because}"
    if proof.no_version[0] and not proof.needs:
        return "version", _no_version(proof, first)
    if proof.only and not proof.needs:
        return "version", _no_version(proof, first)
    pinned = {each.name: each.pin for each in suspects if each.pin}
    needs = needs_in_words(
        [
            replace(each, versions=pinned.get(each.package, each.versions))
            for each in proof.needs or solving.learned
        ]
    )
    if not needs:
        return "versions", _contradicting(asked) if asked else error.message
    return "versions", f"{needs}, and you ask for {asked}" if asked else needs


def _no_wheel(proof: Proof, python: str, platform: str) -> tuple[Kind, str]:
    name, versions = proof.no_wheel[0]
    shown = f" {versions[2:]}" if versions.startswith("==") else versions
    if proof.platforms:
        there = f"; there are some for {', '.join(proof.platforms)}"
        return "platform", f"{name}{shown} has no wheel for {platform}{there}"
    told = f"{name}{shown} has no wheel for Python {python} on {platform}"
    return "platform", f"{told}, only source code"


def _contradicting(asked: str) -> str:
    return f"You ask for {asked}, which can't hold together"


def _missing(proof: Proof, suspects: Sequence[Line]) -> str:
    by = [each.package for each in proof.needs if each.needed == proof.missing]
    asked = any(each.name == proof.missing for each in suspects)
    if by and not asked:
        return f"{by[0]} needs {proof.missing}, which no package index here has"
    return f"There is no package '{proof.missing}' in the package indexes"


def _no_version(proof: Proof, first: str) -> str:
    name, bounds = proof.no_version
    there = dict(proof.only)
    if not name:
        name = next(iter(there))
        return f"No version of {name} is what you ask for: there are {there[name]}"
    told = f"There is no {name}{bounds}" + (f" on {first}" if first else "")
    return f"{told}: there are {there[name]}" if name in there else told
