"""Pip environments: a lock of about 25 packages, and the folder of a known lock.

python -m tests.bench.pip_environments
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from studio.environments.interpreters import host_platform, interpreter_for
from studio.environments.package_indexes import package_indexes
from studio.environments.pip_folder import install_pip
from studio.environments.pip_lock import lock_pip
from tests.bench.tables import Table, middle, verdict

ASKED = "scikit-learn\npandas\nrequests\nfastapi\nuvicorn\n"
PYTHON = "3.11"
TIMES = 5
LOCK_MS = 1000
FOLDER_MS = 300
COLUMNS = ("what", "median ms", "goal ms", "")


def tables() -> list[Table]:
    indexes = package_indexes()
    python = interpreter_for(PYTHON)
    platform = host_platform()

    def solve(_: int) -> object:
        return lock_pip(ASKED, python=PYTHON, platform=platform, indexes=indexes)

    lock = lock_pip(ASKED, python=PYTHON, platform=platform, indexes=indexes)
    with tempfile.TemporaryDirectory(dir=Path.home()) as place:

        def install(number: int) -> object:
            folder = Path(place) / str(number)
            return install_pip(lock, folder, indexes=indexes, python=python)

        files = _files(install, Path(place) / "0")
        table = Table(
            f"Pip environment of {len(lock.packages)} packages",
            COLUMNS,
            notes="Warm: what was solved or installed once before is in uv's cache, "
            f"and the index is asked whether it still holds. The folder has {files} "
            "files, hard links where its disk is the cache's. Another run with the "
            "same lock takes the folder as it is.",
        )
        _add(table, "solve and lock, with hashes", middle(solve, TIMES), LOCK_MS)
        made = middle(lambda number: install(number + 1), TIMES)
        _add(table, "folder of a known lock", made, FOLDER_MS)
        _add(table, "the same folder again", middle(lambda _: install(0), TIMES), 50)
    return [table]


def _files(install: Callable[[int], object], folder: Path) -> int:
    install(0)
    return sum(len(names) for _, _, names in os.walk(folder))


def _add(table: Table, what: str, took: float, goal: float) -> None:
    table.add(what, f"{took:.0f}", f"{goal:.0f}", verdict(took, goal))


if __name__ == "__main__":
    for each in tables():
        each.show()
