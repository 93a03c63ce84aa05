"""What `studio environments create` can make an environment of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.services.environments.origins import Asked, Imported

InterpreterOption = Annotated[
    str,
    typer.Option(
        "--from-interpreter", metavar="PYTHON", help="What is installed for a Python."
    ),
]
OnlyOption = Annotated[
    bool, typer.Option("--asked-only", help="Of a Python: what was installed by name.")
]
ModelOption = Annotated[
    str, typer.Option("--from-model", metavar="REF", help="What a model says it needs.")
]


def one_of(
    path: Path | None, interpreter: str, model: str
) -> Callable[[Studio, Asked, bool], Imported]:
    """How it is made. BadParameter unless exactly one origin is given."""
    if sum(map(bool, (path, interpreter, model))) != 1:
        raise typer.BadParameter(
            "Give one of FILE, --from-interpreter PYTHON and --from-model REF"
        )
    from studio.services.environments import origins

    if interpreter:
        return lambda studio, asked, only: origins.create_from_interpreter(
            studio.environments, interpreter, asked, only=only
        )
    if model:
        return lambda studio, asked, _: origins.create_from_model(
            studio.environments, studio.models, model, asked
        )
    assert path is not None
    whole = path.expanduser().absolute()
    return lambda studio, asked, _: origins.create_from_path(
        studio.environments, whole, asked
    )
