"""Whether a workspace is still where it was opened."""

from __future__ import annotations

from pathlib import Path

from studio.domain.errors import UnavailableError, WorkspaceGoneError


class Presence:
    """Of a database's file: whoever writes asks first, so that a folder that was
    moved or removed isn't made again with half of a workspace in it."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._was_there = database.exists()

    @property
    def gone(self) -> bool:
        if self._database.exists():
            self._was_there = True
            return False
        return self._was_there

    def check(self) -> None:
        """WorkspaceGoneError if it is gone."""
        if self.gone:
            raise WorkspaceGoneError(self._database.parent)


def read_only(root: Path) -> UnavailableError:
    return UnavailableError(
        f"The workspace {root} is read-only",
        hint="Give yourself the right to write into its folder, or copy the folder "
        "and open the copy",
    )
