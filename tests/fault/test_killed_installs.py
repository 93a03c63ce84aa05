"""kill -9 while an environment's folder is made: it is whole or not there, ever."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from studio.domain.environment import Lock
from studio.environments.interpreters import host_platform, interpreter_at
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_folder import install_pip, installed_folder
from studio.environments.pip_lock import lock_pip
from tests.local_index import LocalIndex
from tests.workspaces import eventually

PYTHON = interpreter_at(sys.executable)
ASKED = 8

INSTALL = """
import os, pickle, signal, sys
from pathlib import Path
from studio.environments import pip_folder
from studio.environments.interpreters import interpreter_at

lock, folder, indexes, point = pickle.loads(Path(sys.argv[1]).read_bytes())
told = []

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def hear(progress):
    told.append(progress)
    if point == f"progress {len(told)}":
        die()

put = pip_folder.put_in_place
if point == "before the move":
    pip_folder.put_in_place = die
if point == "marked, not moved":
    Path.replace = die
if point == "after the move":
    pip_folder.put_in_place = lambda *given: (put(*given), die())
python = interpreter_at(sys.executable)
pip_folder.install_pip(lock, folder, indexes=indexes, python=python, progress=hear)
"""
POINTS = (
    *(f"asked {count}" for count in (1, 2, 4, 6, ASKED)),
    *("progress 1", "progress 2", "before the move", "marked, not moved"),
    "after the move",
)


@dataclass(frozen=True)
class Place:
    """Packages that an index has, and their lock."""

    index: LocalIndex
    lock: Lock
    url: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    index = LocalIndex()
    for number in range(ASKED):
        index.wheel(f"part{number}", "1.0")
    with index.served() as url:
        cache = str(tmp_path_factory.mktemp("cache"))
        lock = lock_pip(
            "\n".join(index.packages),
            python=PYTHON.minor,
            platform=host_platform(),
            indexes=PackageIndexes(default=url, cache=cache),
        )
        yield Place(index, lock, url)


@pytest.mark.parametrize("point", POINTS)
def test_that_a_killed_install_leaves_a_whole_folder_or_none(
    point: str, place: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "made" / "env"
    indexes = PackageIndexes(default=place.url, cache=str(tmp_path / "cache"))
    _install_and_die(point, place, folder, indexes)
    found = installed_folder(place.lock, folder)
    assert (found is not None) == (point == "after the move")
    assert folder.exists() == (found is not None)
    made = install_pip(place.lock, folder, indexes=indexes, python=PYTHON)
    assert made.reused == (found is not None)
    code = "".join(f"import part{number}\n" for number in range(ASKED))
    subprocess.run([made.python, "-c", code], check=True)
    assert list(folder.parent.iterdir()) == [folder]


def _install_and_die(
    point: str, place: Place, folder: Path, indexes: PackageIndexes
) -> None:
    """Install in a child that is killed at `point`, and wait for what it started."""
    told = folder.parent.parent / "told"
    told.write_bytes(pickle.dumps((place.lock, folder, indexes, point)))
    child = subprocess.Popen([sys.executable, "-c", INSTALL, str(told)])
    files = 0

    def ask() -> None:
        nonlocal files
        files += 1
        if point == f"asked {files}":
            child.kill()

    place.index.on_ask = ask
    try:
        assert child.wait(timeout=60) == -9
    finally:
        child.kill()
        place.index.on_ask = lambda: None
    eventually(lambda: not _writing(folder), "the end of uv")


def _writing(folder: Path) -> bool:
    """Whether a program that was started for the folder still runs."""
    for process in psutil.process_iter():
        try:
            if any(str(folder.parent) in word for word in process.cmdline()):
                return True
        except psutil.Error:
            continue
    return False
