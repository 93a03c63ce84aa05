"""`studio open`, and `studio` alone: the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.noun import noun
from studio.cli.output import note
from studio.cli.session import Session, Window, of
from studio.domain.errors import NotFoundError, UnavailableError

if TYPE_CHECKING:
    from studio.bootstrap import Studio
    from studio.services.samples import Sample

app = noun("")


@app.command()
def open_window(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The workspace.")
    ] = None,
    sample: Annotated[
        str, typer.Option(help="Open a copy of this sample, made at the first time.")
    ] = "",
    or_terminal: Annotated[
        bool,
        typer.Option(
            "--or-terminal", help="Without a display, do the sample's job right here."
        ),
    ] = False,
) -> None:
    """Open the window on a workspace (default: the one opened last).

    \b
    Examples:
      studio open churn
      studio open --sample penguins
    """
    session = of(context)
    problem = _problem(session.window)
    if problem and or_terminal:
        from studio.cli.demo import run_demo

        note(f"{problem}. Doing the same job in the terminal instead.")
        run_demo(session, sample or "penguins", folder)
        return
    window = _usable(session.window, problem)
    if sample:
        _open_sample(window, session, sample, folder)
    else:
        _show(window, _existing(folder or session.workspace()), _open)


def open_last(session: Session) -> None:
    """The window on the last workspace; at the very first start on a new one."""
    window = _usable(session.window, _problem(session.window))
    root = session.named_workspace()
    if root is None:
        from studio.services.recent import data_folder, recent_workspaces

        root = next(iter(recent_workspaces()), None) or data_folder() / "workspace"
        _show(window, root, _creator(root, None))
    else:
        _show(window, _existing(root), _open)


def _open_sample(
    window: Window, session: Session, name: str, folder: Path | None
) -> None:
    from studio.services.samples import get_sample, sample_folder

    sample = get_sample(name)
    root = (folder or session.chosen or sample_folder(name)).expanduser().absolute()
    _show(window, root, _creator(root, sample), page="pipelines")


def _creator(root: Path, sample: Sample | None) -> Callable[[Path], Studio]:
    """Opens workspaces; `root` is made if it isn't one yet."""

    def open_or_create(folder: Path) -> Studio:
        from studio.bootstrap import create_workspace
        from studio.storage.workspace import is_workspace

        if folder != root or is_workspace(folder):
            return _open(folder)
        return create_workspace(folder, sample)

    return open_or_create


def _open(folder: Path) -> Studio:
    from studio.bootstrap import open_workspace

    return open_workspace(folder)


def _existing(folder: Path) -> Path:
    from studio.storage.workspace import is_workspace

    folder = folder.expanduser().absolute()
    if not is_workspace(folder):
        raise NotFoundError(
            f"{folder} isn't a workspace", f"Make one with: studio init {folder}"
        )
    return folder


def _problem(window: Window | None) -> str | None:
    return window.problem() if window else "This installation has no window"


def _usable(window: Window | None, problem: str | None) -> Window:
    if window is None or problem:
        raise UnavailableError(
            problem or "This installation has no window",
            hint="The command line does all the same: studio --help, or studio demo",
        )
    return window


def _show(
    window: Window, root: Path, open_studio: Callable[[Path], Studio], page: str = ""
) -> None:
    if code := window.show(root, open_studio, page):
        raise typer.Exit(code)
