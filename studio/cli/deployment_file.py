"""Azure ML's YAML of online endpoints and deployments, as far as it applies here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from studio.domain.endpoint import DeploymentSpec
from studio.domain.environment import RESERVED_PREFIXES
from studio.interchange import located


@dataclass(frozen=True)
class EndpointFile:
    """What an `onlineEndpoint` file says."""

    name: str = ""
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def read_endpoint(path: Path) -> EndpointFile:
    """InvalidError names the line of what can't be used."""
    document = located.read(path)
    return EndpointFile(
        name=document.text("name"),
        description=document.text("description"),
        tags={k: document.text("tags", k) for k in document.mapping("tags")},
    )


def read_deployment(path: Path) -> DeploymentSpec:
    """A `managedOnlineDeployment` file as a specification; names may be "".

    Relative paths are from the file's folder.
    """
    document = located.read(path)
    code = document.text("code_configuration", "code")
    variables = document.mapping("environment_variables")
    return DeploymentSpec(
        endpoint=document.text("endpoint_name"),
        deployment=document.text("name"),
        model=_model(document),
        code=str(path.parent.absolute() / code) if code else "",
        scoring_script=document.text("code_configuration", "scoring_script"),
        environment_variables={
            name: document.text("environment_variables", name) for name in variables
        },
        environment=_environment(document),
        instances=_instances(document),
    )


def _model(document: located.Document) -> str:
    """A reference to a registered model, `azureml:` taken off."""
    if isinstance(document.get("model"), dict):
        raise document.error(
            "a model described in the deployment isn't understood",
            "Register it first (studio models register NAME PATH), then write "
            "model: azureml:NAME:VERSION",
            "model",
        )
    return document.text("model").removeprefix("azureml:")


def _environment(document: located.Document) -> str:
    """A reference to an environment; Azure ML's own ones aren't here, and one that is
    described in the deployment is left to the studio's packages."""
    said = document.get("environment")
    if not isinstance(said, str):
        return ""
    reference = said.removeprefix("azureml:")
    is_azures = reference.lower().startswith(RESERVED_PREFIXES) or "//" in reference
    return "" if is_azures else reference


def _instances(document: located.Document) -> int:
    count = document.get("instance_count")
    if count is None:
        return 1
    if not isinstance(count, int) or count < 1:
        raise document.error(
            "'instance_count' must be a whole number from 1 on",
            "Write instance_count: 1",
            "instance_count",
        )
    return count
