"""The workspaces used last, newest first: a small file in the user's data folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import platformdirs

from studio.domain.errors import NotFoundError, StudioError
from studio.storage.files import write_atomically
from studio.storage.workspace import is_workspace

APPLICATION = "mlops-studio"
WORKSPACE_VARIABLE = "STUDIO_WORKSPACE"
_KEEP = 12


def data_folder() -> Path:
    """Where samples are opened and the list of recent workspaces is kept."""
    return Path(platformdirs.user_data_dir(APPLICATION))


def recent_workspaces() -> tuple[Path, ...]:
    """Those that still exist."""
    try:
        listed = json.loads(_file().read_text())
    except (OSError, ValueError):
        return ()
    if not isinstance(listed, list):
        return ()
    paths = [Path(item) for item in listed if isinstance(item, str)]
    return tuple(path for path in paths if is_workspace(path))


def named_workspace(given: str | Path | None) -> Path | None:
    """The workspace that was named, here or by $STUDIO_WORKSPACE."""
    named = str(given or "") or os.environ.get(WORKSPACE_VARIABLE)
    return Path(named) if named else None


def chosen_workspace(given: str | Path | None) -> Path:
    """The one that was named, else the one opened last. NotFoundError if none was."""
    if found := named_workspace(given):
        return found
    recent = recent_workspaces()
    if not recent:
        raise NotFoundError(
            "There is no workspace yet",
            hint="Make one with: studio init DIR --sample penguins, "
            "or name one with --workspace DIR",
        )
    return recent[0]


def remember(root: Path) -> None:
    """Put a workspace first. Not being able to is no reason to fail."""
    others = [path for path in recent_workspaces() if path != root]
    paths = [str(path) for path in [root, *others][:_KEEP]]
    try:
        write_atomically(_file(), json.dumps(paths, indent=1).encode())
    except StudioError:
        return


def _file() -> Path:
    return data_folder() / "recent.json"
