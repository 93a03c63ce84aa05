"""What every command is given: the workspace, how to answer, the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from studio.cli.output import emit

if TYPE_CHECKING:
    import typer

    from studio.bootstrap import Studio


class Window(Protocol):
    """The other face of the program, as the command line knows it."""

    def problem(self) -> str | None:
        """Why no window can be opened here, in one line; None if one can."""

    def show(
        self, workspace: Path, open_studio: Callable[[Path], Studio], page: str = ""
    ) -> int:
        """Show a workspace until the window is closed; the exit status.

        `page` is shown first; "" is the one that was open last.
        """


@dataclass(frozen=True)
class Session:
    """One call of the command line."""

    json: bool = False
    chosen: Path | None = None
    window: Window | None = None

    def workspace(self) -> Path:
        """`--workspace`, else $STUDIO_WORKSPACE, else the one opened last."""
        from studio.services.recent import chosen_workspace

        return chosen_workspace(self.chosen)

    def named_workspace(self) -> Path | None:
        """The workspace that was named for this call, if one was."""
        from studio.services.recent import named_workspace

        return named_workspace(self.chosen)

    @contextmanager
    def studio(self) -> Iterator[Studio]:
        """The open workspace, closed again at the end."""
        from studio.bootstrap import open_workspace

        studio = open_workspace(self.workspace())
        try:
            yield studio
        finally:
            studio.close()

    def answer(self, document: Mapping[str, Any], show: Callable[[], None]) -> None:
        """Answer with the document (`--json`), or show it to a person."""
        if self.json:
            emit(document)
        else:
            show()


def of(context: typer.Context) -> Session:
    return cast(Session, context.obj)
