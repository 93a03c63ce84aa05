"""Endpoints and deployments: what was asked for, and what was last seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from studio.domain import ways
from studio.domain.endpoint import (
    Deployment,
    DeploymentSpec,
    DeploymentState,
    Endpoint,
    Phase,
)
from studio.domain.errors import NotFoundError, RefusedError
from studio.domain.model import ModelVersion
from studio.storage.database import Database, Transaction, from_iso, from_json, to_json
from studio.storage.tables import DeploymentRow, EndpointRow, ModelVersionRow

_E = EndpointRow.__table__  # type: ignore[attr-defined]
_D = DeploymentRow.__table__  # type: ignore[attr-defined]
_V = ModelVersionRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class DeploymentRecord:
    """A deployment with what its server is to be started with."""

    spec: DeploymentSpec
    generation: int
    model: str
    digest: str


@dataclass(frozen=True)
class Observed:
    """What an endpoint's own process said of a deployment."""

    name: str
    state: DeploymentState
    health: str = ""
    message: str = ""
    hint: str = ""
    pid: int | None = None
    restarts: int = 0
    phases: tuple[Phase, ...] = ()


class EndpointRepository:
    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        description: str,
        tags: Mapping[str, str],
        key_hashes: tuple[str, str],
    ) -> None:
        try:
            with self._database.write() as tx:
                tx.execute(
                    insert(_E).values(
                        name=name,
                        description=description,
                        tags=to_json(dict(tags)),
                        primary_key_sha256=key_hashes[0],
                        secondary_key_sha256=key_hashes[1],
                        state="STOPPED",
                        created_at=tx.now,
                        actor=tx.actor,
                    )
                )
                tx.record("EndpointCreated", name)
        except IntegrityError as error:
            raise RefusedError(
                f"There is already an endpoint '{name}'", "Choose another name"
            ) from error

    def names(self) -> list[str]:
        with self._database.read() as connection:
            return list(
                connection.execute(select(_E.c.name).order_by(_E.c.name)).scalars()
            )

    def get(self, name: str) -> Endpoint:
        with self._database.read() as connection:
            row = connection.execute(select(_E).where(_E.c.name == name)).first()
            if row is None:
                raise _no_endpoint(connection, name)
            return _endpoint(row, _deployments(connection, name))

    def key_hashes(self, name: str) -> tuple[str, str]:
        with self._database.read() as connection:
            row = connection.execute(
                select(_E.c.primary_key_sha256, _E.c.secondary_key_sha256).where(
                    _E.c.name == name
                )
            ).first()
            if row is None:
                raise _no_endpoint(connection, name)
            return row[0], row[1]

    def set_key_hash(self, name: str, which: str, sha256: str) -> None:
        with self._database.write() as tx:
            tx.execute(
                update(_E)
                .where(_E.c.name == name)
                .values({f"{which}_key_sha256": sha256})
            )
            tx.record("KeyRegenerated", name, key=which)

    def wanted(self, name: str) -> tuple[int, bool, list[DeploymentRecord]]:
        """(port, stopped, deployments): what the endpoint's process is told."""
        with self._database.read() as connection:
            row = connection.execute(
                select(_E.c.port, _E.c.stopped).where(_E.c.name == name)
            ).first()
            if row is None:
                raise _no_endpoint(connection, name)
            statement = (
                select(_D.c.spec, _D.c.generation, _D.c.model, _V.c.digest)
                .join(_V, _V.c.id == _D.c.model_version_id, isouter=True)
                .where(_D.c.endpoint == name)
                .order_by(_D.c.name)
            )
            records = [
                DeploymentRecord(
                    DeploymentSpec(**from_json(each.spec)),
                    each.generation,
                    each.model,
                    each.digest or "",
                )
                for each in connection.execute(statement)
            ]
            return int(row.port), bool(row.stopped), records

    def save_deployment(self, spec: DeploymentSpec, model: ModelVersion | None) -> None:
        """Remember a deployment as STARTING; a new spec is a new generation.

        The row points to the model's row, which can't be deleted while it does.
        """
        with self._database.write() as tx:
            version_id = _version_id(tx, model) if model else None
            values = {
                "model_version_id": version_id,
                "model": model.reference if model else "",
                "spec": to_json(asdict(spec)),
                "target": spec.target,
                "instances": spec.instances,
                "state": DeploymentState.STARTING.value,
                "health": "",
                "message": "",
                "hint": "",
                "phases": "[]",
                "updated_at": tx.now,
            }
            where = _one(spec.endpoint, spec.deployment)
            changed = tx.execute(
                update(_D).where(where).values(generation=_D.c.generation + 1, **values)
            ).rowcount
            if not changed:
                identity = {"endpoint": spec.endpoint, "name": spec.deployment}
                tx.execute(
                    insert(_D).values(
                        **identity, generation=1, created_at=tx.now, **values
                    )
                )
            tx.execute(
                update(_E)
                .where(_E.c.name == spec.endpoint)
                .values(stopped=False, state="STARTING")
            )
            tx.record(
                "DeploymentChanged",
                f"{spec.endpoint}/{spec.deployment}",
                state=DeploymentState.STARTING.value,
                model=values["model"],
            )

    def set_traffic(self, name: str, traffic: Mapping[str, int]) -> None:
        with self._database.write() as tx:
            tx.execute(
                update(_E)
                .where(_E.c.name == name)
                .values(traffic=to_json(dict(traffic)))
            )
            tx.record("EndpointChanged", name, traffic=dict(traffic))

    def set_stopped(self, name: str, stopped: bool) -> None:
        with self._database.write() as tx:
            tx.execute(update(_E).where(_E.c.name == name).values(stopped=stopped))
            if not stopped:
                starting = {"state": DeploymentState.STARTING.value, "message": ""}
                tx.execute(update(_D).where(_D.c.endpoint == name).values(starting))
            tx.record("EndpointChanged", name, stopped=stopped)

    def rest(self, name: str) -> None:
        """Stopped, and without an address until it is started."""
        self.set_stopped(name, True)
        self.set_port(name, 0)

    def set_port(self, name: str, port: int) -> None:
        with self._database.write() as tx:
            tx.execute(update(_E).where(_E.c.name == name).values(port=port))

    def observe(
        self,
        name: str,
        *,
        state: str,
        port: int,
        message: str,
        hint: str,
        deployments: Sequence[Observed],
    ) -> bool:
        """Take what the endpoint's process said; whether anything was new."""
        current = self.get(name)
        news = [o for o in deployments if _is_new(current, o)]
        same = (current.state, current.message) == (state, message)
        if same and not news and _port_of(current) == port:
            return False
        with self._database.write() as tx:
            tx.execute(
                update(_E)
                .where(_E.c.name == name)
                .values(state=state, port=port, message=message, hint=hint)
            )
            if not same:
                tx.record("EndpointChanged", name, state=state, message=message)
            for observed in news:
                _write_observed(tx, name, observed, current)
        return True

    def delete_deployment(self, endpoint: str, name: str) -> None:
        with self._database.write() as tx:
            gone = tx.execute(delete(_D).where(_one(endpoint, name))).rowcount
            if not gone:
                raise NotFoundError(
                    f"Endpoint '{endpoint}' has no deployment '{name}'",
                    hint=ways.SEE_ENDPOINT(endpoint),
                )
            tx.record("DeploymentDeleted", f"{endpoint}/{name}")

    def delete(self, name: str) -> None:
        with self._database.write() as tx:
            if not tx.execute(delete(_E).where(_E.c.name == name)).rowcount:
                raise _no_endpoint(tx, name)
            tx.record("EndpointDeleted", name)


def _one(endpoint: str, name: str) -> Any:
    return (_D.c.endpoint == endpoint) & (_D.c.name == name)


def _version_id(tx: Transaction, model: ModelVersion) -> int:
    statement = select(_V.c.id).where(
        _V.c.name == model.name, _V.c.version == model.version
    )
    found = tx.execute(statement).scalar()
    if found is None:
        raise NotFoundError(
            f"{model.reference} was deleted meanwhile", "Choose another version"
        )
    return int(found)


def _no_endpoint(source: Any, name: str) -> NotFoundError:
    names = ", ".join(source.execute(select(_E.c.name)).scalars()) or "none yet"
    return NotFoundError(f"There is no endpoint '{name}'", f"Endpoints here: {names}")


def _is_new(current: Endpoint, observed: Observed) -> bool:
    known = current.deployment(observed.name)
    return known is not None and (
        known.state,
        known.health,
        known.message,
        known.pid,
        known.restarts,
        known.phases,
    ) != (
        observed.state,
        observed.health,
        observed.message,
        observed.pid,
        observed.restarts,
        observed.phases,
    )


def _write_observed(
    tx: Transaction, endpoint: str, observed: Observed, current: Endpoint
) -> None:
    phases = [[phase.name, phase.seconds] for phase in observed.phases]
    tx.execute(
        update(_D)
        .where(_one(endpoint, observed.name))
        .values(
            state=observed.state.value,
            health=observed.health,
            message=observed.message,
            hint=observed.hint,
            pid=observed.pid,
            restarts=observed.restarts,
            phases=to_json(phases),
            updated_at=tx.now,
        )
    )
    known = current.deployment(observed.name)
    if known is None or known.state is not observed.state:
        tx.record(
            "DeploymentChanged",
            f"{endpoint}/{observed.name}",
            state=observed.state.value,
            message=observed.message,
        )


def _deployments(connection: Connection, endpoint: str) -> tuple[Deployment, ...]:
    statement = select(_D).where(_D.c.endpoint == endpoint).order_by(_D.c.name)
    return tuple(
        Deployment(
            endpoint=row.endpoint,
            name=row.name,
            model=row.model,
            state=DeploymentState(row.state),
            target=row.target,
            instances=row.instances,
            health=row.health,
            message=row.message,
            hint=row.hint,
            pid=row.pid,
            restarts=row.restarts,
            phases=tuple(Phase(*phase) for phase in from_json(row.phases)),
            created_at=from_iso(row.created_at),
            updated_at=from_iso(row.updated_at),
            environment=from_json(row.spec).get("environment", ""),
        )
        for row in connection.execute(statement)
    )


def _endpoint(row: Any, deployments: tuple[Deployment, ...]) -> Endpoint:
    return Endpoint(
        name=row.name,
        state=row.state,
        scoring_uri=f"http://127.0.0.1:{row.port}/score" if row.port else "",
        traffic=from_json(row.traffic),
        mirror_traffic=from_json(row.mirror_traffic),
        deployments=deployments,
        description=row.description,
        tags=from_json(row.tags),
        created_at=from_iso(row.created_at),
        message=row.message,
        hint=row.hint,
    )


def _port_of(endpoint: Endpoint) -> int:
    uri = endpoint.scoring_uri
    return int(uri.rsplit(":", 1)[1].split("/")[0]) if uri else 0
