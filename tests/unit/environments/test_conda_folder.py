"""A conda lock as a folder: whole or not at all, and a pipeline's step runs in it."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from studio.bootstrap import Studio
from studio.domain.conda import Asked, CondaDeclaration
from studio.domain.environment import Lock
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    RefusedError,
    StudioError,
    UnavailableError,
)
from studio.domain.package_settings import PackageSettings, origin
from studio.domain.pipeline import Pipeline
from studio.environments.conda_folder import (
    install_conda,
    installed_conda,
    remove_conda,
)
from studio.environments.conda_lock import lock_conda
from studio.environments.package_indexes import PackageIndexes, indexes_of
from studio.environments.tool import Progress, WorkCancelled
from studio.services.environments.connection_test import (
    test_connection as try_connection,
)
from tests.conda_channel import PLACEHOLDER, PYTHON, Channel, served
from tests.local_index import LocalIndex
from tests.workspaces import SharedTarget, run_here, states, step, write_component

TOOL = f"""#!{PLACEHOLDER}/bin/python
import sys, plots
print(plots.__version__, sys.prefix)
"""
ENTRY = "[console_scripts]\nsay = say:main\n"
SAY = "import sys\ndef main():\n    print('said by', sys.executable)\n"


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    made = Channel(tmp_path / "channel")
    made.add_python()
    made.add_module("numbers-x", "2.0")
    made.add_module("plots", "1.0", ["python", "numbers-x"])
    made.add("tool", "1.0", ["plots"], {"bin/tool": TOOL.encode()}, platform="linux-64")
    return made.write()


@pytest.fixture
def with_pip(index: LocalIndex) -> LocalIndex:
    info = {"say-1.0.dist-info/entry_points.txt": ENTRY, "say/__init__.py": SAY}
    index.wheel("say", "1.0", ["alpha"], files=info)
    return index


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "conda-cache"


def locked(channel: Channel, cache: Path, *specs: str) -> Lock:
    asked = tuple(Asked(each) for each in specs or ("python", "tool"))
    return lock_conda(CondaDeclaration((Asked(channel.url),), asked), cache=cache)


def locked_with_pip(channel: Channel, cache: Path, indexes: PackageIndexes) -> Lock:
    declaration = CondaDeclaration(
        (Asked(channel.url),), (Asked("python"), Asked("tool")), (Asked("say"),)
    )
    return lock_conda(declaration, cache=cache, indexes=indexes)


def said(*command: str | Path) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def left(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()] if folder.exists() else []


def test_that_its_python_imports_what_was_locked(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    told: list[Progress] = []
    place = tmp_path / "made" / "env"
    made = install_conda(
        locked(channel, cache), place, cache=cache, progress=told.append
    )
    assert (made.folder, made.python, made.reused) == (
        place,
        place / "bin/python",
        False,
    )
    script = "import plots, sys; print(plots.__version__, sys.prefix)"
    assert said(made.python, "-c", script) == f"1.0 {place}"
    assert said(place / "bin/tool") == f"1.0 {place}"
    assert left(tmp_path / "made") == ["env"]
    assert [each.done for each in told if each.phase == "installing"][-1] == 4


def test_that_files_are_shared_with_the_cache(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    lock = locked(channel, cache)
    one = install_conda(lock, tmp_path / "one", cache=cache)
    shutil.rmtree(channel.root)  # what was fetched once isn't fetched again
    two = install_conda(lock, tmp_path / "two", cache=cache)
    module = f"lib/python{PYTHON}/site-packages/plots/__init__.py"
    assert (one.folder / module).samefile(two.folder / module)
    assert said(two.folder / "bin/tool") == f"1.0 {two.folder}"


def test_that_a_whole_folder_is_taken_as_it_is(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    lock = locked(channel, cache)
    install_conda(lock, tmp_path / "env", cache=cache)
    assert install_conda(lock, tmp_path / "env", cache=tmp_path / "no").reused
    other = locked(channel, cache, "python", "numbers-x")
    assert installed_conda(other, tmp_path / "env") is None
    assert not install_conda(other, tmp_path / "env", cache=cache).reused
    assert not (tmp_path / "env/bin/tool").exists()


def test_that_a_folder_that_was_moved_is_made_again(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    lock = locked(channel, cache)
    install_conda(lock, tmp_path / "env", cache=cache)
    (tmp_path / "env").rename(tmp_path / "moved")
    assert installed_conda(lock, tmp_path / "moved") is None
    install_conda(lock, tmp_path / "moved", cache=cache)
    assert said(tmp_path / "moved/bin/tool") == f"1.0 {tmp_path / 'moved'}"


def test_that_pip_packages_come_after_and_take_nothing_away(
    channel: Channel,
    cache: Path,
    tmp_path: Path,
    with_pip: LocalIndex,
    indexes: PackageIndexes,
) -> None:
    lock = locked_with_pip(channel, cache, indexes)
    made = install_conda(lock, tmp_path / "env", cache=cache, indexes=indexes)
    script = "import plots, say, alpha; print(plots.__version__, alpha.__version__)"
    assert said(made.python, "-c", script) == "1.0 2.0"
    assert said(made.folder / "bin/say") == f"said by {made.python}"


@pytest.mark.slow
def test_that_cancelling_at_any_point_leaves_nothing(
    channel: Channel,
    cache: Path,
    tmp_path: Path,
    with_pip: LocalIndex,
    indexes: PackageIndexes,
) -> None:
    lock = locked_with_pip(channel, cache, indexes)
    cancelled = 0
    for point in range(1, 21):
        cancel = threading.Event()
        told: list[Progress] = []

        def hear(
            progress: Progress,
            told: list[Progress] = told,
            cancel: threading.Event = cancel,
            point: int = point,
        ) -> None:
            told.append(progress)
            if len(told) == point:
                cancel.set()

        fresh = cache if point % 2 else tmp_path / f"cache-{point}"
        try:
            install_conda(
                lock,
                tmp_path / "made" / "env",
                cache=fresh,
                indexes=replace(indexes, cache=str(fresh / "pip")),
                progress=hear,
                cancel=cancel,
            )
        except WorkCancelled:
            cancelled += 1
            assert left(tmp_path / "made") == []
        else:
            remove_conda(tmp_path / "made" / "env")
    assert cancelled == 20
    made = install_conda(lock, tmp_path / "last", cache=cache, indexes=indexes)
    assert said(made.folder / "bin/say") == f"said by {made.python}"
    assert said(made.folder / "bin/tool") == f"1.0 {made.folder}"


def test_that_another_file_than_the_locked_one_is_refused(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    lock = locked(channel, cache)
    channel.add_module("plots", "1.0", ["python"])  # the same name, another content
    with pytest.raises(InvalidError, match=r"plots-1\.0-0 isn't the file that was"):
        install_conda(lock, tmp_path / "made" / "env", cache=cache)
    assert left(tmp_path / "made") == []


def test_that_a_package_that_has_gone_is_named(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    lock = locked(channel, cache)
    (channel.root / "noarch/plots-1.0-0.tar.bz2").unlink()
    with pytest.raises(NotFoundError, match=r"plots-1\.0-0 isn't in its channel"):
        install_conda(lock, tmp_path / "env", cache=cache)


def test_that_a_lock_of_another_platform_and_a_strangers_folder_are_refused(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    lock = locked(channel, cache)
    with pytest.raises(RefusedError, match="This lock is for win-64"):
        install_conda(replace(lock, platform="win-64"), tmp_path / "env", cache=cache)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("x")
    with pytest.raises(RefusedError, match="isn't an environment made here"):
        install_conda(lock, tmp_path / "mine", cache=cache)
    with pytest.raises(RefusedError, match="isn't an environment made here"):
        remove_conda(tmp_path / "mine")
    assert left(tmp_path / "mine") == ["thesis.txt"]


def test_that_a_python_that_doesnt_run_is_told(cache: Path, tmp_path: Path) -> None:
    broken = Channel(tmp_path / "broken")
    files = {"bin/python": b"#!/bin/sh\necho no libc >&2\nexit 1\n"}
    broken.add("python", "3.11.0", (), files, platform="linux-64")
    lock = locked(broken.write(), cache, "python")
    with pytest.raises(StudioError, match="doesn't run on this computer: no libc"):
        install_conda(lock, tmp_path / "made" / "env", cache=cache)
    assert left(tmp_path / "made") == []


def test_that_an_environment_is_taken_away_whole(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    install_conda(locked(channel, cache), tmp_path / "made" / "env", cache=cache)
    remove_conda(tmp_path / "made" / "env")
    assert left(tmp_path / "made") == []
    remove_conda(tmp_path / "made" / "env")


@pytest.fixture
def target(channel: Channel, cache: Path, tmp_path: Path) -> Iterator[SharedTarget]:
    """Steps run in a conda environment that was solved and installed here."""
    made = install_conda(locked(channel, cache), tmp_path / "env", cache=cache)
    shared = SharedTarget(tmp_path / "interpreter.log", python=str(made.python))
    yield shared
    shared.end()


def test_that_a_step_of_a_pipeline_runs_in_it(
    studio: Studio, target: SharedTarget, tmp_path: Path
) -> None:
    script = """
        import pathlib, sys
        import plots
        told = f"{plots.__version__} {sys.prefix}"
        pathlib.Path(sys.argv[1]).write_text(told)
    """
    outputs = {"out": {"type": "uri_file"}}
    write_component(studio.workspace.root, "draw", script, outputs=outputs)
    studio.pipelines.save(Pipeline("drawn", (step("draw"),)))
    run = run_here(studio, target, "drawn")
    assert states(run) == {"draw": "SUCCEEDED"}, studio.runs.log(run.id).text
    written = studio.runs.output(run.id, "draw", "out")
    assert written.read_text() == f"1.0 {tmp_path / 'env'}"


def test_that_what_a_killed_install_has_left_is_swept(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / "made" / f".env.{ended.pid}-0a1b.partial").mkdir(parents=True)
    (tmp_path / "made" / f".env.{ended.pid}-0a1b.gone").mkdir()
    install_conda(locked(channel, cache), tmp_path / "made" / "env", cache=cache)
    assert left(tmp_path / "made") == ["env"]


def test_that_scripts_of_noarch_packages_find_their_python(
    channel: Channel, cache: Path, tmp_path: Path
) -> None:
    code = b"import sys\ndef main():\n    print(sys.prefix)\n"
    channel.add(
        "where",
        "1.0",
        ["python"],
        {"site-packages/where.py": code},
        noarch="python",
        entry_points=["where = where:main"],
    )
    lock = locked(channel.write(), cache, "python", "where")
    made = install_conda(lock, tmp_path / "env", cache=cache)
    assert said(made.folder / "bin/where") == str(made.folder)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 KB."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_that_a_full_disk_is_told_and_leaves_nothing(
    channel: Channel, cache: Path, tmp_path: Path, tiny_disk: Path
) -> None:
    channel.add("big", "1.0", (), {"share/big": b"0" * 2_000_000})
    lock = locked(channel.write(), cache, "python", "big")
    for place, used in ((tiny_disk, cache), (tmp_path, tiny_disk / "cache")):
        with pytest.raises(UnavailableError, match="The disk is full"):
            install_conda(lock, place / "made" / "env", cache=used)
        assert left(place / "made") == []


def test_that_a_channel_of_the_settings_is_read_with_its_log_in_and_offline_from_cache(
    channel: Channel, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    secret = "s3cret/w@rd"
    declared = CondaDeclaration(
        (Asked("conda-forge"),), (Asked("python"), Asked("tool"))
    )
    with served(channel.root, secret) as host:
        login = {origin(host): ("me", secret)}
        said_so = PackageSettings(index=f"{host}/none", conda_channels=(host,))
        own = replace(indexes_of(said_so), no_index=True)
        known = own.with_logins(login)
        told = [each.outcome for each in try_connection(known)]
        stranger = [each.message for each in try_connection(own)]
        lock = lock_conda(declared, cache=cache, indexes=known)
        made = install_conda(lock, tmp_path / "env", cache=cache, indexes=known)
    assert told == ["ok"]
    assert "lets nobody in" in stranger[0]
    assert lock.sources == (host,)
    assert said(made.folder / "bin/tool").startswith("1.0")
    offline = replace(known, offline=True)
    again = lock_conda(declared, cache=cache, indexes=offline)
    assert again.digest == lock.digest
    install_conda(lock, tmp_path / "again", cache=cache, indexes=offline)
    with pytest.raises(StudioError, match="isn't in the cache"):
        install_conda(lock, tmp_path / "x", cache=tmp_path / "empty", indexes=offline)
    files = [f for top in (cache, made.folder) for f in top.rglob("*") if f.is_file()]
    assert not any(secret.encode() in f.read_bytes() for f in files)


@pytest.mark.parametrize(
    ("channel_text", "secret"),
    [
        ("http://{}/t/${{TOKEN}}/", "s3cret-word"),
        ("http://me:${{TOKEN}}@{}/", "s3cret/w@rd"),
    ],
)
def test_that_a_channels_secret_stays_in_its_variable(
    channel: Channel,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    channel_text: str,
    secret: str,
) -> None:
    monkeypatch.setenv("TOKEN", secret)
    with served(channel.root, secret) as host:
        url = channel_text.format(host.removeprefix("http://"))
        asked = CondaDeclaration((Asked(url),), (Asked("python"), Asked("tool")))
        lock = lock_conda(asked, cache=cache)
        made = install_conda(lock, tmp_path / "env", cache=cache)
        monkeypatch.setenv("TOKEN", "wrong")
        with pytest.raises(UnavailableError, match="lets nobody in"):
            install_conda(lock, tmp_path / "other", cache=tmp_path / "empty")
    assert said(made.folder / "bin/tool").startswith("1.0")
    files = [f for top in (cache, made.folder) for f in top.rglob("*") if f.is_file()]
    assert len(files) > 10
    assert [f for f in files if b"s3cret" in f.read_bytes()] == []
    assert "s3cret" not in lock.text
