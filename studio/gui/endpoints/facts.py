"""What is said of an endpoint in its row and header."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from studio.domain.endpoint import Deployment, DeploymentState, Endpoint
from studio.gui.widgets.chip import StateLook, look
from studio.gui.widgets.rows_model import Column

PHASES = {
    "start": "Start the process",
    "import": "Import libraries",
    "load": "Load the model",
    "init": "Run init()",
    "warm_up": "Warm up",
    "ready": "Answer the first probe",
}
_AT_REST = ("FAILED", "STOPPED", "STOPPING")


@dataclass(frozen=True)
class EndpointLine:
    """One row of the table. `milliseconds` is the last request's from here."""

    endpoint: Endpoint
    state: str
    milliseconds: float | None = None

    @property
    def name(self) -> str:
        return self.endpoint.name

    @property
    def serving(self) -> Deployment | None:
        return serving_deployment(self.endpoint)

    @property
    def model(self) -> str:
        return self.serving.model if self.serving is not None else ""

    @property
    def traffic(self) -> str:
        shares = [f"{n} {s} %" for n, s in self.endpoint.traffic.items() if s]
        return ", ".join(shares) or "none"

    @property
    def since(self) -> datetime | None:
        found = self.serving
        return found.updated_at if found is not None else self.endpoint.created_at

    @property
    def look(self) -> StateLook:
        return state_look(self.state)


def columns() -> Sequence[Column[EndpointLine]]:
    """The table's columns."""
    return [
        Column("Status", lambda line: line.look, kind="chip", width=112),
        Column("Endpoint", lambda line: line.name, width=150),
        Column("Model", lambda line: line.model or None, width=140),
        Column(
            "Address",
            lambda line: line.endpoint.scoring_uri or None,
            kind="mono",
            width=236,
        ),
        Column("Traffic", lambda line: line.traffic, kind="muted", width=110),
        Column(
            "Last request",
            lambda line: milliseconds(line.milliseconds),
            align="right",
            sort_key=lambda line: line.milliseconds,
            width=100,
        ),
        Column("Since", lambda line: line.since, kind="time", width=110),
    ]


def serving_deployment(endpoint: Endpoint) -> Deployment | None:
    """The deployment that gets requests; the only one if none does yet."""
    for name, share in endpoint.traffic.items():
        if share and (found := endpoint.deployment(name)) is not None:
            return found
    return endpoint.deployments[0] if len(endpoint.deployments) == 1 else None


def endpoint_state(endpoint: Endpoint) -> str:
    """One word for the whole: of the deployment that gets requests while it lives."""
    if endpoint.state in _AT_REST or not endpoint.deployments:
        return endpoint.state or "STOPPED"
    serving = serving_deployment(endpoint)
    return serving.state.value if serving is not None else endpoint.state


def state_look(state: str) -> StateLook:
    return look(state, serving=True)


def is_live(endpoint: Endpoint) -> bool:
    """Whether a process of its own serves it or is about to."""
    return endpoint_state(endpoint) in ("STARTING", "RUNNING", "UNHEALTHY")


def can_answer(endpoint: Endpoint) -> bool:
    """Whether a request would reach a deployment."""
    answering = (DeploymentState.RUNNING, DeploymentState.UNHEALTHY)
    return any(d.state in answering for d in endpoint.deployments)


def trouble(endpoint: Endpoint) -> tuple[str, str]:
    """(message, hint) of the endpoint itself, e.g. a port that is taken."""
    return endpoint.message, endpoint.hint


def phase_name(name: str) -> str:
    """A phase of the start in words."""
    return PHASES.get(name, name.replace("_", " ").capitalize())


def milliseconds(value: float | None) -> str | None:
    """`4.1 ms`, `38 ms`, `1,204 ms`."""
    if value is None:
        return None
    return f"{value:.1f} ms" if value < 10 else f"{value:,.0f} ms"


def suggested_deployment(endpoint: Endpoint | None) -> str:
    """blue, or green beside a blue one, or the one that gets no requests."""
    taken = [d.name for d in endpoint.deployments] if endpoint is not None else []
    for name in ("blue", "green"):
        if name not in taken:
            return name
    idle = [n for n in taken if endpoint and not endpoint.traffic.get(n, 0)]
    return idle[0] if idle else "blue"


def suggested_endpoint(model: str) -> str:
    """A legal name for an endpoint from a model's reference; "" without one."""
    name = model.partition(":")[0].partition("@")[0]
    legal = "".join(c if c.isalnum() and c.isascii() else "-" for c in name)
    legal = legal.strip("-").lstrip("0123456789-")[:32].rstrip("-")
    if not legal:
        return ""
    return legal if len(legal) >= 3 else f"{legal}-endpoint"
