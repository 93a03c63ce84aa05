"""What differs between two locks, package by package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.domain.environment import Lock, LockedPackage

Change: TypeAlias = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True)
class PackageChange:
    """`before` and `after` are versions; "" where the package isn't in."""

    name: str
    change: Change
    before: str = ""
    after: str = ""
    needed_by: tuple[str, ...] = ()


def lock_difference(before: Lock | None, after: Lock | None) -> list[PackageChange]:
    """Every package of either, by name; equal ones too."""
    old = _by_name(before)
    new = _by_name(after)
    return [
        _change(name, old.get(name), new.get(name)) for name in sorted({*old, *new})
    ]


def _by_name(lock: Lock | None) -> dict[str, LockedPackage]:
    return {package.name: package for package in lock.packages} if lock else {}


def _change(
    name: str, old: LockedPackage | None, new: LockedPackage | None
) -> PackageChange:
    if old is None:
        assert new is not None
        return PackageChange(name, "added", "", new.version, new.needed_by)
    if new is None:
        return PackageChange(name, "removed", old.version, "", old.needed_by)
    same = (old.version, old.build, set(old.hashes)) == (
        new.version,
        new.build,
        set(new.hashes),
    )
    change: Change = "same" if same else "changed"
    return PackageChange(name, change, old.version, new.version, new.needed_by)
