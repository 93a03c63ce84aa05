"""Online endpoints and the deployments behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from studio.domain.errors import InvalidError

ENDPOINT_NAME = re.compile(r"^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?\Z")


class DeploymentState(StrEnum):
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    UNHEALTHY = "UNHEALTHY"
    FAILED = "FAILED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"


@dataclass(frozen=True)
class DeploymentSpec:
    """What a person asks to be deployed.

    `model` is a registry reference; `code` and `scoring_script` name an Azure
    ML style `score.py` with `init()` and `run(raw_data)`. `environment` is the one it
    is served in, "" for the studio's own packages; `unchecked`: whatever trying the
    model there would say; `check_again`: although the same was tried and passed.
    """

    endpoint: str
    deployment: str
    model: str = ""
    code: str = ""
    scoring_script: str = ""
    environment: str = ""
    environment_variables: Mapping[str, str] = field(default_factory=dict)
    target: str = "local"
    instances: int = 1
    port: int = 0
    trust: bool = False
    unchecked: bool = False
    check_again: bool = False


@dataclass(frozen=True)
class Phase:
    """One part of a deployment's start, in seconds."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Deployment:
    endpoint: str
    name: str
    model: str
    state: DeploymentState
    target: str = "local"
    instances: int = 1
    health: str = ""
    message: str = ""
    hint: str = ""
    pid: int | None = None
    restarts: int = 0
    phases: tuple[Phase, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    environment: str = ""


@dataclass(frozen=True)
class Endpoint:
    """`scoring_uri` is "" until the endpoint's own process has bound its port."""

    name: str
    state: str
    scoring_uri: str = ""
    traffic: Mapping[str, int] = field(default_factory=dict)
    mirror_traffic: Mapping[str, int] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime | None = None
    message: str = ""
    hint: str = ""

    def deployment(self, name: str) -> Deployment | None:
        return next((d for d in self.deployments if d.name == name), None)


@dataclass(frozen=True)
class ScoringAnswer:
    """What an endpoint answered; `seconds` is measured at the client."""

    status: int
    body: bytes
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def check_endpoint_name(name: str) -> None:
    """Azure ML's rule: 3 to 32 characters, letters, digits and '-'."""
    if not (3 <= len(name) <= 32 and ENDPOINT_NAME.match(name)):
        raise InvalidError(
            f"'{name}' can't be the name of an endpoint or deployment",
            hint="Use 3 to 32 letters, digits and '-'; start with a letter "
            "and don't end with '-'",
        )


def check_traffic(traffic: Mapping[str, int], deployments: set[str]) -> None:
    """Shares are whole per cents of existing deployments and total 0 or 100."""
    if unknown := sorted(set(traffic) - deployments):
        raise InvalidError(
            f"There is no deployment '{unknown[0]}'",
            hint="Deployments are: " + (", ".join(sorted(deployments)) or "none yet"),
        )
    if any(share < 0 for share in traffic.values()):
        raise InvalidError("A share of traffic can't be negative", "Use 0 to 100")
    if (total := sum(traffic.values())) not in (0, 100):
        raise InvalidError(
            f"The shares of traffic add up to {total}", "They must total 0 or 100"
        )
