"""Declared, locked and imported, package by package, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from studio.domain.environment import Declaration, Lock
from studio.domain.match_spec import parse_match_spec
from studio.domain.requirement_lines import (
    normal_name,
    required_name,
    requirement_lines,
)
from studio.domain.twin import ModelNeeds, Rehearsal, TwinRow, Verdict
from studio.interchange.environment_file import read_conda_text


def twin_rows(
    declaration: Declaration, lock: Lock, needs: ModelNeeds, told: Rehearsal
) -> tuple[TwinRow, ...]:
    """Worst first, then by name."""
    declared = declared_constraints(declaration)
    locked = {normal_name(p.name): p for p in lock.packages}
    said = {name: f"=={version}" for name, version in told.saved_with.items()}
    asked = {**said, **needs.packages}
    writers = {*said, *needs.written_by}
    blamed = {normal_name(f.package) for f in told.failures if f.module}
    names = {*declared, *locked, *asked, *told.imported, *blamed} - {"", "python"}
    rows = []
    for name in names:
        package = locked.get(name)
        if package and package.manager == "conda" and name not in told.installed:
            continue  # a library of the system, which Python doesn't import
        row = TwinRow(
            name,
            declared.get(name, ""),
            asked.get(name, ""),
            package.version if package else "",
            told.imported.get(name, ""),
            "same",
        )
        rows.append(_judged(row, name in blamed, name in writers))
    return tuple(sorted(rows, key=lambda row: _worst_first(row, writers)))


def declared_constraints(declaration: Declaration) -> dict[str, str]:
    """The constraint of each package that is asked for by name."""
    if declaration.kind != "conda":
        return dict(_of_pip(declaration.packages))
    conda = read_conda_text(declaration.packages)
    specs = (parse_match_spec(each.text) for each in conda.specs)
    found = {normal_name(spec.name): spec.version or "any" for spec in specs}
    return {**found, **dict(_of_pip(conda.pip_text))}


def _of_pip(text: str) -> Iterator[tuple[str, str]]:
    for line in requirement_lines(text):
        name = "" if line.is_option else required_name(line.text)
        if not name:
            continue
        try:
            yield name, str(Requirement(line.text).specifier) or "any"
        except InvalidRequirement:
            yield name, line.text


def _judged(row: TwinRow, was_missed: bool, wrote: bool) -> TwinRow:
    if was_missed and not row.imported:
        return _as(row, "missing", True, f"The model imports {row.name}; it isn't here")
    if row.imported and not row.locked:
        told = f"{row.name} {row.imported} was imported, but the environment's lock "
        return _as(row, "missing", True, told + "doesn't have it")
    if row.imported and not _same(row.imported, row.locked):
        told = f"{row.name} is locked as {row.locked}, but {row.imported} was imported"
        return _as(row, "differs", True, told)
    here = row.imported or row.locked
    if here and row.asked_by_model and not satisfies(here, row.asked_by_model):
        return _against_the_model(row, here, wrote)
    if not row.imported:
        return _as(row, "unused", False, "")
    return row


def _against_the_model(row: TwinRow, here: str, wrote: bool) -> TwinRow:
    """What wrote the model's file must be the same but for its last number; of others
    only the first number matters, since models pin all that was there."""
    saved = row.asked_by_model.removeprefix("==")
    pinned = row.asked_by_model.startswith("==")
    told = (
        f"The model was saved with {row.name} {saved}; this environment has {here}"
        if pinned
        else f"The model needs {row.name} {saved}; this environment has {here}"
    )
    near = pinned and _same_release(here, saved, 2 if wrote else 1)
    serious = bool(row.imported) and not near
    return _as(row, "differs", serious, told)


def _as(row: TwinRow, verdict: Verdict, serious: bool, words: str) -> TwinRow:
    return replace(row, verdict=verdict, serious=serious, words=words)


def satisfies(version: str, constraint: str) -> bool:
    """Whether a version is one that a constraint allows; True where none can tell."""
    try:
        return SpecifierSet(constraint).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def _same(one: str, other: str) -> bool:
    try:
        return Version(one).public == Version(other).public
    except InvalidVersion:
        return one == other


def _same_release(one: str, other: str, numbers: int) -> bool:
    try:
        return Version(one).release[:numbers] == Version(other).release[:numbers]
    except InvalidVersion:
        return False


_ORDER = {"missing": 0, "differs": 1, "same": 2, "unused": 3}


def _worst_first(row: TwinRow, writers: Collection[str]) -> tuple[object, ...]:
    wrote = row.name in writers
    return not row.serious, not wrote, _ORDER[row.verdict], row.name
