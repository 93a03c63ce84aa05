"""`studio init`"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.noun import noun
from studio.cli.output import say
from studio.cli.session import of

app = noun("")


@app.command()
def init(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder.")
    ],
    sample: Annotated[
        str, typer.Option(help="Put this sample into it (see: studio samples list).")
    ] = "",
) -> None:
    """Make a workspace. Doing it again completes one and changes nothing else.

    \b
    Examples:
      studio init churn
      studio init penguins --sample penguins
    """
    from studio.services.samples import get_sample

    chosen = get_sample(sample) if sample else None
    from studio.bootstrap import create_workspace

    studio = create_workspace(folder, chosen)
    try:
        root = studio.workspace.root
        names = [summary.name for summary in studio.pipelines.list()]
    finally:
        studio.close()
    document = {"workspace": str(root), "sample": sample or None, "pipelines": names}
    of(context).answer(document, lambda: _show(root, names))


def _show(root: Path, names: list[str]) -> None:
    studio = f"studio --workspace {shlex.quote(str(root))}"
    say(f"The workspace {root} is ready.")
    if names:
        say(f"Run its pipeline: {studio} run {names[0]}")
    else:
        say(f"Bring a pipeline in: {studio} pipelines import FILE")
