"""Which replica gets an endpoint's requests. The seam for a routing proxy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from studio.supervisor.replica import Replica


class Gateway(Protocol):
    def apply(self, traffic: Mapping[str, int], replicas: Mapping[str, Replica]) -> str:
        """Send requests as `traffic` says (per cent by deployment) to the replicas
        that are ready. Returns why it can't, or ""."""


class SharedSocketGateway:
    """All requests to one deployment, by letting its replica alone accept on the
    endpoint's own listening socket: no hop, and no request refused while replicas
    change, for waiting connections stay in the socket's queue."""

    def __init__(self) -> None:
        self._accepting: Replica | None = None

    def apply(self, traffic: Mapping[str, int], replicas: Mapping[str, Replica]) -> str:
        wanted = [name for name, share in traffic.items() if share > 0]
        if len(wanted) > 1:
            return "Traffic can't be split between deployments yet"
        chosen = replicas.get(wanted[0]) if wanted else None
        before = self._accepting
        if chosen is before or (wanted and chosen is None):
            return ""  # until the chosen one is ready, the one before goes on
        if chosen is not None:
            chosen.send({"op": "endpoint", "on": True})
        if before is not None:
            before.send({"op": "endpoint", "on": False})
        self._accepting = chosen
        return ""
