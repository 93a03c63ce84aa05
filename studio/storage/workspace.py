"""A workspace: a plain folder that can be moved and copied."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import InvalidError, NotFoundError, UnavailableError
from studio.storage.presence import read_only

DATABASE = "studio.db"
FOLDERS = (
    "pipelines",
    "components",
    "artifacts",
    "runs",
    "endpoints",
    "environments",
)


@dataclass(frozen=True)
class Workspace:
    """Where everything of one workspace stands on disk."""

    root: Path

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def database(self) -> Path:
        return self.root / DATABASE

    @property
    def pipelines(self) -> Path:
        return self.root / "pipelines"

    @property
    def components(self) -> Path:
        return self.root / "components"

    @property
    def artifacts(self) -> Path:
        return self.root / "artifacts"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def endpoints(self) -> Path:
        return self.root / "endpoints"

    @property
    def environments(self) -> Path:
        return self.root / "environments"

    @property
    def backups(self) -> Path:
        return self.root / "backups"


def is_workspace(folder: Path) -> bool:
    return (folder / DATABASE).is_file()


def prepare_folders(root: Path) -> Workspace:
    """Make the folders of a workspace, new or existing.

    Refuses a folder that holds other things and isn't a workspace.
    """
    root = root.expanduser().absolute()
    if root.exists() and not root.is_dir():
        raise InvalidError(f"{root} is a file", "Choose a folder")
    if root.is_dir() and not is_workspace(root) and _has_other_things(root):
        raise InvalidError(
            f"{root} isn't empty and isn't a workspace",
            hint="Choose an empty folder, or a new name",
        )
    try:
        for folder in FOLDERS:
            (root / folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if is_workspace(root) and error.errno in (errno.EACCES, errno.EROFS):
            raise read_only(root) from error
        raise UnavailableError(
            f"{root} can't be written: {error.strerror}", "Choose another folder"
        ) from error
    return Workspace(root)


def find(root: Path) -> Workspace:
    """The workspace in a folder; NotFoundError if there is none."""
    root = root.expanduser().absolute()
    if not is_workspace(root):
        raise NotFoundError(
            f"{root} isn't a workspace", f"Make one with: studio init {root}"
        )
    return Workspace(root)


def _has_other_things(root: Path) -> bool:
    """Things a workspace doesn't consist of (an interrupted `init` may go on)."""
    return any(
        entry.name not in FOLDERS and not entry.name.startswith((".", DATABASE))
        for entry in root.iterdir()
    )
