"""Why an endpoint can't do what was asked of it."""

from __future__ import annotations

from studio.domain import ways
from studio.domain.errors import NotFoundError, RefusedError


def no_deployment(endpoint: str, deployment: str) -> NotFoundError:
    return NotFoundError(
        f"Endpoint '{endpoint}' has no deployment '{deployment}'",
        hint=ways.SEE_ENDPOINT(endpoint),
    )


def no_traffic(endpoint: str) -> RefusedError:
    return RefusedError(
        f"No deployment of endpoint '{endpoint}' gets traffic",
        hint=ways.SEND_TRAFFIC(endpoint),
    )


def no_target(name: str) -> NotFoundError:
    return NotFoundError(f"There is no target '{name}'", "Use the target 'local'")
