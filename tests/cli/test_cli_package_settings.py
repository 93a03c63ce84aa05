"""Where packages come from, set on the command line, on a network like a company's."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from studio.domain.errors import StudioError
from studio.environments.package_indexes import PackageIndexes
from studio.environments.uv import run_uv, working_folder
from tests.cli.command_line import CommandLine
from tests.cli.conftest import Inside
from tests.company_network import Authority, authority, keyring, need_keyring, served
from tests.company_network import sending_elsewhere as sending
from tests.local_index import LocalIndex

PASSWORD = "p@ss/of+the=index"
SET = ("settings", "packages", "set")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and a cache that only this test sees; pip's and uv's say nothing."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    for name in [n for n in os.environ if n.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    return tmp_path / "config" / "mlops-studio" / "packages.json"


@pytest.fixture
def index() -> LocalIndex:
    made = LocalIndex(password=PASSWORD)
    made.wheel("pip", "99.0")
    made.wheel("alpha", "1.0", ["beta"])
    made.wheel("beta", "1.0")
    return made


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    need_keyring()
    with keyring(tmp_path / "keyring") as variables:
        yield variables


def test_that_a_private_index_is_used_with_its_certificate_and_a_log_in_of_the_keyring(
    own_settings: Path,
    known: Authority,
    index: LocalIndex,
    opened: Mapping[str, str],
    root: Path,
    tmp_path: Path,
) -> None:
    studio = CommandLine(root, {**os.environ, **opened})
    (tmp_path / "requirements.txt").write_text("alpha\n")
    with served(index, known.tls) as url:
        studio(*SET, "--index", url)
        distrusted = studio("settings", "packages", "test", "--json")
        studio(*SET, "--ca-bundle", str(known.certificates))
        stranger = studio("settings", "packages", "test", "--json")
        kept = studio(
            *("settings", "packages", "login", url, "--user", "reader"),
            "--password-stdin",
            stdin=f"{PASSWORD}\n",
        )
        welcome = studio("settings", "packages", "test", "--json")
        studio("environments", "create", str(tmp_path / "requirements.txt"), "--name=e")
        locked = studio("environments", "lock", "e", "--json")
    assert "isn't trusted here" in distrusted.json["places"][0]["message"]
    assert "401" in stranger.json["places"][0]["message"]
    assert (stranger.code, kept.code, welcome.code) == (1, 0, 0), welcome.out
    assert locked.json["locks"][0]["sources"] == [url]
    assert PASSWORD not in own_settings.read_text() + locked.out + locked.err
    assert url in own_settings.read_text()


def test_that_without_a_keyring_a_password_is_kept_nowhere(
    own_settings: Path, inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        def readline(self) -> str:
            return f"{PASSWORD}\n"

    monkeypatch.setattr("sys.stdin", Stdin())
    login = ("settings", "packages", "login", "https://index.example/simple")
    answer = inside(*login, "--password-stdin")
    assert answer.code == 1
    assert "No system keyring is open" in answer.err
    assert not own_settings.exists()


def test_that_a_log_in_stays_with_its_server(
    own_settings: Path, index: LocalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends elsewhere gets what is its own, the other gets nothing."""
    here: list[str] = []
    there: list[str] = []
    with (
        sending("http://127.0.0.1:9", there) as other,
        sending(other, here) as first,
        working_folder({"r.in": "alpha\n"}) as folder,
        pytest.raises(StudioError) as caught,
    ):
        run_uv(
            ["pip", "compile", "r.in", "--no-deps", "--no-build"],
            indexes=PackageIndexes(default=first.replace("://", "://reader:secret-0@")),
            folder=folder,
            phase="solving",
            retries=0,
        )
    assert any(here)
    assert there
    assert not any(there)
    assert "secret-0" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--index", "packages.example"], "isn't the address of a package index"),
        (["--index", "ftp://packages.example"], "isn't the address of a package index"),
        (["--index", "https://me:hidden@x.example/simple"], "holds a user or password"),
        (["--proxy", "http://me:hid/den@proxy:3128"], "holds a user or password"),
        (["--conda-channel", "no channel"], "isn't the address of a conda channel"),
        (["--ca-bundle", "{wrong}"], "isn't a file of certificates"),
        (["--ca-bundle", "{none}"], "There is no file"),
        (["--ca-bundle", "{key}"], "holds a private key"),
        (["--ca-in-images"], "no certificates that images could get"),
        (["--vulnerabilities", "{none}"], "There is no vulnerability database"),
        (["--vulnerabilities", "{empty}"], "holds no records of vulnerabilities"),
    ],
)
def test_that_what_cannot_be_meant_is_refused_and_nothing_kept(
    own_settings: Path,
    inside: Inside,
    known: Authority,
    tmp_path: Path,
    words: list[str],
    message: str,
) -> None:
    (tmp_path / "wrong").write_text("no certificate")
    (tmp_path / "empty").mkdir()
    places = {
        "wrong": tmp_path / "wrong",
        "none": tmp_path / "none",
        "key": known.certificates.with_name("server.pem"),
        "empty": tmp_path / "empty",
    }
    answer = inside(*SET, *(word.format(**places) for word in words))
    assert answer.code == 1
    assert message in answer.err
    assert "hid" not in answer.err.replace("hidden:", "")
    assert not own_settings.exists()


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ("https://no-such-host.invalid/simple", "can't be found"),
        ("http://127.0.0.1:9/simple", "doesn't answer"),
    ],
)
def test_that_a_test_says_in_words_why_an_index_gives_no_answer(
    own_settings: Path, inside: Inside, index: str, message: str
) -> None:
    inside(*SET, "--index", index)
    answer = inside("settings", "packages", "test", "--json")
    assert answer.code == 1
    assert message in answer.json["places"][0]["message"]


def test_that_offline_asks_nobody_and_takes_what_the_cache_has(
    own_settings: Path, index: LocalIndex, inside: Inside, root: Path, tmp_path: Path
) -> None:
    index.password = ""
    (tmp_path / "one.txt").write_text("alpha\n")
    (tmp_path / "two.txt").write_text("gamma\n")
    studio = ("--workspace", str(root))
    with served(index) as url:
        inside(*SET, "--index", url)
        inside(*studio, "environments", "create", str(tmp_path / "one.txt"), "--name=e")
        inside(*studio, "environments", "create", str(tmp_path / "two.txt"), "--name=f")
        inside(*studio, "environments", "lock", "e")
        inside(*SET, "--offline")
        index.asked.clear()
        again = inside(*studio, "environments", "lock", "e", "--again")
        other = inside(*studio, "environments", "lock", "f")
        tested = inside("settings", "packages", "test", "--json")
        assert index.asked == []
    assert again.code == 0
    assert other.code == 1
    assert "offline" in (other.err + other.out).lower()
    assert tested.json["places"][0]["outcome"] == "warning"


def test_that_a_broken_file_of_settings_is_said_and_not_passed_over(
    own_settings: Path, inside: Inside
) -> None:
    own_settings.parent.mkdir(parents=True)
    own_settings.write_text('{"index": 7}')
    answer = inside("settings", "packages", "show")
    assert answer.code == 1
    assert "can't be used: 'index' can't be 7" in answer.err
