"""What `studio endpoints deploy` is told, by options or by a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from studio.domain.endpoint import DeploymentSpec

ModelOption = Annotated[str, typer.Option(metavar="REF", help="A registered model.")]
CodeOption = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the scoring script.")
]
ScriptOption = Annotated[
    str, typer.Option(metavar="FILE", help="With init() and run(raw_data).")
]
VariableOption = Annotated[
    list[str] | None,
    typer.Option(metavar="k=v", help="Environment variable. Can be repeated."),
]
TargetOption = Annotated[str, typer.Option(help="So far: local (this computer).")]
InstancesOption = Annotated[int | None, typer.Option(min=1, help="Server processes.")]
PortOption = Annotated[
    int | None, typer.Option(min=1, max=65535, help="Default: any free one.")
]
EnvironmentOption = Annotated[
    str,
    typer.Option(metavar="REF", help="Whose packages; it's tried there first."),
]
NoCheckOption = Annotated[
    bool, typer.Option("--no-check", help="Don't try the model in the environment.")
]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Try it again, although it has passed.")
]
TrustOption = Annotated[
    bool, typer.Option("--trust", help="Load a model that wasn't trained here.")
]


def specification(file: Path | None, given: dict[str, object]) -> DeploymentSpec:
    """The file's wishes, where there is one, with those of the options over them."""
    from studio.cli.deployment_file import read_deployment
    from studio.domain.endpoint import DeploymentSpec

    base = read_deployment(file) if file else DeploymentSpec("", "")
    spec: DeploymentSpec = replace(base, **given)  # type: ignore[arg-type]
    if not spec.endpoint or not spec.deployment:
        raise typer.BadParameter("Name the endpoint and the deployment")
    return spec
