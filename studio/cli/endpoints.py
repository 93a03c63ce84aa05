"""`studio endpoints`"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli import deploying
from studio.cli.arguments import pairs, shares
from studio.cli.deploy_options import (
    CheckOption,
    CodeOption,
    EnvironmentOption,
    InstancesOption,
    ModelOption,
    NoCheckOption,
    PortOption,
    ScriptOption,
    TargetOption,
    TrustOption,
    VariableOption,
    specification,
)
from studio.cli.documents import endpoint_document
from studio.cli.noun import noun
from studio.cli.output import ENDED_FAILED, note, say
from studio.cli.run import NoWaitOption
from studio.cli.scoring import request_body, write_body
from studio.cli.session import of
from studio.cli.tables import fields, seconds, table
from studio.domain.errors import NotFoundError

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.endpoint import Deployment, Endpoint

app = noun("Endpoints: models served on this computer, each behind a key.")

EndpointArgument = Annotated[str, typer.Argument(metavar="ENDPOINT")]
FileOption = Annotated[
    Path | None, typer.Option("-f", "--file", metavar="FILE", help="Azure ML YAML.")
]
_FOLLOW_SECONDS = 0.2


class Key(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"


@app.command()
def create(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Default: the file's.")
    ] = "",
    file: FileOption = None,
) -> None:
    """Make an endpoint with two fresh keys; `deploy` makes it too if need be."""
    from studio.cli.deployment_file import EndpointFile, read_endpoint

    session = of(context)
    described = read_endpoint(file) if file else EndpointFile()
    if not (name or described.name):
        raise typer.BadParameter("Name the endpoint")
    with session.studio() as studio:
        endpoint = studio.endpoints.create(
            name or described.name, described.description, described.tags
        )
        deploying.note_about_keys(studio)
    session.answer(
        endpoint_document(endpoint), lambda: say(f"Made the endpoint {endpoint.name}.")
    )


@app.command("list")
def list_endpoints(context: typer.Context) -> None:
    """List endpoints with their deployments."""
    session = of(context)
    with session.studio() as studio:
        found = studio.endpoints.list()
    rows = [
        (
            endpoint.name,
            endpoint.state,
            ", ".join(f"{d.name} ({d.model})" for d in endpoint.deployments),
            _traffic(endpoint),
            endpoint.scoring_uri,
        )
        for endpoint in found
    ]
    head = ("Endpoint", "State", "Deployments", "Traffic", "Scoring URI")
    session.answer(
        {"endpoints": [endpoint_document(endpoint) for endpoint in found]},
        lambda: table(
            head, rows, "No endpoints yet. Deploy a model: studio endpoints deploy"
        ),
    )


@app.command()
def show(context: typer.Context, name: EndpointArgument) -> None:
    """Show an endpoint: address, traffic, deployments and their health."""
    session = of(context)
    with session.studio() as studio:
        endpoint = studio.endpoints.get(name)
    session.answer(endpoint_document(endpoint), lambda: _show(endpoint))


def _show(endpoint: Endpoint) -> None:
    fields(
        [
            ("Endpoint", endpoint.name),
            ("State", endpoint.state),
            ("Description", endpoint.description),
            ("Scoring URI", endpoint.scoring_uri),
            ("Traffic", _traffic(endpoint)),
            ("Message", endpoint.message),
            ("Hint", endpoint.hint),
        ]
    )
    say()
    rows = [
        (
            *(d.name, d.state.value, d.health, d.model, d.environment),
            *(str(d.instances), d.message),
        )
        for d in endpoint.deployments
    ]
    models = ("Model", "Environment", "Instances")
    head = ("Deployment", "State", "Health", *models, "Message")
    table(head, rows, "Nothing is deployed.")


@app.command()
def deploy(
    context: typer.Context,
    endpoint: Annotated[str, typer.Argument(metavar="[ENDPOINT]")] = "",
    deployment: Annotated[str, typer.Argument(metavar="[DEPLOYMENT]")] = "",
    file: FileOption = None,
    model: ModelOption = "",
    code: CodeOption = None,
    scoring_script: ScriptOption = "",
    environment: EnvironmentOption = "",
    env: VariableOption = None,
    target: TargetOption = "",
    instances: InstancesOption = None,
    port: PortOption = None,
    trust: TrustOption = False,
    no_check: NoCheckOption = False,
    check: CheckOption = False,
    no_wait: NoWaitOption = False,
) -> None:
    """Serve a registered model on this computer, and wait until it answers.

    Makes the endpoint if need be; its first deployment gets all traffic. Exit code
    3 if the deployment fails, with the end of its log. With --environment the model is
    tried there first, once for the same lock, model and code; 1 where it doesn't fit.

    \b
    Examples:
      studio endpoints deploy species blue --model penguins@latest
      studio endpoints deploy churn blue --model churn:2 --code src
          --scoring-script score.py
      studio endpoints deploy churn green --model churn:2 --environment churn:4
      studio endpoints deploy -f deployment.yml
    """
    session = of(context)
    if check and no_check:
        raise typer.BadParameter("Give --check or --no-check, not both")
    given = {
        "endpoint": endpoint,
        "deployment": deployment,
        "model": model,
        "code": str(code.expanduser().absolute()) if code else "",
        "scoring_script": scoring_script,
        "target": target,
        "instances": instances,
        "port": port,
        "trust": trust,
        "environment": environment,
        "unchecked": no_check,
        "check_again": check,
        "environment_variables": pairs(env, "--env k=v"),
    }
    spec = specification(file, {k: v for k, v in given.items() if v})
    with session.studio() as studio:
        found = deploying.deploy(studio, spec)
        deploying.note_about_keys(studio)
        if not no_wait:
            found = deploying.wait_for(studio, spec.endpoint, spec.deployment)
        deploying.answer(session, studio, found)


@app.command()
def traffic(
    context: typer.Context,
    name: EndpointArgument,
    values: Annotated[list[str], typer.Argument(metavar="DEPLOYMENT=PERCENT...")],
) -> None:
    """Say which deployment gets the requests.

    \b
    Example:
      studio endpoints traffic species blue=100
    """
    session = of(context)
    wanted = shares(values)
    with session.studio() as studio:
        endpoint = studio.endpoints.set_traffic(name, wanted)
    session.answer(
        endpoint_document(endpoint), lambda: say(f"Traffic: {_traffic(endpoint)}")
    )


@app.command()
def invoke(
    context: typer.Context,
    name: EndpointArgument,
    request: Annotated[
        str,
        typer.Option("-r", "--request", metavar="FILE|-", help="JSON; - is stdin."),
    ],
    deployment: Annotated[
        str, typer.Option(help="Ask this one, whatever the traffic says.")
    ] = "",
    timeout: Annotated[float, typer.Option(min=0.1, help="In seconds.")] = 60.0,
) -> None:
    """Send a request and print the answer's body as it came.

    The status goes to stderr. Exit code 0 for 2xx, else 3.

    \b
    Examples:
      studio endpoints invoke species --request request.json
      echo '{"input_data": {...}}' | studio endpoints invoke species --request -
    """
    session = of(context)
    body = request_body(request)
    with session.studio() as studio:
        answer = studio.endpoints.invoke(
            name, body, deployment=deployment, timeout_seconds=timeout
        )
    write_body(answer.status, answer.body, session.json)
    note(f"{answer.status} in {seconds(answer.seconds)}")
    if not answer.ok:
        raise typer.Exit(ENDED_FAILED)


@app.command()
def keys(
    context: typer.Context,
    name: EndpointArgument,
    regenerate: Annotated[
        Key | None,
        typer.Option(help="Make a new one first; the old one stops working at once."),
    ] = None,
) -> None:
    """Show an endpoint's keys, as far as this system's keyring has them."""
    session = of(context)
    with session.studio() as studio:
        if regenerate:
            studio.endpoints.regenerate_key(name, regenerate.value)
        found = studio.endpoints.keys(name)
        kept = studio.endpoints.keys_are_kept()
    shown = [(kind, key or "not kept on this system") for kind, key in found.items()]
    session.answer({**found, "kept": kept}, lambda: fields(shown))
    if None in found.values():
        note(f"Hint: make a new one: studio endpoints keys {name} --regenerate primary")


@app.command()
def logs(
    context: typer.Context,
    name: EndpointArgument,
    deployment: Annotated[str, typer.Argument(metavar="DEPLOYMENT")],
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on until Ctrl+C or its end.")
    ] = False,
) -> None:
    """Print what a deployment's server has printed."""
    session = of(context)
    texts: list[str] = []
    with session.studio() as studio:
        for text in _log(studio, name, deployment, follow):
            texts.append(text)
            if not session.json:
                sys.stdout.write(text)
                sys.stdout.flush()
    document = {"endpoint": name, "deployment": deployment, "text": "".join(texts)}
    session.answer(document, lambda: None)


def _log(studio: Studio, name: str, deployment: str, follow: bool) -> Iterator[str]:
    """The log, piece by piece; with `follow`, until the deployment has ended."""
    offset = 0
    while True:
        found = studio.endpoints.get(name).deployment(deployment)
        if found is None:
            raise NotFoundError(
                f"Endpoint '{name}' has no deployment '{deployment}'",
                f"See: studio endpoints show {name}",
            )
        text, offset = studio.endpoints.log(name, deployment, offset)
        if text:
            yield text
        elif not follow or found.state.value in ("STOPPED", "FAILED"):
            return
        else:
            time.sleep(_FOLLOW_SECONDS)


@app.command()
def stop(context: typer.Context, name: EndpointArgument) -> None:
    """Stop serving; deployments and the address are kept."""
    session = of(context)
    with session.studio() as studio:
        endpoint = studio.endpoints.stop(name)
    session.answer(endpoint_document(endpoint), lambda: say(f"Stopped {name}."))


@app.command()
def start(
    context: typer.Context, name: EndpointArgument, no_wait: NoWaitOption = False
) -> None:
    """Serve again, and wait until every deployment does. Exit code 3 if one fails."""
    session = of(context)
    with session.studio() as studio:
        endpoint = studio.endpoints.start(name)
        ended = list(endpoint.deployments)
        if not no_wait:
            ended = _wait_for_all(studio, endpoint)
            endpoint = studio.endpoints.get(name)
        session.answer(endpoint_document(endpoint), lambda: _show(endpoint))
        failed = [each for each in ended if each.state.value == "FAILED"]
        for each in failed:
            deploying.report_failure(studio, each)
    if failed:
        raise typer.Exit(ENDED_FAILED)


def _wait_for_all(studio: Studio, endpoint: Endpoint) -> list[Deployment]:
    name = endpoint.name
    return [deploying.wait_for(studio, name, d.name) for d in endpoint.deployments]


@app.command()
def delete(
    context: typer.Context,
    name: EndpointArgument,
    deployment: Annotated[
        str, typer.Argument(metavar="[DEPLOYMENT]", help="Default: all, and the keys.")
    ] = "",
) -> None:
    """Delete an endpoint, or one deployment of it. Models stay registered."""
    session = of(context)
    with session.studio() as studio:
        if deployment:
            studio.endpoints.delete_deployment(name, deployment)
        else:
            studio.endpoints.delete(name)
    gone = f"{name}/{deployment}" if deployment else name
    session.answer({"deleted": gone}, lambda: say(f"Deleted {gone}."))


def _traffic(endpoint: Endpoint) -> str:
    return ", ".join(f"{name} {share} %" for name, share in endpoint.traffic.items())
