"""A folder with a Dockerfile, taken into the workspace as a build would see it."""

from __future__ import annotations

import os
from pathlib import Path

from studio.domain.errors import InvalidError
from studio.environments.image_context import IGNORE_FILE, kept_files
from studio.storage.artifact_files import not_ours
from studio.storage.artifacts import ArtifactStore


def store_context(artifacts: ArtifactStore, folder: Path, dockerfile: str) -> str:
    """The digest of what is stored. What `.dockerignore` leaves out, often passwords,
    never comes into the workspace."""
    if not (folder / IGNORE_FILE).is_file():
        return artifacts.add(folder).digest
    names = kept_files(folder, dockerfile)
    files = {name: folder / name for name in names if not _is_folder(folder / name)}
    for file in files.values():
        if file.is_symlink() or not file.is_file():
            raise not_ours(file)
    if os.path.normpath(dockerfile) not in files:
        raise InvalidError(
            f"There is no file '{dockerfile}' in the build context {folder}",
            hint="Name the Dockerfile relative to the context's folder",
        )
    return artifacts.add_files(files, durable=True).digest


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
