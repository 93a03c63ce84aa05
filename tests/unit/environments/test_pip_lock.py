from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from studio.domain.errors import (
    InvalidError,
    RefusedError,
    StudioError,
    UnavailableError,
)
from studio.environments.package_indexes import PackageIndexes
from studio.environments.pip_lock import lock_pip
from studio.environments.tool import Progress, WorkCancelled
from studio.environments.uv_errors import NetworkAwayError, UnsolvableError
from tests.local_index import LocalIndex


def test_that_a_lock_has_every_package_with_its_hash_and_who_needs_it(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    lock = lock_pip("alpha\n", indexes=indexes)
    told = {each.name: (each.version, each.needed_by) for each in lock.packages}
    assert told == {
        "alpha": ("2.0", ()),
        "beta": ("3.0", ("alpha",)),
        "gamma": ("1.0", ("alpha",)),
    }
    for package in lock.packages:
        files = [f for f in index.packages[package.name] if package.version in f.name]
        digest = hashlib.sha256(files[0].content).hexdigest()
        assert package.hashes == (f"sha256:{digest}",)
    assert lock.solver.startswith("uv ")


def test_that_order_comments_and_spelling_give_the_same_lock(
    indexes: PackageIndexes,
) -> None:
    one = lock_pip("alpha\nbeta<4\ngamma\n", indexes=indexes)
    other = lock_pip(
        "# mine\n\nGamma\nbeta \\\n  <4  # not later\n alpha\ngamma\n", indexes=indexes
    )
    assert one.digest == other.digest
    assert one.digest != lock_pip("alpha<2", indexes=indexes).digest


def test_that_a_package_asked_for_itself_is_needed_by_nobody(
    indexes: PackageIndexes,
) -> None:
    lock = lock_pip("alpha\nbeta", indexes=indexes)
    assert [p.needed_by for p in lock.packages if p.name == "beta"] == [()]


def test_that_markers_are_kept_and_decide_for_the_platform(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    text = 'beta; python_version < "3.12"\ngamma; sys_platform == "win32"\n'
    lock = lock_pip(text, indexes=indexes)
    assert [(p.name, p.marker) for p in lock.packages] == [
        ("beta", "python_full_version < '3.12'")
    ]
    windows = lock_pip(text, platform="win-64", indexes=indexes)
    assert [p.name for p in windows.packages] == ["beta", "gamma"]


def test_that_constraints_bind_without_asking_for_anything(
    indexes: PackageIndexes, tmp_path: Path
) -> None:
    lock = lock_pip("alpha", constraints="beta<3\ndelta<1", indexes=indexes)
    assert lock.version_of("alpha") == "1.0"
    company = tmp_path / "of the company.txt"
    company.write_text("beta<3")
    bound = replace(indexes, constraints=(str(company),))
    assert lock_pip("alpha", indexes=bound).digest == lock.digest


def test_that_progress_tells_each_package_chosen(indexes: PackageIndexes) -> None:
    told: list[Progress] = []
    lock_pip("alpha", indexes=indexes, progress=told.append)
    assert {"alpha 2.0", "beta 3.0", "gamma 1.0"} <= {each.message for each in told}
    assert max(each.done for each in told) == 3


def test_that_a_yanked_version_is_taken_when_named_and_told(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.wheel("beta", "4.0", yanked="loses rows")
    told: list[Progress] = []
    assert lock_pip("beta", indexes=indexes).version_of("beta") == "3.0"
    lock_pip("beta==4.0", indexes=indexes, progress=told.append)
    warned = [each.message for each in told if each.phase == "warning"]
    assert warned == ['`beta==4.0` is yanked (reason: "loses rows")']


def test_that_versions_that_dont_fit_are_told_in_words(indexes: PackageIndexes) -> None:
    with pytest.raises(UnsolvableError) as caught:
        lock_pip("alpha==2.0\nbeta<3", indexes=indexes)
    assert "depends on beta>=3" in caught.value.message
    assert caught.value.code == "unsolvable"


def test_that_code_of_a_package_is_run_only_when_allowed(
    index: LocalIndex, indexes: PackageIndexes, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    index.sdist("zeta", "1.0", f"open({str(ran)!r}, 'w')")
    with pytest.raises(StudioError):
        lock_pip("zeta", indexes=indexes)
    assert not ran.exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--pre", "Line 2: the option '--pre'"),
        ("-e .", "Line 2: the option '-e'"),
        ("beta @ https://u:secret@x.example/b.whl", "Line 2: this address holds"),
    ],
)
def test_that_what_no_environment_may_have_is_refused_with_its_line(
    line: str, message: str
) -> None:
    with pytest.raises((InvalidError, RefusedError)) as caught:
        lock_pip(f"# one\n{line}", indexes=PackageIndexes())
    assert message in caught.value.message
    assert "secret" not in caught.value.message


def test_that_an_unknown_platform_names_those_there_are() -> None:
    with pytest.raises(InvalidError) as caught:
        lock_pip("beta", platform="amiga", indexes=PackageIndexes())
    assert "linux-64" in caught.value.hint


def test_that_the_cache_suffices_when_no_index_answers(
    index: LocalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with index.served() as url:
        here = PackageIndexes(default=url, cache=str(tmp_path / "cache"))
        before = lock_pip("alpha", indexes=here)
    told: list[Progress] = []
    assert lock_pip("alpha", indexes=here, progress=told.append).digest == before.digest
    assert any("No package index answers" in each.message for each in told)
    with pytest.raises(NetworkAwayError) as caught:
        lock_pip("delta", indexes=here)
    assert "doesn't answer" in caught.value.message


def test_that_asking_offline_for_what_the_cache_lacks_is_told_plainly(
    indexes: PackageIndexes,
) -> None:
    with pytest.raises(UnavailableError) as caught:
        lock_pip("alpha", indexes=replace(indexes, offline=True))
    assert "cache" in caught.value.message


def test_that_an_index_with_a_password_is_read_and_never_shown(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.password = "hunter2"
    with pytest.raises(UnavailableError) as caught:
        lock_pip("alpha", indexes=indexes)
    assert "wants a user and password" in caught.value.message
    known = replace(indexes, default=indexes.default.replace("//", "//reader:hunter2@"))
    told: list[Progress] = []
    lock = lock_pip("alpha", indexes=known, progress=told.append)
    assert "hunter2" not in repr((lock, told))
    wrong = replace(indexes, default=indexes.default.replace("//", "//reader:nope77@"))
    with pytest.raises(UnavailableError) as refused:
        lock_pip("alpha", indexes=replace(wrong, cache=f"{indexes.cache}2"))
    assert "nope77" not in refused.value.message + refused.value.hint


def test_that_no_argument_of_the_child_holds_a_credential(
    index: LocalIndex, indexes: PackageIndexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess

    commands: list[list[str]] = []
    start = subprocess.Popen.__init__

    def noted(self: subprocess.Popen[bytes], command: list[str], **kw: object) -> None:
        commands.append(command)
        start(self, command, **kw)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    index.password = "hunter2"
    url = indexes.default.replace("//", "//reader:hunter2@")
    lock_pip("alpha", indexes=replace(indexes, default=url))
    assert commands
    assert "hunter2" not in repr(commands)


def test_that_cancelling_while_an_index_is_silent_ends_it_at_once(
    index: LocalIndex, indexes: PackageIndexes
) -> None:
    index.hold = threading.Event()
    cancelled = threading.Event()
    index.on_ask = cancelled.set
    with pytest.raises(WorkCancelled):
        lock_pip("alpha", indexes=indexes, cancel=cancelled)
    assert not index.hold.is_set()
    assert index.asked == ["/simple/alpha/"]


def test_that_cancelling_at_twenty_points_gives_no_lock_and_stops_asking(
    tmp_path: Path,
) -> None:
    index = LocalIndex()
    for number in range(12):
        index.wheel(f"part{number}", "1.0")
    points = 0

    def pass_by(_: Progress | None = None) -> None:
        nonlocal points
        points += 1
        if points > point:
            cancel.set()

    index.on_ask = pass_by
    text = "\n".join(index.packages)
    with index.served() as url:
        for point in range(20):
            points, cancel = 0, threading.Event()
            fresh = PackageIndexes(default=url, cache=str(tmp_path / str(point)))
            with pytest.raises(WorkCancelled):
                lock_pip(text, indexes=fresh, progress=pass_by, cancel=cancel)
        index.on_ask = lambda: None
        cache = tmp_path / "19"  # what the last one has left serves
        indexes = PackageIndexes(default=url, cache=str(cache))
        assert len(lock_pip(text, indexes=indexes).packages) == 12
