"""The nouns of the command line, each imported when it is used."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from studio.cli.noun import EVERYWHERE

NOUNS = {
    "open": ("open", "Open the window on a workspace."),
    "demo": ("demo", "Do the whole job on a sample, from data to a scored request."),
    "init": ("init", "Make a workspace, with a sample if wanted."),
    "samples": ("samples", "Samples with real data."),
    "run": ("run", "Run a pipeline."),
    "pipelines": ("pipelines", "Pipelines: list, check, plan, clone, export."),
    "runs": ("runs", "Runs: list, follow, cancel, resume."),
    "sweeps": ("sweeps", "Sweeps: one pipeline with many values of its inputs."),
    "components": ("components", "Kinds of steps a pipeline can consist of."),
    "models": ("models", "The model registry: versions, tags, aliases, files."),
    "environments": ("environments", "Environments: packages, locked and installed."),
    "endpoints": ("endpoints", "Serve models on this computer and ask them."),
    "events": ("events", "What has happened in the workspace."),
    "audit": ("audit", "Prove that the record of events wasn't altered."),
    "settings": ("settings", "Settings of this computer: where packages come from."),
    "backup": ("backup", "Verified copies of the workspace's database."),
    "diagnostics": ("diagnostics", "Versions and system, to put into a bug report."),
}
"""Name -> (module of this package, its line in `studio --help`)."""

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Nouns(TyperGroup):
    """The root of the command line; knows its nouns' names without importing them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands: Any = dict.fromkeys(NOUNS)  # names, for "Did you mean"

    def list_commands(self, ctx: Any) -> list[str]:
        return list(NOUNS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in NOUNS:
            return None
        module = import_module(f"studio.cli.{NOUNS[cmd_name][0]}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        rows = [(name, summary) for name, (_, summary) in NOUNS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def command() -> Any:
    """The whole command line, ready to be called."""
    app = typer.Typer(
        cls=Nouns,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_SETTINGS,
        epilog=f"{EVERYWHERE} More on one: studio NOUN --help",
    )
    app.callback(invoke_without_command=True)(root)
    return typer.main.get_command(app)


def root(
    context: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the workspace. Default: $STUDIO_WORKSPACE, else the "
            "one opened last.",
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Answer with one JSON document.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is."),
    ] = False,
) -> None:
    """The whole life of a machine-learning model, on your own computer.

    Without a command, opens the window on the workspace that was open last.

    \b
    Examples:
      studio init penguins --sample penguins
      studio run penguins --set inputs.max_depth=4
      studio models list --filter "sample=penguins"
      studio endpoints deploy species blue --model penguins@latest
    """
    from dataclasses import replace

    session = replace(context.obj, json=json, chosen=workspace)
    context.obj = session
    if version:
        from importlib.metadata import version as version_of

        number = version_of("mlops-studio")
        session.answer(
            {"version": number}, lambda: typer.echo(f"MLOps Studio {number}")
        )
        raise typer.Exit
    if context.invoked_subcommand is None:
        from studio.cli.open import open_last

        open_last(session)
