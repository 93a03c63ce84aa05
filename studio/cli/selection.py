"""What `run` and `pipelines plan` share: which pipeline, with which options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.arguments import run_inputs

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.domain.pipeline import Pipeline
    from studio.domain.run import RunOptions

PipelineArgument = Annotated[
    str,
    typer.Argument(
        metavar="PIPELINE", help="A pipeline of the workspace, or a YAML file."
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="inputs.NAME=VALUE",
        help="Give an input of the pipeline another value. Can be repeated.",
    ),
]
ToOption = Annotated[
    str, typer.Option("--to", metavar="STEP", help="Only this step and those before.")
]
FromOption = Annotated[
    str,
    typer.Option(
        "--from", metavar="STEP", help="Run this step again, and those after."
    ),
]
OnlyOption = Annotated[
    str,
    typer.Option(
        "--only",
        metavar="STEP,...",
        help="Only these steps, on what the steps before them made last.",
    ),
]
PauseOption = Annotated[
    str,
    typer.Option(
        "--pause-before",
        metavar="STEP,...",
        help="Wait before these steps until: studio runs continue RUN STEP",
    ),
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Reuse nothing: run every step.")
]
ExperimentOption = Annotated[
    str, typer.Option(help="Group the run under this name. Default: the pipeline's.")
]
TargetOption = Annotated[
    str, typer.Option(help="Where the steps run. So far: local (this computer).")
]


def options(
    values: list[str] | None,
    to: str,
    since: str,
    force: bool,
    experiment: str = "",
    target: str = "local",
    only: str = "",
    pause_before: str = "",
) -> RunOptions:
    """The options of a run. Steps can be the end, the start or all, one of these."""
    from studio.domain.errors import NotFoundError
    from studio.domain.run import RunOptions

    if to and since:
        raise typer.BadParameter("--to and --from can't be used together")
    if only and (to or since):
        raise typer.BadParameter("--only can't be used with --to or --from")
    if target != "local":
        raise NotFoundError(f"There is no target '{target}'", "Use the target 'local'")
    return RunOptions(
        inputs=run_inputs(values),
        experiment=experiment,
        target=target,
        only_to=to,
        only_from=since,
        only=_names(only),
        pause_before=_names(pause_before),
        force=force,
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def pipeline_named(studio: Studio, text: str) -> tuple[Pipeline | str, Path | None]:
    """A pipeline's name, or the pipeline of a YAML file and the file's folder."""
    if not is_file(text):
        return text, None
    file = Path(text).expanduser().absolute()
    if file.parent.parent == studio.workspace.pipelines:
        return file.parent.name, None
    return studio.pipelines.read_file(file), file.parent


def name_and_version(text: str) -> tuple[str, int]:
    """The parts of NAME:VERSION; 0 where no version is named."""
    name, colon, number = text.rpartition(":")
    return (name, int(number)) if colon and number.isdigit() else (text, 0)


def is_file(text: str) -> bool:
    """Whether a PIPELINE argument means a file."""
    return text.endswith((".yml", ".yaml")) or "/" in text
