"""Locked environments as folders of this computer, shared by all workspaces."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from studio.domain.environment import Lock
from studio.environments.conda_lock_text import is_conda
from studio.environments.interpreters import interpreter_for
from studio.environments.package_indexes import PackageIndexes
from studio.environments.package_shelf import PackageShelf
from studio.environments.pip_folder import folder_name, install_pip, installed_folder
from studio.environments.tool import Report, silent


@dataclass(frozen=True)
class LocalFolder:
    """`python` runs in it; `reused`: it stood there already, of the same lock."""

    folder: Path
    python: Path
    reused: bool


class LocalEnvironments:
    """A folder for each lock, under `root`; what conda downloads is kept there too."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def conda_cache(self) -> Path:
        return self._root / "conda-packages"

    @property
    def shelf(self) -> PackageShelf:
        """Packages that came in files, by which locks are installed offline."""
        return PackageShelf(self._root / "imported-packages")

    def find(self, lock: Lock) -> LocalFolder | None:
        """The folder of a lock, if it is here and whole."""
        if is_conda(lock):
            from studio.environments.conda_folder import installed_conda

            conda = installed_conda(lock, self._conda(lock))
            return LocalFolder(conda.folder, conda.python, True) if conda else None
        pip = installed_folder(lock, self._pip(lock))
        return LocalFolder(pip.folder, pip.python, True) if pip else None

    def install(
        self,
        lock: Lock,
        indexes: PackageIndexes,
        *,
        progress: Report = silent,
        cancel: threading.Event | None = None,
    ) -> LocalFolder:
        """Make the folder of a lock, or take the one that is here."""
        with self.shelf.serving(lock, indexes) as (there, known):
            return self._install(there, known, progress, cancel)

    def _install(
        self,
        lock: Lock,
        indexes: PackageIndexes,
        progress: Report,
        cancel: threading.Event | None,
    ) -> LocalFolder:
        if is_conda(lock):
            from studio.environments.conda_folder import install_conda

            conda = install_conda(
                lock,
                self._conda(lock),
                cache=self.conda_cache,
                indexes=indexes,
                progress=progress,
                cancel=cancel,
            )
            return LocalFolder(conda.folder, conda.python, conda.reused)
        pip = install_pip(
            lock,
            self._pip(lock),
            python=interpreter_for(lock.python),
            indexes=indexes,
            progress=progress,
            cancel=cancel,
        )
        return LocalFolder(pip.folder, pip.python, pip.reused)

    def _pip(self, lock: Lock) -> Path:
        return self._root / folder_name(lock, interpreter_for(lock.python))

    def _conda(self, lock: Lock) -> Path:
        return self._root / f"conda-{lock.digest[:24]}"
