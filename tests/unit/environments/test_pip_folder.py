from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from studio.domain.environment import Lock
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from studio.environments.interpreters import host_platform, interpreter_at
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_folder import (
    folder_name,
    install_pip,
    installed_folder,
    remove_folder,
)
from studio.environments.pip_lock import lock_pip
from studio.environments.tool import Progress, WorkCancelled
from tests.local_index import LocalIndex

PYTHON = interpreter_at(sys.executable)


def locked(text: str, indexes: PackageIndexes) -> Lock:
    return lock_pip(
        text, python=PYTHON.minor, platform=host_platform(), indexes=indexes
    )


def version_within(python: Path, package: str) -> str:
    code = f"import {package}; print({package}.__version__)"
    asked = subprocess.run(
        [python, "-c", code], capture_output=True, text=True, check=True
    )
    return asked.stdout.strip()


def test_that_the_packages_of_a_lock_can_be_imported_and_moved(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("alpha<2\nbeta==2.0", indexes)
    told: list[Progress] = []
    made = install_pip(
        lock, tmp_path / "here", indexes=indexes, python=PYTHON, progress=told.append
    )
    assert not made.reused
    assert not any("Failed" in each.message for each in told)
    assert version_within(made.python, "alpha") == "1.0"
    moved = tmp_path / "elsewhere"
    made.folder.rename(moved)
    assert version_within(moved / "bin" / "python", "beta") == "2.0"
    installed = installed_folder(lock, moved)
    assert installed is not None
    assert installed.reused


def test_that_a_folder_of_the_same_lock_is_taken_as_it_is(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("alpha", indexes)
    folder = tmp_path / folder_name(lock, PYTHON)
    first = install_pip(lock, folder, indexes=indexes, python=PYTHON)
    kept = folder / "kept"
    kept.touch()
    again = install_pip(lock, folder, indexes=PackageIndexes(), python=PYTHON)
    assert (first.reused, again.reused) == (False, True)
    assert kept.exists()


def test_that_a_known_lock_is_linked_from_the_cache_without_asking_an_index(
    index: LocalIndex, indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("alpha", indexes)
    one = install_pip(lock, tmp_path / "one", indexes=indexes, python=PYTHON)
    asked = len(index.asked)
    two = install_pip(lock, tmp_path / "two", indexes=indexes, python=PYTHON)
    assert len(index.asked) == asked
    [first] = one.folder.rglob("alpha/__init__.py")
    [second] = two.folder.rglob("alpha/__init__.py")
    assert first.samefile(second)


def test_that_the_name_of_a_shared_folder_depends_on_lock_and_python(
    indexes: PackageIndexes,
) -> None:
    lock = locked("alpha", indexes)
    other = replace(PYTHON, version="3.99.1")
    assert folder_name(lock, PYTHON) == folder_name(lock, PYTHON)
    assert folder_name(lock, other) != folder_name(lock, PYTHON)
    assert folder_name(locked("beta", indexes), PYTHON) != folder_name(lock, PYTHON)


def test_that_a_half_made_folder_of_a_killed_process_is_swept_and_never_used(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    left = tmp_path / ".here.999999999-ab12.partial"
    left.mkdir()
    install_pip(
        locked("beta", indexes), tmp_path / "here", indexes=indexes, python=PYTHON
    )
    assert [each.name for each in tmp_path.iterdir() if each.name != "cache"] == [
        "here"
    ]


def test_that_a_folder_whose_python_is_gone_is_made_anew(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("beta", indexes)
    made = install_pip(lock, tmp_path / "here", indexes=indexes, python=PYTHON)
    made.python.unlink()
    made.python.symlink_to(tmp_path / "uninstalled")
    assert installed_folder(lock, made.folder) is None
    again = install_pip(lock, made.folder, indexes=indexes, python=PYTHON)
    assert version_within(again.python, "beta") == "3.0"


def test_that_a_folder_with_something_else_is_left_alone(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    with pytest.raises(RefusedError, match="isn't an environment made here"):
        install_pip(
            locked("beta", indexes), tmp_path / "mine", indexes=indexes, python=PYTHON
        )
    with pytest.raises(RefusedError):
        remove_folder(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_that_an_environment_is_removed_whole(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    made = install_pip(
        locked("beta", indexes), tmp_path / "x" / "here", indexes=indexes, python=PYTHON
    )
    remove_folder(made.folder)
    remove_folder(made.folder)
    assert list((tmp_path / "x").iterdir()) == []


def test_that_another_content_than_the_locked_one_is_told_and_nothing_is_left(
    index: LocalIndex, indexes: PackageIndexes, tmp_path: Path
) -> None:
    index.wheel("delta", "1.0").shown_hash = "0" * 64
    lock = locked("delta\nbeta", indexes)
    with pytest.raises(InvalidError) as caught:
        install_pip(lock, tmp_path / "x" / "here", indexes=indexes, python=PYTHON)
    assert "delta 1.0 isn't the file that was locked" in caught.value.message
    assert list((tmp_path / "x").iterdir()) == []


def test_that_a_lock_of_another_platform_or_python_is_refused(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("beta", indexes)
    elsewhere = replace(lock, platform="win-64")
    with pytest.raises(RefusedError, match="for win-64"):
        install_pip(elsewhere, tmp_path / "a", indexes=indexes, python=PYTHON)
    older = replace(lock, python="3.8")
    with pytest.raises(InvalidError, match=r"for Python 3\.8"):
        install_pip(older, tmp_path / "a", indexes=indexes, python=PYTHON)
    with pytest.raises(NotFoundError, match=r"Python 3\.99 isn't on this computer"):
        install_pip(replace(lock, python="3.99"), tmp_path / "a", indexes=indexes)


def test_that_a_package_the_index_lost_is_told(
    index: LocalIndex, indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("alpha", indexes)
    del index.packages["gamma"]
    elsewhere = replace(indexes, cache=str(tmp_path / "other cache"))
    with pytest.raises(InvalidError, match="gamma"):
        install_pip(lock, tmp_path / "x" / "here", indexes=elsewhere, python=PYTHON)
    assert list((tmp_path / "x").iterdir()) == []


@pytest.fixture(scope="module")
def large() -> LocalIndex:
    made = LocalIndex()
    for number in range(12):
        made.wheel(f"part{number}", "1.0", files={f"part{number}/x.py": "x = 1\n" * 50})
    return made


@pytest.mark.parametrize("point", range(20))
def test_that_cancelling_at_any_point_leaves_nothing(
    point: int, large: LocalIndex, tmp_path: Path
) -> None:
    cancel = threading.Event()
    seen = 0

    def pass_by(_: Progress | None = None) -> None:
        nonlocal seen
        seen += 1
        if seen > point:
            cancel.set()

    with large.served() as url:
        indexes = PackageIndexes(default=url, cache=str(tmp_path / "cache"))
        lock = locked("\n".join(large.packages), indexes)
        large.on_ask = pass_by
        with pytest.raises(WorkCancelled):
            install_pip(
                lock,
                tmp_path / "x" / "here",
                indexes=indexes,
                python=PYTHON,
                progress=pass_by,
                cancel=cancel,
            )
        large.on_ask = lambda: None
        assert not (tmp_path / "x").exists() or not list((tmp_path / "x").iterdir())
        made = install_pip(
            lock, tmp_path / "x" / "here", indexes=indexes, python=PYTHON
        )
    assert version_within(made.python, "part11") == "1.0"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounts")
@pytest.mark.parametrize("full", ["folder", "cache"])
def test_that_a_full_disk_is_told_and_nothing_is_left(
    full: str, index: LocalIndex, indexes: PackageIndexes, tmp_path: Path
) -> None:
    index.wheel("huge", "1.0", files={"huge/x.py": os.urandom(1 << 20).hex()})
    lock = locked("huge", indexes)
    with small_disk(tmp_path / "small", 1) as small:
        folder = small / "here" if full == "folder" else tmp_path / "x" / "here"
        if full == "cache":
            indexes = replace(indexes, cache=str(small / "cache"))
        with pytest.raises(UnavailableError) as caught:
            install_pip(lock, folder, indexes=indexes, python=PYTHON)
        assert "disk is full" in caught.value.message
        assert list(folder.parent.iterdir()) == []


def test_that_the_mark_is_written_before_the_folder_is_in_its_place(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = locked("beta", indexes)
    made = install_pip(lock, tmp_path / "here", indexes=indexes, python=PYTHON)
    mark = json.loads((made.folder / "studio-environment.json").read_text())
    assert mark["lock"] == lock.digest
    (made.folder / "studio-environment.json").write_text("{half")
    assert installed_folder(lock, made.folder) is None


def test_that_an_index_named_in_the_text_is_asked_and_its_key_is_kept_nowhere(
    indexes: PackageIndexes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEX_TOKEN", "hunter2")
    own = LocalIndex(password="hunter2")
    own.wheel("ours", "1.0", ["beta"])
    with own.served() as url:
        named = url.replace("//", "//reader:${INDEX_TOKEN}@")
        told: list[Progress] = []
        lock = lock_pip(
            f"--extra-index-url {named}\nours\n",
            python=PYTHON.minor,
            platform=host_platform(),
            indexes=indexes,
            progress=told.append,
        )
        made = install_pip(
            lock,
            tmp_path / "here",
            indexes=indexes,
            python=PYTHON,
            progress=told.append,
        )
    assert version_within(made.python, "ours") == "1.0"
    assert "hunter2" not in repr((lock, told))
    written = [each for each in made.folder.rglob("*") if each.is_file()]
    assert not any(b"hunter2" in each.read_bytes() for each in written)
