"""Which engines are known, and which one is used."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path

import pytest

from studio.domain.errors import InvalidError, NotFoundError
from studio.targets.docker_contexts import context_named, contexts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def add_context(home: Path, name: str, host: str, *, tls: bool = False) -> None:
    digest = hashlib.sha256(name.encode()).hexdigest()
    folder = home / ".docker/contexts/meta" / digest
    folder.mkdir(parents=True)
    told = {"Name": name, "Endpoints": {"docker": {"Host": host}}}
    (folder / "meta.json").write_text(json.dumps(told))
    if tls:
        (home / ".docker/contexts/tls" / digest / "docker").mkdir(parents=True)


def choose(home: Path, name: str) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    told = json.dumps({"currentContext": name})
    (home / ".docker/config.json").write_text(told)


def current(home: Path, **variables: str) -> tuple[str, str]:
    found = context_named(environment={"HOME": str(home), **variables})
    return found.name, found.host


def test_that_docker_host_comes_first(home: Path) -> None:
    add_context(home, "lab", "tcp://lab:2376", tls=True)
    choose(home, "lab")
    host = "unix:///run/other.sock"
    assert current(home, DOCKER_HOST=host) == ("default", host)
    assert current(home) == ("lab", "tcp://lab:2376")


def test_that_the_variable_of_the_context_wins_over_the_settings(home: Path) -> None:
    add_context(home, "lab", "tcp://lab:2376")
    add_context(home, "office", "tcp://office:2376")
    choose(home, "lab")
    assert current(home, DOCKER_CONTEXT="office")[0] == "office"


def test_that_a_rootless_engine_is_found_without_a_context(home: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(home / "docker.sock"))
        found = contexts({"HOME": str(home), "XDG_RUNTIME_DIR": str(home)})
    assert ("rootless", f"unix://{home}/docker.sock") in [
        (each.name, each.host) for each in found
    ]
    assert sum(each.current for each in found) == 1


def test_that_a_context_knows_its_certificates_and_that_it_is_elsewhere(
    home: Path,
) -> None:
    add_context(home, "lab", "tcp://lab:2376", tls=True)
    found = context_named("lab", {"HOME": str(home)})
    assert found.certificates.endswith("/docker")
    assert found.remote
    assert not context_named("default", {"HOME": str(home)}).remote


def test_that_settings_cut_in_half_hide_no_engine(home: Path) -> None:
    choose(home, "lab")
    (home / ".docker/config.json").write_text('{"currentCon')
    assert [each.name for each in contexts({"HOME": str(home)})] == ["default"]


def test_that_a_context_that_is_gone_is_told(home: Path) -> None:
    choose(home, "gone")
    with pytest.raises(InvalidError, match="'gone', which doesn't exist"):
        contexts({"HOME": str(home)})
    with pytest.raises(NotFoundError) as refused:
        context_named("lab", {"HOME": str(home), "DOCKER_CONTEXT": "default"})
    assert refused.value.hint == "There are: default"
