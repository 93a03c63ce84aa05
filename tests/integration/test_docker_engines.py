"""Talking to a real engine, to none, and to one that must not be used."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest
from docker_engine import TestEngine, start

from studio.domain.container_engine import EngineContext
from studio.domain.errors import NotFoundError, StudioError, UnavailableError
from studio.targets.docker_engine import DockerEngine, connect, engine_state
from studio.targets.docker_errors import told


@pytest.mark.docker
def test_that_an_engine_says_what_it_is(
    docker_engine: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_engine.host)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    state = engine_state()
    assert state.found, state.message
    assert state.context.source == "DOCKER_HOST"
    assert state.platform == "linux/x86_64"
    assert state.storage == "overlay2"
    assert state.gpu == "" and "runc" in state.runtimes
    assert state.free_bytes and state.cpus and state.memory_bytes
    assert not state.rootless


@pytest.mark.docker
def test_that_the_disk_that_images_take_is_known(engine: DockerEngine) -> None:
    used = engine.disk_use()
    assert used.images > 100e6
    assert used.total >= used.images >= 0
    assert used.reclaimable > 0


@pytest.mark.docker
def test_that_what_docker_lacks_is_a_clear_error(engine: DockerEngine) -> None:
    with pytest.raises(NotFoundError, match="no-such-image"), told(engine.context):
        engine.api.inspect_image("no-such-image")


@pytest.mark.docker
def test_that_a_wanted_gpu_that_the_engine_lacks_is_told_in_plain_words(
    docker_engine: TestEngine, engine: DockerEngine
) -> None:
    wanted = [{"Driver": "", "Count": 1, "Capabilities": [["gpu"]]}]
    config = engine.api.create_host_config(device_requests=wanted)
    made = engine.api.create_container(docker_engine.base, "true", host_config=config)
    gpu = "no GPU support"
    try:
        with pytest.raises(UnavailableError, match=gpu), told(engine.context):
            engine.api.start(made)
    finally:
        engine.api.remove_container(made, force=True)


def sign(folder: Path, name: str, extra: str) -> None:
    """A key and a certificate of the folder's own authority."""
    key, wish = folder / f"{name}-key.pem", folder / f"{name}.csr"
    (folder / f"{name}.ext").write_text(extra)
    for words in (
        f"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {key} -out {wish}",
        f"x509 -req -days 2 -in {wish} -CA {folder}/ca.pem -CAkey {folder}/ca-key.pem "
        f"-CAcreateserial -extfile {folder}/{name}.ext -out {folder}/{name}-cert.pem",
    ):
        subprocess.run(["openssl", *words.split()], check=True, capture_output=True)


@pytest.mark.docker
def test_that_an_engine_over_tls_is_used_with_its_own_authority(
    docker_engine: TestEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=tests "
    authority += f"-keyout {tmp_path}/ca-key.pem -out {tmp_path}/ca.pem"
    subprocess.run(["openssl", *authority.split()], check=True, capture_output=True)
    sign(tmp_path, "server", "subjectAltName=IP:127.0.0.1\n")
    sign(tmp_path, "client", "extendedKeyUsage=clientAuth\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    files = {"cacert": "ca", "cert": "server-cert", "key": "server-key"}
    options = [f"--tls{name}={tmp_path}/{file}.pem" for name, file in files.items()]
    address = f"--host=tcp://127.0.0.1:{port}"
    start(os.getpid(), options=[address, "--tlsverify", *options])

    own = tmp_path / "own"
    own.mkdir()
    for name, file in (("ca", "ca"), ("cert", "client-cert"), ("key", "client-key")):
        (own / f"{name}.pem").write_bytes((tmp_path / f"{file}.pem").read_bytes())
    monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{port}")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    monkeypatch.setenv("DOCKER_CERT_PATH", str(own))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt")
    state = engine_state()
    assert state.found, state.message

    (own / "ca.pem").write_bytes((tmp_path / "server-cert.pem").read_bytes())
    state = engine_state()
    assert not state.found
    assert "can't be trusted" in state.message
    assert str(own) in state.hint


def test_that_no_engine_is_told_with_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"unix://{tmp_path}/none.sock"
    monkeypatch.setenv("DOCKER_HOST", host)
    state = engine_state()
    assert not state.found
    assert state.message == f"No Docker engine answers at {host}"
    assert "start that engine, or unset it" in state.hint


def test_that_a_socket_of_somebody_else_is_told(tmp_path: Path) -> None:
    error = PermissionError(13, "Permission denied")
    context = EngineContext("default", "unix:///var/run/docker.sock")
    with pytest.raises(UnavailableError) as refused, told(context):
        raise error
    assert "usermod -aG docker" in refused.value.hint


@pytest.mark.parametrize("host", ["tcp://lab:2375", "tcp://127.0.0.1:2375"])
def test_that_an_engine_without_encryption_is_never_used(host: str) -> None:
    with pytest.raises(UnavailableError, match="without a checked encryption"):
        connect(EngineContext("lab", host))


def test_that_certificates_that_are_missing_are_named(tmp_path: Path) -> None:
    context = EngineContext("lab", "tcp://lab:2376", certificates=str(tmp_path))
    with pytest.raises(StudioError) as refused:
        connect(context)
    assert str(tmp_path) in refused.value.hint
