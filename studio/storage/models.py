"""The model registry: versions, tags to find them, and what still uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from studio.domain import ways
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.model import ModelReference, ModelVersion
from studio.domain.tag_filter import TagFilter, Term
from studio.storage import model_search as search
from studio.storage.database import Database, Transaction, to_json
from studio.storage.tables import (
    DeploymentRow,
    EventRow,
    ModelAliasRow,
    ModelMetricRow,
    ModelRow,
    ModelTagRow,
    ModelVersionRow,
)

_N = ModelRow.__table__  # type: ignore[attr-defined]
_V = ModelVersionRow.__table__  # type: ignore[attr-defined]
_T = ModelTagRow.__table__  # type: ignore[attr-defined]
_M = ModelMetricRow.__table__  # type: ignore[attr-defined]
_A = ModelAliasRow.__table__  # type: ignore[attr-defined]
_D = DeploymentRow.__table__  # type: ignore[attr-defined]

_NEXT = (
    upsert(_N)
    .values(last_version=1)
    .on_conflict_do_update(
        index_elements=["name"], set_={"last_version": _N.c.last_version + 1}
    )
    .returning(_N.c.last_version)
)
_NEWEST_EVENT = select(func.max(EventRow.__table__.c.seq))  # type: ignore[attr-defined]
_INSERT_VERSION = insert(_V).returning(_V.c.id)
_INSERT_TAG = insert(_T)
_INSERT_METRIC = insert(_M)


@dataclass(frozen=True)
class NewVersion:
    """A version to be; its number is given when it is written."""

    name: str
    type: str
    digest: str
    size_bytes: int
    tags: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    description: str = ""
    run_id: str = ""
    experiment: str = ""
    pipeline: str = ""
    step: str = ""
    trained_here: bool = False


class ModelRepository:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: dict[tuple[tuple[Term, ...], bool], int] = {}
        self._counted_at: int | None = None

    def register(self, new: NewVersion) -> int:
        """Write a version; its number is one more than the name ever had."""
        with self._database.write() as tx:
            return self.register_within(tx, new)

    def register_within(self, tx: Transaction, new: NewVersion) -> int:
        number = int(tx.execute(_NEXT, {"name": new.name}).scalar_one())
        row = {
            "name": new.name,
            "version": number,
            "type": new.type,
            "digest": new.digest,
            "size_bytes": new.size_bytes,
            "created_at": tx.now,
            "description": new.description,
            "properties": to_json(dict(new.properties)),
            "run_id": new.run_id,
            "experiment": new.experiment,
            "pipeline": new.pipeline,
            "step": new.step,
            "actor": tx.actor,
            "trained_here": new.trained_here,
        }
        version_id = tx.execute(_INSERT_VERSION, row).scalar_one()
        _insert_pairs(tx, _INSERT_TAG, version_id, new.tags)
        _insert_pairs(tx, _INSERT_METRIC, version_id, new.metrics)
        tx.record(
            "ModelRegistered",
            f"{new.name}:{number}",
            digest=new.digest,
            run=new.run_id,
        )
        return number

    # -- questions ------------------------------------------------------------

    def search(
        self,
        tag_filter: TagFilter,
        *,
        include_archived: bool = False,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[ModelVersion], int]:
        """One page, newest first, and how many versions match in all."""
        with self._database.read() as connection:
            found = search.page(connection, tag_filter, include_archived, limit, offset)
            if len(found) < limit and (found or not offset):
                return found, offset + len(found)
            return found, self._count(connection, tag_filter, include_archived)

    def _count(
        self, connection: Connection, tag_filter: TagFilter, archived: bool
    ) -> int:
        """Counting reads every hit, so a count is kept until the next event."""
        seq = connection.execute(_NEWEST_EVENT).scalar()
        key = (tag_filter.terms, archived)
        if self._counted_at != seq:
            self._counts, self._counted_at = {}, seq
        if key not in self._counts:
            self._counts[key] = search.count(connection, tag_filter, archived)
        return self._counts[key]

    def get(self, reference: ModelReference) -> ModelVersion:
        """The version a reference means; `@latest` is the newest one not archived."""
        with self._database.read() as connection:
            version_id = self._find(connection, reference)
            return search.by_ids(connection, [version_id])[0]

    def tag_keys(self) -> list[tuple[str, str]]:
        """(key, value) pairs in use, for completion; at most 500."""
        with self._database.read() as connection:
            statement = select(_T.c.key, _T.c.value).distinct().limit(500)
            return [(row[0], row[1]) for row in connection.execute(statement)]

    # -- changes --------------------------------------------------------------

    def tag(self, reference: ModelReference, tags: Mapping[str, str]) -> None:
        with self._database.write() as tx:
            version_id, name = self._target(tx, reference)
            for key, value in tags.items():
                row = {"version_id": version_id, "key": key, "value": value}
                statement = upsert(_T).values(row)
                tx.execute(
                    statement.on_conflict_do_update(
                        index_elements=["version_id", "key"], set_={"value": value}
                    )
                )
            tx.record("ModelTagged", name, tags=dict(tags))

    def untag(self, reference: ModelReference, keys: Sequence[str]) -> None:
        with self._database.write() as tx:
            version_id, name = self._target(tx, reference)
            tx.execute(
                delete(_T).where(_T.c.version_id == version_id, _T.c.key.in_(keys))
            )
            tx.record("ModelTagged", name, removed=list(keys))

    def set_alias(self, reference: ModelReference, alias: str) -> None:
        """Let an alias point to this version (and to no other of the name)."""
        with self._database.write() as tx:
            version_id, name = self._target(tx, reference)
            row = {"name": reference.name, "alias": alias, "version_id": version_id}
            statement = upsert(_A).values(row)
            tx.execute(
                statement.on_conflict_do_update(
                    index_elements=["name", "alias"], set_={"version_id": version_id}
                )
            )
            tx.record("ModelAliased", name, alias=alias)

    def remove_alias(self, reference: ModelReference, alias: str) -> None:
        with self._database.write() as tx:
            version_id, name = self._target(tx, reference)
            removed = tx.execute(
                delete(_A).where(_A.c.version_id == version_id, _A.c.alias == alias)
            ).rowcount
            if removed:
                tx.record("ModelAliased", name, removed=alias)

    def describe(self, reference: ModelReference, description: str) -> None:
        with self._database.write() as tx:
            version_id, name = self._target(tx, reference)
            tx.execute(
                update(_V).where(_V.c.id == version_id).values(description=description)
            )
            tx.record("ModelTagged", name, description=description)

    def set_archived(self, reference: ModelReference, archived: bool) -> None:
        with self._database.write() as tx:
            version_id, name = self._target(tx, reference)
            tx.execute(
                update(_V).where(_V.c.id == version_id).values(archived=archived)
            )
            tx.record("ModelArchived" if archived else "ModelRestored", name)

    def delete(self, reference: ModelReference) -> None:
        """Forget a version. Refused, by the database itself, while it is deployed."""
        try:
            with self._database.write() as tx:
                version_id, name = self._target(tx, reference)
                _refuse_if_deployed(tx, version_id, name)
                tx.execute(delete(_V).where(_V.c.id == version_id))
                tx.record("ModelDeleted", name)
        except IntegrityError as error:
            raise RefusedError(
                f"{reference} is deployed and can't be deleted",
                hint="Delete the deployment first",
            ) from error

    # -- inside ---------------------------------------------------------------

    def _target(self, tx: Transaction, reference: ModelReference) -> tuple[int, str]:
        version_id = self._find(tx, reference)
        row = tx.execute(
            select(_V.c.name, _V.c.version).where(_V.c.id == version_id)
        ).one()
        return version_id, f"{row.name}:{row.version}"

    def _find(self, source: Any, reference: ModelReference) -> int:
        """The row id of a reference; NotFoundError says what there is instead."""
        statement = select(_V.c.id).where(_V.c.name == reference.name)
        if reference.version is not None:
            statement = statement.where(_V.c.version == reference.version)
        elif reference.alias and reference.alias != "latest":
            statement = select(_A.c.version_id).where(
                _A.c.name == reference.name, _A.c.alias == reference.alias
            )
        else:
            statement = statement.order_by(_V.c.archived, _V.c.id.desc()).limit(1)
        found = source.execute(statement).scalar()
        if found is None:
            raise _not_found(source, reference)
        return int(found)


def _insert_pairs(
    tx: Transaction, statement: Any, version_id: int, pairs: Mapping[str, Any]
) -> None:
    rows = [
        {"version_id": version_id, "key": key, "value": value}
        for key, value in pairs.items()
    ]
    if rows:
        tx.execute(statement, rows)


def _not_found(source: Any, reference: ModelReference) -> NotFoundError:
    versions = source.execute(
        select(_V.c.version).where(_V.c.name == reference.name).order_by(_V.c.version)
    ).scalars()
    known = [str(version) for version in versions]
    hint = (
        f"Versions of {reference.name}: {', '.join(known[-10:])}"
        if known
        else ways.SEE_MODELS()
    )
    return NotFoundError(f"There is no model '{reference}'", hint)


def _refuse_if_deployed(tx: Transaction, version_id: int, name: str) -> None:
    statement = select(_D.c.endpoint, _D.c.name).where(
        _D.c.model_version_id == version_id
    )
    places = [f"{row.endpoint}/{row.name}" for row in tx.execute(statement)]
    if places:
        first = places[0].split("/")
        raise RefusedError(
            f"{name} is deployed at {', '.join(places)} and can't be deleted",
            hint=ways.DELETE_DEPLOYMENT(*first),
        )
