"""Making workspaces, and what they can begin with. For worker threads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.services.samples import Sample


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
