"""conda packages solved from a channel made here: the lock, and why there is none."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from studio.domain.conda import Asked, CondaDeclaration
from studio.domain.environment import Lock
from studio.domain.errors import (
    InvalidError,
    NotFoundError,
    StudioError,
    UnavailableError,
)
from studio.domain.mend import LineChange
from studio.environments.conda_lock import lock_conda, virtual_packages
from studio.environments.conda_lock_text import explicit_list, read_lock_text
from studio.environments.conda_words import (
    CondaUnsolvableError,
    after_changes,
    failure,
)
from studio.environments.image_recipe import ModelRecipe
from studio.environments.model_folder import write_model_folder
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, WorkCancelled
from studio.environments.uv_errors import UnsolvableError
from tests.conda_channel import PYTHON, Channel, served
from tests.local_index import LocalIndex


@pytest.fixture(scope="module")
def channel(tmp_path_factory: pytest.TempPathFactory) -> Channel:
    """plots 1.0 needs numbers below 2, plots 2.0 needs 2 or later."""
    made = Channel(tmp_path_factory.mktemp("channel"))
    made.add_python()
    for version in ("1.0", "1.1", "2.0"):
        made.add_module("numbers-x", version)
    made.add_module("plots", "1.0", ["python", "numbers-x <2"])
    made.add_module("plots", "2.0", ["python", "numbers-x >=2"])
    made.add_module("lonely", "1.0", ["python", "nowhere >=1"])
    made.add_module("fast", "1.0", ["python", "__cuda >=12"])
    made.add("native", "1.0", ["__glibc >=2.17"], platform="linux-64")
    made.add("native", "1.0", ["__osx >=11"], platform="osx-arm64")
    made.add("unhashed", "1.0", more={"sha256": None, "md5": None})
    return made.write()


def asked(
    channel: Channel | str, *specs: str, pip: tuple[str, ...] = ()
) -> CondaDeclaration:
    """Specs stand in lines 1, 2, ...; pip's in 101, 102, ..."""
    url = channel if isinstance(channel, str) else channel.url
    return CondaDeclaration(
        (Asked(url),),
        tuple(Asked(text, n) for n, text in enumerate(specs, 1)),
        tuple(Asked(text, n) for n, text in enumerate(pip, 101)),
    )


def versions(lock: Lock) -> dict[str, str]:
    return {package.name: package.version for package in lock.packages}


def refused(asked: CondaDeclaration, cache: Path, **more: str) -> CondaUnsolvableError:
    with pytest.raises(CondaUnsolvableError) as caught:
        lock_conda(asked, cache=cache, **more)  # type: ignore[arg-type]
    return caught.value


def test_that_a_lock_holds_all_that_is_installed(
    channel: Channel, tmp_path: Path
) -> None:
    told: list[Progress] = []
    lock = lock_conda(
        asked(channel, f"python={PYTHON}", "plots"),
        cache=tmp_path,
        progress=told.append,
    )
    packages = {package.name: package for package in lock.packages}
    assert versions(lock) | {"python": PYTHON} == {
        "numbers-x": "2.0",
        "plots": "2.0",
        "python": PYTHON,
    }
    assert packages["numbers-x"].needed_by == ("plots",)
    assert packages["plots"].needed_by == ()
    assert packages["plots"].url == f"{channel.url}/noarch/plots-2.0-0.tar.bz2"
    assert packages["plots"].hashes[0].startswith("sha256:")
    assert {package.manager for package in lock.packages} == {"conda"}
    assert (lock.python, lock.platform) == (PYTHON, "linux-64")
    assert lock.solver.startswith("py-rattler ")
    assert explicit_list(lock).splitlines()[1] == "@EXPLICIT"
    assert f"{packages['plots'].url}#" in explicit_list(lock)
    text = read_lock_text(lock.text)
    assert [each["name"] for each in text.packages] == ["numbers-x", "plots", "python"]
    assert all(len(each["sha256"]) == 64 for each in text.packages)
    assert [each.phase for each in told] == ["solving"]


def test_that_order_changes_neither_lock_nor_text(
    channel: Channel, tmp_path: Path
) -> None:
    one = lock_conda(asked(channel, "python", "plots", "numbers-x"), cache=tmp_path)
    two = lock_conda(asked(channel, "numbers-x", "python", "plots"), cache=tmp_path)
    assert (one.digest, one.text) == (two.digest, two.text)


def test_that_a_conflict_is_told_with_the_smallest_changes(
    channel: Channel, tmp_path: Path
) -> None:
    lines = asked(channel, "python", "numbers-x >=2", "plots <2")
    error = refused(lines, tmp_path)
    assert error.message == (
        "'numbers-x >=2' (line 2) and 'plots <2' (line 3) can't be had together: "
        "plots 1.0 needs numbers-x <2"
    )
    assert error.hint == (
        "Either write 'numbers-x=1.1' instead of 'numbers-x >=2'; "
        "or write 'plots=2.0' instead of 'plots <2'"
    )
    for mend in error.mends:
        (change,) = mend.changes
        mended = [
            change.after if spec.text == change.before else spec.text
            for spec in lines.specs
        ]
        assert versions(lock_conda(asked(channel, *mended), cache=tmp_path))


def test_that_the_nearest_version_that_fits_is_proposed(tmp_path: Path) -> None:
    made = Channel(tmp_path / "channel")
    for minor in range(8, 15):
        made.add("python", f"3.{minor}.1", platform="linux-64")
    made.add_module("modern", "1.0", ["python >=3.11"])
    lines = asked(made.write(), "python=3.9", "modern")
    error = refused(lines, tmp_path)
    assert [each.words for each in error.mends] == [
        "remove 'modern'",
        "write 'python=3.11' instead of 'python=3.9'",
    ]


def test_that_a_package_that_is_missing_is_told_with_near_names(
    channel: Channel, tmp_path: Path
) -> None:
    error = refused(asked(channel, "python", "plotz >=1"), tmp_path)
    assert error.message == f"There is no package 'plotz >=1' (line 2) in {channel.url}"
    assert error.hint == "Did you mean 'plots'?"
    (mend,) = error.mends
    assert mend.words == "write 'plots >=1' instead of 'plotz >=1'"


def test_that_a_version_that_is_missing_is_told_with_those_there_are(
    channel: Channel, tmp_path: Path
) -> None:
    error = refused(asked(channel, "python", "numbers-x >=9", "plots=7"), tmp_path)
    assert "No numbers-x fits 'numbers-x >=9' (line 2): there are 2.0, 1.1, 1.0" in (
        error.message
    )
    assert "No plots fits 'plots=7' (line 3): there are 2.0, 1.0" in error.message
    assert len(error.mends) == 2


@pytest.mark.parametrize(
    ("spec", "needs"),
    [
        ("lonely", "lonely 1.0 needs nowhere >=1"),
        ("fast", "fast 1.0 needs __cuda >=12 (an NVIDIA driver with CUDA)"),
    ],
)
def test_that_what_a_package_needs_in_vain_is_named(
    channel: Channel, tmp_path: Path, spec: str, needs: str
) -> None:
    error = refused(asked(channel, "python", spec), tmp_path)
    assert f"'{spec}' (line 2) can't be had here: {needs}" in error.message
    assert error.hint == f"Remove '{spec}'"


def test_that_a_driver_can_be_promised(channel: Channel, tmp_path: Path) -> None:
    lock = lock_conda(asked(channel, "python", "fast"), cache=tmp_path, cuda="12.4")
    assert versions(lock)["fast"] == "1.0"


def test_that_another_platform_is_solved_for_and_told_when_it_lacks(
    channel: Channel, tmp_path: Path
) -> None:
    error = refused(asked(channel, "native", "python"), tmp_path, platform="osx-arm64")
    assert error.message == "'python' (line 2) isn't made for osx-arm64"
    assert "linux-64" in error.hint
    with pytest.raises(InvalidError, match="no platform 'beos'"):
        lock_conda(asked(channel, "python"), cache=tmp_path, platform="beos")
    assert ("__osx", "13.0", "0") in virtual_packages("osx-arm64")


def test_that_without_python_or_hash_or_package_there_is_no_lock(
    channel: Channel, tmp_path: Path
) -> None:
    with pytest.raises(InvalidError, match="No Python"):
        lock_conda(asked(channel, "native"), cache=tmp_path)
    with pytest.raises(InvalidError, match=r"unhashed 1\.0 has no hash"):
        lock_conda(asked(channel, "python", "unhashed"), cache=tmp_path)
    with pytest.raises(InvalidError, match="asks for no conda packages"):
        lock_conda(asked(channel), cache=tmp_path)


def test_that_the_first_channel_with_what_is_asked_for_is_taken(
    channel: Channel, tmp_path: Path
) -> None:
    other = Channel(tmp_path / "newer")
    other.add_module("plots", "3.0")
    other.write()

    def taken(first: Channel, second: Channel, spec: str) -> str:
        lines = CondaDeclaration(
            (Asked(first.url), Asked(second.url)), (Asked("python"), Asked(spec))
        )
        return versions(lock_conda(lines, cache=tmp_path / "cache"))["plots"]

    assert taken(channel, other, "plots") == "2.0"
    assert taken(other, channel, "plots") == "3.0"
    assert taken(channel, other, "plots >=3") == "3.0"


def test_that_a_channel_that_isnt_there_is_told(tmp_path: Path) -> None:
    url = (tmp_path / "none").as_uri()
    with pytest.raises(NotFoundError, match=f"There is no channel at {url}") as caught:
        lock_conda(asked(url, "python"), cache=tmp_path)
    assert "repodata.json" in caught.value.hint


def test_that_pip_packages_are_locked_for_the_python_conda_chose(
    channel: Channel, tmp_path: Path, indexes: PackageIndexes
) -> None:
    lock = lock_conda(
        asked(channel, "python", pip=("alpha",)), cache=tmp_path, indexes=indexes
    )
    by_manager = {p.name: p.manager for p in lock.packages}
    assert by_manager == {
        "python": "conda",
        "alpha": "pip",
        "beta": "pip",
        "gamma": "pip",
    }
    assert "alpha==2.0 \\\n    --hash=sha256:" in read_lock_text(lock.text).pip
    assert ", uv " in lock.solver


def test_that_pip_takes_what_conda_has(
    channel: Channel, tmp_path: Path, index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("onplots", "1.0", ["plots>=1", "numbers-x"])
    for version in ("1.0", "2.0", "3.0"):
        index.wheel("plots", version)
        index.wheel("numbers-x", version)
    lock = lock_conda(
        asked(channel, "python", "plots", pip=("onplots",)),
        cache=tmp_path,
        indexes=indexes,
    )
    assert [p.name for p in lock.packages if p.manager == "pip"] == ["onplots"]
    pip = read_lock_text(lock.text).pip
    assert "onplots==1.0" in pip
    assert "numbers-x==" not in pip
    with pytest.raises(UnsolvableError, match="pip part doesn't fit"):
        lock_conda(
            asked(channel, "python", "plots", pip=("plots>=3",)),
            cache=tmp_path,
            indexes=indexes,
        )


def test_that_what_was_read_earlier_serves_without_a_network(
    channel: Channel, tmp_path: Path
) -> None:
    told: list[Progress] = []
    with served(channel.root) as url:
        lines = asked(url, "python", "plots")
        first = lock_conda(lines, cache=tmp_path)
    again = lock_conda(lines, cache=tmp_path, progress=told.append)
    assert again.text == first.text
    assert "warning" in [each.phase for each in told]
    assert lock_conda(lines, cache=tmp_path, offline=True).text == first.text
    with pytest.raises(UnavailableError, match="can't be reached"):
        lock_conda(lines, cache=tmp_path / "empty")


def test_that_a_token_comes_from_a_variable_and_is_never_told(
    channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Progress] = []
    with served(channel.root, "s3cret-token") as host:
        lines = asked(f"{host}/t/${{CHANNEL_TOKEN}}/", "python", "plots")
        with pytest.raises(InvalidError, match="CHANNEL_TOKEN, which"):
            lock_conda(lines, cache=tmp_path)
        monkeypatch.setenv("CHANNEL_TOKEN", "wrong-token")
        with pytest.raises(UnavailableError, match="lets nobody in") as caught:
            lock_conda(lines, cache=tmp_path, progress=told.append)
        assert "wrong-token" not in f"{caught.value.message}{caught.value.hint}"
        monkeypatch.setenv("CHANNEL_TOKEN", "s3cret-token")
        lock = lock_conda(lines, cache=tmp_path, progress=told.append)
    assert "${CHANNEL_TOKEN}/noarch/plots" in lock.text
    assert "s3cret" not in f"{lock}{told}"


def test_that_a_solve_is_cancelled(channel: Channel, tmp_path: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(WorkCancelled):
        lock_conda(
            asked(channel, "python"),
            cache=tmp_path,
            progress=lambda _: cancel.set(),
            cancel=cancel,
        )


def test_that_a_solve_cancelled_at_any_moment_gives_the_whole_lock_or_none(
    channel: Channel, tmp_path: Path
) -> None:
    lines = asked(channel, "python", "plots", "numbers-x")
    whole = lock_conda(lines, cache=tmp_path / "whole")
    cancelled = 0
    for point in range(20):
        cancel = threading.Event()
        alarm = threading.Timer(point * 0.008, cancel.set)
        alarm.start()
        if not point:
            alarm.join()
        try:
            lock = lock_conda(lines, cache=tmp_path / "cache", cancel=cancel)
        except WorkCancelled:
            cancelled += 1
        else:
            assert lock == whole
        finally:
            alarm.cancel()
            alarm.join()
    assert cancelled
    assert lock_conda(lines, cache=tmp_path / "cache") == whole


def test_that_the_solvers_process_ends_with_who_asked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # accepts, never answers
        request = {
            "work": "solve",
            "channels": [f"http://127.0.0.1:{mute.getsockname()[1]}/c"],
            "specs": ["python"],
            "platform": "linux-64",
            "virtual": [],
            "cache": str(tmp_path),
        }
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "studio.environments.conda_program"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert child.stdin
        assert child.stderr
        with child.stderr:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            assert child.stderr.readline()  # it has begun
            child.stdin.close()
            assert child.wait(timeout=60) == 1


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            "InstallerError",
            "failed to link a\nCaused by: No space left on device (os error 28)",
            "The disk is full",
        ),
        (
            "GatewayError",
            "status 404 Not Found for url (https://h/c/noarch/repodata.json)",
            "There is no channel at https://h/c",
        ),
        (
            "SomethingError",
            "odd\nCaused by: odder",
            "conda packages can't be used",
        ),
    ],
)
def test_that_failures_are_told_in_words(kind: str, text: str, message: str) -> None:
    error: StudioError = failure({"kind": kind, "text": text})
    assert error.message.startswith(message)
    assert error.hint


@pytest.mark.parametrize(
    ("before", "after", "then"),
    [
        ("numpy >=2", "numpy=1.1", "- scipy\n- 'numpy=1.1'  # why\n- z\n"),
        ("numpy >=2", "", "- scipy\n- z\n"),
    ],
)
def test_that_a_fix_is_written_into_the_file(
    before: str, after: str, then: str
) -> None:
    change = LineChange(2, before, after)
    assert after_changes("- scipy\n- 'numpy  >=2'  # why\n- z\n", [change]) == then


def test_that_a_fix_is_written_into_a_row() -> None:
    row = "dependencies: [python, numpy >=2, z]\n"
    drop = LineChange(1, "numpy >=2", "")
    assert after_changes(row, [drop]) == "dependencies: [python, z]\n"
    other = LineChange(1, "python", "python=3.11")
    assert after_changes(row, [other]) == "dependencies: [python=3.11, numpy >=2, z]\n"


@pytest.mark.parametrize(
    "text", ["", "a: [", "version: 2", "version: 1", "version: 1\npackages: [a]", "x"]
)
def test_that_a_damaged_lock_is_told(text: str) -> None:
    with pytest.raises(InvalidError, match="This lock can't be read"):
        read_lock_text(text)


def test_that_a_packaged_folder_says_how_condas_packages_are_installed(
    channel: Channel, tmp_path: Path
) -> None:
    lock = lock_conda(asked(channel, f"python={PYTHON}", "plots"), cache=tmp_path)
    made = write_model_folder(ModelRecipe("", (), ()), tmp_path / "made", lock, "m:1")
    assert (made / "conda.lock").read_text() == explicit_list(lock)
    assert (made / "requirements.lock").read_text() == ""
    assert "conda create --prefix ./env" in (made / "README.md").read_text()
