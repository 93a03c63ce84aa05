"""Tag filters as SQL that stays fast at a million versions.

The rarest tag of a filter drives the query through the index (key, value,
version_id), newest first; the other terms are probed row by row, so both a rare
tag and a common one with a small page stop early.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, func, not_, select, text

from studio.domain.model import ModelVersion
from studio.domain.tag_filter import MetricIs, NameHas, TagFilter, TagIs, Term
from studio.storage.database import from_json, to_json
from studio.storage.tables import (
    DeploymentRow,
    ModelAliasRow,
    ModelMetricRow,
    ModelTagRow,
    ModelVersionRow,
)

_V = ModelVersionRow.__table__  # type: ignore[attr-defined]
_T = ModelTagRow.__table__  # type: ignore[attr-defined]
_M = ModelMetricRow.__table__  # type: ignore[attr-defined]
_A = ModelAliasRow.__table__  # type: ignore[attr-defined]
_D = DeploymentRow.__table__  # type: ignore[attr-defined]

_PROBE_LIMIT = 500

_SOME = select(func.count()).select_from(
    select(_T.c.version_id)
    .where(_T.c.key == bindparam("key"), _T.c.value == bindparam("value"))
    .limit(_PROBE_LIMIT)
    .subquery()
)
_COLUMNS = (
    "id",
    "name",
    "version",
    "type",
    "digest",
    "size_bytes",
    "created_at",
    "description",
    "archived",
    "properties",
    "run_id",
    "experiment",
    "pipeline",
    "step",
    "actor",
    "trained_here",
)
_DETAILS = select(
    *(_V.c[name] for name in _COLUMNS),
    select(func.json_group_object(_T.c.key, _T.c.value))
    .where(_T.c.version_id == _V.c.id)
    .scalar_subquery()
    .label("tags"),
    select(func.json_group_object(_M.c.key, _M.c.value))
    .where(_M.c.version_id == _V.c.id)
    .scalar_subquery()
    .label("metrics"),
    select(func.json_group_array(_A.c.alias))
    .where(_A.c.version_id == _V.c.id)
    .scalar_subquery()
    .label("aliases"),
    select(func.json_group_array(_D.c.endpoint + "/" + _D.c.name))
    .where(_D.c.model_version_id == _V.c.id)
    .scalar_subquery()
    .label("used_by"),
).where(_V.c.id.in_(text("SELECT value FROM json_each(:ids)")))


def page(
    connection: Connection,
    tag_filter: TagFilter,
    include_archived: bool,
    limit: int,
    offset: int,
) -> list[ModelVersion]:
    ids, order = _matching(connection, tag_filter, include_archived)
    statement = ids.order_by(order.desc()).limit(limit).offset(offset)
    found = list(connection.execute(statement).scalars())
    return by_ids(connection, found)


def count(connection: Connection, tag_filter: TagFilter, include_archived: bool) -> int:
    ids, _ = _matching(connection, tag_filter, include_archived)
    counted = select(func.count()).select_from(ids.subquery())
    return int(connection.execute(counted).scalar() or 0)


def by_ids(connection: Connection, ids: list[int]) -> list[ModelVersion]:
    """Whole versions, in the order of `ids`."""
    if not ids:
        return []
    rows: list[Any] = list(connection.execute(_DETAILS, {"ids": to_json(ids)}).all())
    found = {row[0]: _version(*row) for row in rows}
    return [found[version_id] for version_id in ids if version_id in found]


def _version(
    _id: int,
    name: str,
    version: int,
    type: str,
    digest: str,
    size_bytes: int,
    created_at: str,
    description: str,
    archived: bool,
    properties: str,
    run_id: str,
    experiment: str,
    pipeline: str,
    step: str,
    actor: str,
    trained_here: bool,
    tags: str,
    metrics: str,
    aliases: str,
    used_by: str,
) -> ModelVersion:
    return ModelVersion(
        name,
        version,
        type,
        digest,
        size_bytes,
        datetime.fromisoformat(created_at),
        from_json(tags),
        from_json(properties),
        from_json(metrics),
        _sorted(aliases),
        description,
        archived,
        run_id,
        experiment,
        pipeline,
        step,
        actor,
        trained_here,
        _sorted(used_by),
    )


def _sorted(array: str) -> tuple[str, ...]:
    return () if array == "[]" else tuple(sorted(from_json(array)))


def _matching(
    connection: Connection, tag_filter: TagFilter, include_archived: bool
) -> tuple[Select[int], Any]:
    """(ids that match, the column they are ordered by)."""
    driver = _rarest(connection, tag_filter)
    terms = [term for term in tag_filter.terms if term is not driver]
    needs_row = not include_archived or any(isinstance(t, NameHas) for t in terms)
    if driver is None:
        ids, key = select(_V.c.id), _V.c.id
        needs_row = False
        if not include_archived:
            ids = ids.where(_V.c.archived == False)  # noqa: E712
    else:
        key = _T.c.version_id
        ids = select(key).where(_T.c.key == driver.key, _T.c.value == driver.values[0])
    if needs_row:
        ids = ids.join(_V, _V.c.id == key)
        if not include_archived:
            ids = ids.where(_V.c.archived == False)  # noqa: E712
    for term in terms:
        ids = ids.where(_condition(term, key))
    return ids, key


def _rarest(connection: Connection, tag_filter: TagFilter) -> TagIs | None:
    """The `key=value` term with the fewest versions, counted up to a limit."""
    candidates = [
        term
        for term in tag_filter.terms
        if isinstance(term, TagIs) and not term.negated and len(term.values) == 1
    ]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    return min(candidates, key=lambda term: _size(connection, term))


def _size(connection: Connection, term: TagIs) -> int:
    values = {"key": term.key, "value": term.values[0]}
    return int(connection.execute(_SOME, values).scalar() or 0)


def _condition(term: Term, version_id: Any) -> Any:
    match term:
        case NameHas(text):
            return func.instr(func.lower(_V.c.name), text.lower()) > 0
        case TagIs(key, values, negated):
            other = _T.alias()
            has = exists().where(
                other.c.version_id == version_id,
                other.c.key == key,
                other.c.value.in_(values),
            )
            return not_(has) if negated else has
        case MetricIs(key, operator, value):
            compared = _M.c.value.op(operator)(value)
            return exists().where(
                _M.c.version_id == version_id, _M.c.key == key, compared
            )
