"""Environment versions and their locks. What is declared and locked never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from studio.domain import ways
from studio.domain.environment import (
    Declaration,
    EnvironmentVersion,
    Lock,
    LockedPackage,
)
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.model import ModelReference
from studio.storage.database import (
    Database,
    Transaction,
    from_iso,
    from_json,
    to_json,
)
from studio.storage.tables import DeploymentRow, EnvironmentLockRow, EnvironmentRow

_D = DeploymentRow.__table__  # type: ignore[attr-defined]
_E = EnvironmentRow.__table__  # type: ignore[attr-defined]
_L = EnvironmentLockRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class NewEnvironment:
    name: str
    declaration: Declaration
    key: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    locks: Sequence[Lock] = ()

    @classmethod
    def again(cls, version: EnvironmentVersion, lock: Lock) -> NewEnvironment:
        """What a version declares, with another lock."""
        return cls(
            version.name,
            version.declaration,
            version.key,
            version.description,
            version.tags,
            [lock],
        )


class EnvironmentRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, new: NewEnvironment) -> int:
        """Record the next version of a name; its number.

        The newest version is taken again where it declares the same.
        """
        with self._database.write() as tx:
            newest = tx.execute(_versions(new.name).limit(1)).first()
            if newest is not None and newest.key == new.key and not new.locks:
                return int(newest.number)
            number = 1 + (newest.number if newest is not None else 0)
            made = tx.execute(
                insert(_E).values(
                    name=new.name,
                    number=number,
                    declaration=to_json(asdict(new.declaration)),
                    key=new.key,
                    description=new.description,
                    tags=to_json(dict(new.tags)),
                    created_at=tx.now,
                    actor=tx.actor,
                )
            )
            subject = f"{new.name}:{number}"
            tx.record("EnvironmentCreated", subject, key=new.key)
            for lock in new.locks:
                _keep_lock(tx, made.inserted_primary_key[0], subject, lock)
        return int(number)

    def find(self, name: str, key: str) -> int | None:
        """The newest version of a name that declares what has that key."""
        statement = _versions(name).where(_E.c.key == key).limit(1)
        with self._database.read() as connection:
            row = connection.execute(statement).first()
        return None if row is None else int(row.number)

    def keep_lock(self, name: str, version: int, lock: Lock) -> None:
        """Once for a platform: a version that is locked for it stays as it is."""
        with self._database.write() as tx:
            row = _row(tx.connection, ModelReference(name, version))
            _keep_lock(tx, row.id, f"{name}:{version}", lock)

    def get(self, reference: ModelReference) -> EnvironmentVersion:
        with self._database.read() as connection:
            row = _row(connection, reference)
            return _environment(row, _locks(connection, [row.id])[row.id])

    def list(self, *, include_archived: bool = False) -> Sequence[EnvironmentVersion]:
        """Every version, by name, the newest of each first."""
        statement = select(_E).order_by(_E.c.name, _E.c.number.desc())
        if not include_archived:
            statement = statement.where(_E.c.archived.is_(False))
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            locks = _locks(connection, [row.id for row in rows])
        return [_environment(row, locks[row.id]) for row in rows]

    def describe(self, reference: ModelReference, description: str) -> None:
        self._set(reference, "EnvironmentTagged", description=description)

    def tag(self, reference: ModelReference, tags: Mapping[str, str]) -> None:
        """Exactly these tags from now on."""
        self._set(reference, "EnvironmentTagged", tags=to_json(dict(tags)))

    def set_archived(self, reference: ModelReference, archived: bool) -> None:
        event = "EnvironmentArchived" if archived else "EnvironmentRestored"
        self._set(reference, event, archived=archived)

    def delete(self, reference: ModelReference) -> None:
        with self._database.write() as tx:
            row = _row(tx.connection, reference)
            _check_unused(tx, f"{row.name}:{row.number}")
            tx.execute(delete(_E).where(_E.c.id == row.id))
            tx.record("EnvironmentDeleted", f"{row.name}:{row.number}", key=row.key)

    def _set(self, reference: ModelReference, event: str, **values: Any) -> None:
        with self._database.write() as tx:
            row = _row(tx.connection, reference)
            tx.execute(update(_E).where(_E.c.id == row.id).values(**values))
            tx.record(event, f"{row.name}:{row.number}", **values)


def _check_unused(tx: Transaction, reference: str) -> None:
    """RefusedError where a deployment is served in that version."""
    for each in tx.connection.execute(select(_D.c.endpoint, _D.c.name, _D.c.spec)):
        if from_json(each.spec).get("environment") == reference:
            raise RefusedError(
                f"{reference} serves the deployment {each.endpoint}/{each.name}",
                hint=ways.DELETE_DEPLOYMENT(each.endpoint, each.name),
            )


def _keep_lock(tx: Transaction, environment_id: int, subject: str, lock: Lock) -> None:
    made = tx.execute(
        upsert(_L)
        .values(
            environment_id=environment_id,
            platform=lock.platform,
            python=lock.python,
            solver=lock.solver,
            digest=lock.digest,
            packages=to_json([asdict(package) for package in lock.packages]),
            text=lock.text,
            made_at=tx.now,
        )
        .on_conflict_do_nothing()
    )
    if made.rowcount:
        tx.record(
            "EnvironmentLocked", subject, platform=lock.platform, digest=lock.digest
        )


def _versions(name: str) -> Any:
    return select(_E).where(_E.c.name == name).order_by(_E.c.number.desc())


def _row(connection: Connection, reference: ModelReference) -> Any:
    """The version that is meant; without a number the newest that isn't archived."""
    statement = _versions(reference.name)
    if reference.version is not None:
        statement = statement.where(_E.c.number == reference.version)
    elif reference.alias not in ("", "latest"):
        raise RefusedError(
            f"Environments have no aliases: '{reference}'",
            hint=f"Write {reference.name}:VERSION or {reference.name}@latest",
        )
    else:
        statement = statement.where(_E.c.archived.is_(False))
    row = connection.execute(statement.limit(1)).first()
    if row is None:
        raise _not_found(connection, reference)
    return row


def _not_found(connection: Connection, reference: ModelReference) -> NotFoundError:
    names = select(_E.c.name).distinct().order_by(_E.c.name)
    known = [row.name for row in connection.execute(names)]
    if reference.name in known:
        count = connection.execute(
            select(func.max(_E.c.number)).where(_E.c.name == reference.name)
        ).scalar()
        return NotFoundError(
            f"There is no environment '{reference}'",
            hint=f"The versions of {reference.name} go from 1 to {count}",
        )
    hint = f"There are: {', '.join(known[:8])}" if known else "Create one first"
    return NotFoundError(f"There is no environment '{reference}'", hint)


def _locks(
    connection: Connection, ids: Sequence[int]
) -> Mapping[int, tuple[Lock, ...]]:
    found: dict[int, list[Lock]] = {each: [] for each in ids}
    statement = select(_L).where(_L.c.environment_id.in_(ids)).order_by(_L.c.platform)
    for row in connection.execute(statement):
        found[row.environment_id].append(
            Lock(
                python=row.python,
                platform=row.platform,
                packages=tuple(map(_package, from_json(row.packages))),
                solver=row.solver,
                text=row.text,
                made_at=from_iso(row.made_at),
            )
        )
    return {each: tuple(locks) for each, locks in found.items()}


def _package(kept: dict[str, Any]) -> LockedPackage:
    lists = {name: tuple(kept[name]) for name in ("needed_by", "hashes")}
    return LockedPackage(**{**kept, **lists})


def _environment(row: Any, locks: tuple[Lock, ...]) -> EnvironmentVersion:
    return EnvironmentVersion(
        name=row.name,
        version=row.number,
        declaration=Declaration(**from_json(row.declaration)),
        key=row.key,
        created_at=datetime.fromisoformat(row.created_at),
        locks=locks,
        description=row.description,
        tags=from_json(row.tags),
        archived=row.archived,
        created_by=row.actor,
    )
