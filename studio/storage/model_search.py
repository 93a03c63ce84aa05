"""Tag filters as SQL that stays fast at a million versions.

The rarest tag of a filter drives the query through the index (key, value,
version_id), newest first; the other terms are probed row by row, so both a rare
tag and a common one with a small page stop early.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from studio.domain.model import ModelVersion
from studio.domain.tag_filter import MetricIs, NameHas, TagFilter, TagIs, Term
from studio.storage.database import from_json, to_json
from studio.storage.measures import COMPARABLE, from_json_object

_PROBE_LIMIT = 500

_SOME = f"""
SELECT count(*) FROM (
    SELECT 1 FROM model_tag WHERE key = ? AND value = ? LIMIT {_PROBE_LIMIT})
"""
_DETAILS = """
SELECT v.id, v.name, v.version, v.type, v.digest, v.size_bytes, v.created_at,
    v.description, v.archived, v.properties, v.run_id, v.experiment, v.pipeline,
    v.step, v.actor, v.trained_here,
    (SELECT json_group_object(key, value) FROM model_tag WHERE version_id = v.id),
    (SELECT json_group_object(key, value) FROM model_metric WHERE version_id = v.id),
    (SELECT json_group_array(alias) FROM model_alias WHERE version_id = v.id),
    (SELECT json_group_array(endpoint || '/' || name) FROM deployment
        WHERE model_version_id = v.id)
FROM model_version v WHERE v.id IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True)
class _Matching:
    """The rows that match: `source` and `where` of a SELECT, and what they bind.

    Only constants of this module are in the texts; all that a person wrote is bound.
    """

    id: str
    source: str
    where: str
    values: tuple[Any, ...]


def page(
    connection: Connection,
    tag_filter: TagFilter,
    include_archived: bool,
    limit: int,
    offset: int,
) -> list[ModelVersion]:
    """Newest first."""
    found = _matching(connection, tag_filter, include_archived)
    statement = (
        f"SELECT {found.id} FROM {found.source} WHERE {found.where} "
        f"ORDER BY {found.id} DESC LIMIT ? OFFSET ?"
    )
    rows = connection.exec_driver_sql(statement, (*found.values, limit, offset))
    return by_ids(connection, list(rows.scalars()))


def count(connection: Connection, tag_filter: TagFilter, include_archived: bool) -> int:
    found = _matching(connection, tag_filter, include_archived)
    statement = f"SELECT count(*) FROM {found.source} WHERE {found.where}"
    return int(connection.exec_driver_sql(statement, found.values).scalar() or 0)


def by_ids(connection: Connection, ids: list[int]) -> list[ModelVersion]:
    """Whole versions, in the order of `ids`."""
    if not ids:
        return []
    rows: list[Any] = list(connection.exec_driver_sql(_DETAILS, (to_json(ids),)).all())
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
    archived: int,
    properties: str,
    run_id: str,
    experiment: str,
    pipeline: str,
    step: str,
    actor: str,
    trained_here: int,
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
        from_json_object(metrics),
        _sorted(aliases),
        description,
        bool(archived),
        run_id,
        experiment,
        pipeline,
        step,
        actor,
        bool(trained_here),
        _sorted(used_by),
    )


def _sorted(array: str) -> tuple[str, ...]:
    return () if array == "[]" else tuple(sorted(from_json(array)))


def _matching(
    connection: Connection, tag_filter: TagFilter, include_archived: bool
) -> _Matching:
    driver = _rarest(connection, tag_filter)
    terms = [term for term in tag_filter.terms if term is not driver]
    where, values = ["1"], []
    if driver is None:
        key, source = "v.id", "model_version v"
    else:
        key, source = "t.version_id", "model_tag t"
        where.append("t.key = ? AND t.value = ?")
        values += [driver.key, driver.values[0]]
        if not include_archived or any(isinstance(term, NameHas) for term in terms):
            source += " JOIN model_version v ON v.id = t.version_id"
    if not include_archived:
        where.append("v.archived = 0")
    for term in terms:
        condition, bound = _condition(term, key)
        where.append(condition)
        values += bound
    return _Matching(key, source, " AND ".join(where), tuple(values))


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
    values = (term.key, term.values[0])
    return int(connection.exec_driver_sql(_SOME, values).scalar() or 0)


def _condition(term: Term, version_id: str) -> tuple[str, list[Any]]:
    match term:
        case NameHas(text):
            return "instr(lower(v.name), ?) > 0", [text.lower()]
        case TagIs(key, values, negated):
            return (
                f"{'NOT ' if negated else ''}EXISTS (SELECT 1 FROM model_tag o "
                f"WHERE o.version_id = {version_id} AND o.key = ? "
                f"AND o.value IN ({', '.join('?' * len(values))}))"
            ), [key, *values]
        case MetricIs(key, operator, value):
            return (
                f"EXISTS (SELECT 1 FROM model_metric m WHERE "
                f"m.version_id = {version_id} AND m.key = ? "
                f"AND {COMPARABLE} {operator} ?)"
            ), [key, value]
