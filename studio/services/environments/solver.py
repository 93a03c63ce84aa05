"""What would be installed for a declaration: pip's and conda's solved alike."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from studio.domain import ways
from studio.domain.environment import Declaration, Lock
from studio.domain.errors import RefusedError
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_lock import lock_pip
from studio.environments.tool import Report
from studio.environments.uv_errors import UnsolvableError
from studio.interchange.environment_file import read_conda_text
from studio.services.environments.conflicts import conflict_of

USUAL_PYTHON = "3.11"


@dataclass(frozen=True)
class Solver:
    """Solves for one platform; `cache` keeps what conda downloads."""

    indexes: PackageIndexes
    cache: Path
    platform: str

    def solve(
        self, declaration: Declaration, progress: Report, cancel: threading.Event | None
    ) -> Lock:
        """ConflictError, with ways out of it, where no versions fit together."""
        if not declaration.is_locked:
            raise RefusedError(
                "An image has no packages to lock, nor a folder to build",
                ways.BUILD_IMAGE("NAME"),
            )
        try:
            if declaration.kind == "pip":
                return self._pip(declaration, progress, cancel)
            return self._conda(declaration, progress, cancel)
        except UnsolvableError as error:
            raise conflict_of(
                error,
                declaration,
                python=declaration.python or USUAL_PYTHON,
                platform=self.platform,
                indexes=self.indexes,
                progress=progress,
                cancel=cancel,
            ) from error

    def _pip(
        self, declared: Declaration, progress: Report, cancel: threading.Event | None
    ) -> Lock:
        return lock_pip(
            declared.packages,
            python=declared.python or USUAL_PYTHON,
            platform=self.platform,
            indexes=self.indexes,
            progress=progress,
            cancel=cancel,
        )

    def _conda(
        self, declared: Declaration, progress: Report, cancel: threading.Event | None
    ) -> Lock:
        from studio.environments.conda_lock import lock_conda

        return lock_conda(
            read_conda_text(declared.packages),
            cache=self.cache,
            platform=self.platform,
            indexes=self.indexes,
            progress=progress,
            cancel=cancel,
        )
