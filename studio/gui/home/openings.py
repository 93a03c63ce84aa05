"""Ways into a workspace: a copy of a sample, a new one. For worker threads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.services.samples import Sample


def open_sample(name: str) -> Path:
    """Make the user's own copy of a sample, or find the one made before.

    Raises StudioError if it can't be written.
    """
    from studio.bootstrap import create_workspace
    from studio.services.recent import data_folder
    from studio.services.samples import get_sample
    from studio.storage.workspace import is_workspace

    folder = sample_folder(data_folder(), name)
    if not is_workspace(folder):
        create_workspace(folder, get_sample(name)).close()
    return folder


def sample_folder(data: Path, name: str) -> Path:
    """Where the copy of a sample stands within the user's data folder."""
    return data / "samples" / name


def make_workspace(folder: Path, sample: str = "") -> Path:
    """Make a workspace, with a sample's files if one is named. Raises StudioError."""
    from studio.bootstrap import create_workspace
    from studio.services.samples import get_sample

    studio = create_workspace(folder, get_sample(sample) if sample else None)
    studio.close()
    return studio.workspace.root


def samples() -> tuple[Sample, ...]:
    """The samples that come with the program."""
    from studio.services.samples import list_samples

    return list_samples()
