"""The packages of a lock, unpacked for an image: on this computer, by uv, so that the
build of the image needs no network and no credentials."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from studio.domain.environment import PLATFORMS, Lock
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, Report, silent
from studio.environments.uv import run_uv_with_network_away, working_folder

_LOCK = "requirements.txt"


def unpack_packages(
    lock: Lock,
    folder: Path,
    *,
    indexes: PackageIndexes,
    compiled: bool = True,
    progress: Report = silent,
    cancel: threading.Event | None = None,
) -> None:
    """Fill `folder` as the site-packages of the lock's Python on its platform.

    Only wheels: nothing of a package runs here. `compiled` modules start faster; they
    are made where our own Python is of the same version.
    """
    arguments = [
        *("pip", "install", "--target", str(folder), "--requirements", _LOCK),
        *("--no-deps", "--require-hashes", "--no-build", "--python", sys.executable),
        *_where(lock.python, lock.platform),
    ]
    if compiled and lock.python == "{}.{}".format(*sys.version_info):
        arguments.append("--compile-bytecode")
        progress = _compiling(progress)
    with working_folder({_LOCK: lock.text}) as working:
        run_uv_with_network_away(
            arguments,
            indexes=indexes,
            folder=working,
            phase="packages",
            progress=progress,
            cancel=cancel,
        )


def _compiling(told: Report) -> Report:
    """uv is silent while it compiles, which takes longest."""

    def tell(progress: Progress) -> None:
        told(progress)
        if progress.message.startswith("Installed "):
            told(Progress(progress.phase, "Compiling their modules"))

    return tell


def _where(python: str, platform: str) -> Sequence[str]:
    return ("--python-version", python, "--python-platform", PLATFORMS[platform])
