"""The list of environments: the newest version of each name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from studio.domain.tag_filter import parse_filter
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.listing import in_order
from studio.gui.widgets.rows_model import Column

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.environment import EnvironmentVersion

KINDS = {"pip": "pip", "conda": "conda", "docker": "Dockerfile", "image": "Image"}
HERE = StateLook("Built here", "ok", "check-circle")
LOCKED = StateLook("Locked", "run", "lock")
NOT_LOCKED = StateLook("Not locked", "warn", "lock-open")
BY_DIGEST = StateLook("Image", "idle", "cube")


@dataclass(frozen=True)
class EnvironmentRow:
    """The newest of a name's versions; all of them, newest first."""

    newest: EnvironmentVersion
    versions: tuple[EnvironmentVersion, ...]
    here: bool = False

    @property
    def name(self) -> str:
        return self.newest.name


def state_of(version: EnvironmentVersion, here: bool) -> StateLook:
    """How far a version has come on this computer."""
    if version.archived:
        return look("ARCHIVED")
    if here:
        return HERE
    if not version.declaration.is_locked:
        return BY_DIGEST
    return LOCKED if version.locks else NOT_LOCKED


def python_of(version: EnvironmentVersion) -> str:
    """Of its lock, else as declared."""
    return version.locks[0].python if version.locks else version.declaration.python


def package_count(version: EnvironmentVersion) -> int | None:
    return len(version.locks[0].packages) if version.locks else None


def columns() -> list[Column[EnvironmentRow]]:
    """What the list shows of each environment."""
    return [
        Column("Status", lambda row: state_of(row.newest, row.here), "", "chip", 112),
        Column("Environment", lambda row: row.name, width=150),
        Column("Version", lambda row: row.newest.version, kind="number", width=64),
        Column("Python", lambda row: python_of(row.newest), width=64, optional=True),
        Column(
            "Packages",
            lambda row: package_count(row.newest),
            kind="number",
            width=76,
            tip=lambda row: "" if row.newest.locks else "Not locked",
            optional=True,
        ),
        Column(
            "Kind",
            lambda row: KINDS[row.newest.declaration.kind],
            kind="muted",
            width=84,
            optional=True,
        ),
        Column(
            "Tags",
            lambda row: row.newest.tags,
            kind="tags",
            width=150,
            optional=True,
        ),
        Column(
            "Created",
            lambda row: row.newest.created_at,
            kind="time",
            width=96,
            optional=True,
        ),
    ]


@dataclass(frozen=True)
class EnvironmentSource:
    """Rows that match a filter. `kind=conda` and `python=3.11` are as good as tags."""

    studio: Studio
    filter: str = ""
    include_archived: bool = False
    sorted_by: Column[EnvironmentRow] | None = None
    descending: bool = False

    def __call__(self, offset: int, limit: int) -> list[EnvironmentRow]:
        wanted = parse_filter(self.filter)
        found = self.studio.environments.list(include_archived=self.include_archived)
        by_name = [
            tuple(versions) for _, versions in groupby(found, lambda each: each.name)
        ]
        kept = [
            versions
            for versions in by_name
            if wanted.matches(versions[0].name, _searched(versions[0]), {})
        ]
        here = self.studio.environments.built_ones([each[0] for each in kept])
        rows = [EnvironmentRow(v[0], v, v[0].reference in here) for v in kept]
        if self.sorted_by is not None:
            rows = in_order(rows, self.sorted_by, self.descending)
        else:
            rows.sort(key=lambda row: row.newest.created_at, reverse=True)
        return rows[offset : offset + limit]


def tags_in_use(found: Sequence[EnvironmentVersion]) -> set[tuple[str, str]]:
    """What can be searched for, as pairs."""
    return {pair for version in found for pair in _searched(version).items()}


def _searched(version: EnvironmentVersion) -> dict[str, str]:
    own = {"kind": version.declaration.kind, "python": python_of(version)}
    return {**{key: text for key, text in own.items() if text}, **version.tags}
