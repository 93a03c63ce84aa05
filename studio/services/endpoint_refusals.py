"""Why an endpoint can't do what was asked of it."""

from __future__ import annotations

from studio.domain.errors import NotFoundError


def no_deployment(endpoint: str, deployment: str) -> NotFoundError:
    return NotFoundError(
        f"Endpoint '{endpoint}' has no deployment '{deployment}'",
        hint=f"See: studio endpoints show {endpoint}",
    )
