"""conda environments: a lock of 25 packages, and the folder of a known lock.

python -m tests.bench.conda_environments
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from studio.domain.conda import Asked, CondaDeclaration
from studio.environments.conda_folder import install_conda
from studio.environments.conda_lock import lock_conda
from tests.bench.tables import Table, middle, verdict
from tests.conda_channel import Channel

PACKAGES = 25
FILES = 40
TIMES = 5
COLUMNS = ("what", "median ms", "goal ms", "")


def tables() -> list[Table]:
    with tempfile.TemporaryDirectory(dir=Path.home()) as name:
        return [_table(Path(name))]


def _table(place: Path) -> Table:
    asked, cache = _asked(place / "channel"), place / "cache"

    def install(number: int) -> object:
        return install_conda(lock, place / str(number), cache=cache)

    lock = lock_conda(asked, cache=cache)
    install(0)
    table = Table(
        f"conda environment of {PACKAGES} packages",
        COLUMNS,
        notes=f"From a channel in a folder; each package has {FILES} files, which are "
        "hard links into the cache. Each starts the solver's process.",
    )
    rows = [
        ("solve and lock, with hashes", middle(lambda _: _lock(asked, cache), TIMES)),
        ("folder of a known lock", middle(lambda n: install(n + 1), TIMES)),
        ("the same folder again", middle(lambda _: install(0), TIMES)),
    ]
    for (what, took), goal in zip(rows, (1000, 300, 50), strict=True):
        table.add(what, f"{took:.0f}", f"{goal:.0f}", verdict(took, goal))
    return table


def _lock(asked: CondaDeclaration, cache: Path) -> object:
    return lock_conda(asked, cache=cache)


def _asked(folder: Path) -> CondaDeclaration:
    channel = Channel(folder)
    channel.add_python()
    names = [f"p{number:02d}" for number in range(PACKAGES - 1)]
    for name in names:
        files = {
            f"site-packages/{name}/m{n}.py": b"x = 1\n" * 100 for n in range(FILES)
        }
        for version in ("1.0", "1.1", "2.0"):
            channel.add(name, version, ["python"], files, noarch="python")
    specs = tuple(Asked(each) for each in ("python", *names))
    return CondaDeclaration((Asked(channel.write().url),), specs)


if __name__ == "__main__":
    for each in tables():
        each.show()
