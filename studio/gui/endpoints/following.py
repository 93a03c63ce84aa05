"""Deploys and follows the start until it serves or has failed. For a stream thread."""

from __future__ import annotations

import time
from threading import Event as Flag
from typing import TYPE_CHECKING

from studio.domain.endpoint import Deployment, DeploymentSpec, DeploymentState
from studio.domain.errors import NotFoundError
from studio.gui.tasks import Emit

if TYPE_CHECKING:
    from studio.bootstrap import Studio

LOOK_SECONDS, MOST_SECONDS, TAIL_BYTES = 0.1, 330.0, 20_000


def deploy_and_follow(
    studio: Studio, spec: DeploymentSpec, emit: Emit, cancelled: Flag
) -> Deployment:
    """Emit the deployment whenever something of it is new; return its last state.

    Before that, what is told while the model is tried in its environment. `cancelled`
    ends that trial; afterwards it ends the watching only, and the deployment goes on.
    Raises StudioError where it is refused.
    """
    before = studio.endpoints.deploy(spec, progress=emit, cancel=cancelled)
    emit(before)
    deadline = time.monotonic() + MOST_SECONDS
    last = before
    while True:
        now = studio.endpoints.get(spec.endpoint).deployment(spec.deployment)
        if now is None:
            raise NotFoundError(f"'{spec.deployment}' was deleted while it started")
        if now != last:
            emit(now)
        last = now
        over = time.monotonic() > deadline or cancelled.is_set()
        if over or has_settled(now, before.pid):
            return now
        cancelled.wait(LOOK_SECONDS)


def has_settled(now: Deployment, pid_before: int | None) -> bool:
    """Whether the start is over. A server that is replaced says RUNNING all along:
    then another process, or the reason why there is none, tells."""
    match now.state:
        case DeploymentState.FAILED | DeploymentState.STOPPED:
            return True
        case DeploymentState.RUNNING:
            replaced = now.pid is not None and now.pid != pid_before
            return replaced or bool(now.message)
    return False


def succeeded(deployment: Deployment) -> bool:
    """Whether what was asked for serves now."""
    return deployment.state is DeploymentState.RUNNING and not deployment.message


def log_tail(studio: Studio, endpoint: str, deployment: str) -> str:
    """The last lines of a deployment's log."""
    text, offset = "", 0
    while True:
        part, offset = studio.endpoints.log(endpoint, deployment, offset)
        if not part:
            return text
        text = (text + part)[-TAIL_BYTES:]
