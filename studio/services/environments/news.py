"""What is known by now of the packages of a lock."""

from __future__ import annotations

import threading
from pathlib import Path

from studio.domain.errors import RefusedError, StudioError
from studio.environments.freshness import Freshness, freshness
from studio.environments.interpreters import host_platform
from studio.environments.tool import Report, silent
from studio.services.environments.service import EnvironmentService


def news_of(
    environments: EnvironmentService,
    reference: str,
    *,
    platform: str = "",
    database: Path | None = None,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> Freshness:
    """Newer versions, licences (once it is built here), what has been withdrawn, and,
    from a `database` (else the one of the settings), vulnerabilities.

    RefusedError where there is no lock.
    """
    platform = platform or host_platform()
    version = environments.get(reference)
    lock = version.lock_for(platform)
    if lock is None:
        raise RefusedError(
            f"{version.reference} isn't locked for {platform}", "Lock it first"
        )
    here = platform == host_platform()
    return freshness(
        lock,
        indexes=environments.indexes,
        folder=_folder(environments, version.reference) if here else None,
        database=database or environments.settings.vulnerabilities,
        progress=progress,
        cancel=cancel,
    )


def _folder(environments: EnvironmentService, reference: str) -> Path | None:
    try:
        built = environments.built(reference)
    except StudioError:  # the Python it was made with isn't here any more
        return None
    return built.local.folder if built else None
