"""Why an endpoint can't do what was asked of it."""

from __future__ import annotations

from studio.domain.errors import NotFoundError, RefusedError


def no_deployment(endpoint: str, deployment: str) -> NotFoundError:
    return NotFoundError(
        f"Endpoint '{endpoint}' has no deployment '{deployment}'",
        hint=f"See: studio endpoints show {endpoint}",
    )


def no_traffic(endpoint: str) -> RefusedError:
    return RefusedError(
        f"No deployment of endpoint '{endpoint}' gets traffic",
        hint=f"Send it there: studio endpoints traffic {endpoint} DEPLOYMENT=100",
    )


def no_target(name: str) -> NotFoundError:
    return NotFoundError(f"There is no target '{name}'", "Use the target 'local'")
