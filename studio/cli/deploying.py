"""Waiting for a deployment, on stderr, and answering for how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from studio.cli.documents import deployment_document, endpoint_document
from studio.cli.output import ENDED_FAILED, note, say
from studio.cli.run import log_end
from studio.cli.session import Session
from studio.cli.tables import seconds
from studio.cli.working import Work
from studio.domain.errors import UnavailableError

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.endpoint import Deployment, DeploymentSpec

_START_SECONDS = 300.0


def note_about_keys(studio: Studio) -> None:
    """Said once where a key can't outlive this command."""
    if not studio.endpoints.keys_are_kept():
        note(
            "Note: this system has no keyring, so keys are kept for this session only."
            " `studio endpoints invoke` works all the same."
        )


def deploy(studio: Studio, spec: DeploymentSpec) -> Deployment:
    """Start it; what an environment takes before that is told, and can be cancelled."""
    if not spec.environment:
        return studio.endpoints.deploy(spec)
    with Work() as work:
        return studio.endpoints.deploy(spec, progress=work.tell, cancel=work.cancelled)


def wait_for(studio: Studio, endpoint: str, deployment: str) -> Deployment:
    """Follow a deployment until it serves or has failed, one line per change."""
    said = ""

    def changed(now: Deployment) -> None:
        nonlocal said
        parts = (f"{endpoint}/{deployment}", now.state.value, now.message)
        line = "  ".join(part for part in parts if part)
        if line != said:
            said = line
            note(line)

    found = studio.endpoints.wait(endpoint, deployment, changed, _START_SECONDS)
    if found.state.value == "STARTING":
        raise UnavailableError(
            f"{endpoint}/{deployment} isn't ready after {_START_SECONDS:.0f} seconds; "
            "it goes on starting",
            hint=f"Read its log: studio endpoints logs {endpoint} {deployment}",
        )
    return found


def answer(session: Session, studio: Studio, found: Deployment) -> None:
    """The deployment's document or a line; exit code 3 if it has failed."""
    endpoint = studio.endpoints.get(found.endpoint)
    document = {
        **deployment_document(found),
        "scoring_uri": endpoint.scoring_uri,
        "traffic": endpoint_document(endpoint)["traffic"],
    }
    took = sum(phase.seconds for phase in found.phases)
    state = f"{found.endpoint}/{found.name} is {found.state.value}"
    ready = f" (started in {seconds(took)})" if found.phases else ""

    def show() -> None:
        say(state + ready)
        if endpoint.scoring_uri and not has_failed(found):
            say(f"Send it a request: studio endpoints invoke {endpoint.name} -r FILE")

    session.answer(document, show)
    if has_failed(found):
        report_failure(studio, found)
        raise typer.Exit(ENDED_FAILED)


def has_failed(found: Deployment) -> bool:
    """Also where the version before goes on serving: this one didn't start."""
    return found.state.value == "FAILED" or bool(found.message)


def report_failure(studio: Studio, found: Deployment) -> None:
    """Message, hint and the end of the log, on stderr."""
    note(f"Error: {found.message or 'The deployment has failed'}")
    if found.hint:
        note(f"Hint: {found.hint}")
    log, offset = studio.endpoints.log(found.endpoint, found.name)
    while True:
        more, offset = studio.endpoints.log(found.endpoint, found.name, offset)
        if not more:
            break
        log += more
    note("The end of its log:")
    note(log_end(log))
