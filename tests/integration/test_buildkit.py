"""Somebody's own Dockerfile, built by BuildKit where it has to be."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import pytest

from studio.domain.errors import InvalidError, StudioError, UnavailableError
from studio.environments import buildkit
from studio.environments.build_log import BuildFailedError
from studio.environments.buildkit import find_buildkit, index_secrets
from studio.environments.image_build import BuildOptions
from studio.environments.image_making import dockerfile_image
from studio.environments.images import export_image
from studio.environments.package_indexes import PackageIndexes
from studio.environments.tool import Progress, WorkCancelled
from studio.targets.docker_engine import DockerEngine

pytestmark = pytest.mark.docker

TAG = "studio-test:buildkit"
SECRET = "hunter2-of-the-index"


def write(folder: Path, *lines: str) -> None:
    text = "\n".join(["FROM studio-test-base:1", *lines]) + "\n"
    (folder / "Dockerfile").write_text(text)


def test_that_a_secret_is_seen_by_a_command_and_kept_nowhere(
    engine: DockerEngine, tmp_path: Path
) -> None:
    folder, tag = tmp_path / "context", "studio-test:secret"
    folder.mkdir()
    authority = tmp_path / "ca.pem"
    authority.write_text("an authority of a company")
    indexes = PackageIndexes(
        default=f"https://reader:{SECRET}@index.invalid/simple",
        certificates=str(authority),
    )
    mount = "--mount=type=secret,id=pip.conf,target=/etc/pip.conf"
    write(
        folder,
        f"RUN {mount} pip3 config list && grep -c hunter2 /etc/pip.conf",
        "RUN --mount=type=secret,id=ca.pem cat /run/secrets/ca.pem | wc -c",
    )
    told: list[Progress] = []
    built = dockerfile_image(
        engine,
        folder,
        BuildOptions(tag, fresh=True),
        secrets=index_secrets(indexes),
        progress=told.append,
    )
    lines = built.log.splitlines()
    assert "1" in lines and "25" in lines
    assert any("index-url" in line for line in lines)
    assert told[-1].total == 3
    export_image(engine, tag, tmp_path / "image.tar")
    history = repr(engine.api.history(tag)) + repr(engine.api.inspect_image(tag))
    assert SECRET not in built.log + repr(told) + history
    assert SECRET.encode() not in (tmp_path / "image.tar").read_bytes()
    assert list(Path("/dev/shm").glob("studio-build-*")) == []
    engine.api.remove_image(tag)


@pytest.mark.parametrize(
    ("lines", "told", "line"),
    [
        (
            ["RUN <<EOT", "echo hello", "EOT", "RUN --mount=type=cache,target=/c no"],
            "can't be read",
            0,
        ),
        (
            ["RUN --mount=type=cache,target=/c echo hello", "RUN frobnicate"],
            "Line 3 of the Dockerfile: The command 'frobnicate' isn't in",
            3,
        ),
        (
            ["RUN --mount=type=cache,target=/c true", "COPY model.onnx /m"],
            "Line 3 of the Dockerfile: it copies model.onnx, which isn't in",
            3,
        ),
        (
            ["RUN --mount=type=cache,target=/c true", "INSTAL x"],
            "Line 3 of the Dockerfile can't be read: unknown instruction: INSTAL",
            0,
        ),
    ],
)
def test_that_a_failed_line_is_explained(
    engine: DockerEngine, tmp_path: Path, lines: list[str], told: str, line: int
) -> None:
    write(tmp_path, *lines)
    with pytest.raises(BuildFailedError) as refused:
        dockerfile_image(engine, tmp_path, BuildOptions(TAG))
    assert told in refused.value.message, refused.value.log
    assert refused.value.fault.line == line


def test_that_a_cancelled_build_leaves_no_process_and_no_image(
    own_engine: DockerEngine, tmp_path: Path
) -> None:
    write(tmp_path, "RUN --mount=type=cache,target=/c sleep 301")
    before, cancel = set(own_engine.api.images(all=True, quiet=True)), threading.Event()

    def hear(progress: Progress) -> None:
        if "sleep 301" in progress.message:
            cancel.set()

    with pytest.raises(WorkCancelled):
        dockerfile_image(
            own_engine, tmp_path, BuildOptions(TAG), progress=hear, cancel=cancel
        )
    assert set(own_engine.api.images(all=True, quiet=True)) == before
    deadline = time.monotonic() + 30
    while subprocess.run(["pgrep", "-f", "sleep 301"], capture_output=True).stdout:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_that_a_client_without_buildkit_is_told_with_the_line(
    engine: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = tmp_path / "bin/docker"
    client.parent.mkdir()
    client.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "Docker version 28.2.2" || exit 1\n'
    )
    client.chmod(0o755)
    write(tmp_path, "RUN true", "RUN --mount=type=cache,target=/c true")
    monkeypatch.setenv("PATH", str(client.parent))
    assert find_buildkit() == ""
    with pytest.raises(UnavailableError, match=r"Line 3 of Dockerfile \(RUN --mount"):
        dockerfile_image(engine, tmp_path, BuildOptions(TAG))
    assert buildkit.no_buildkit("x").hint


def test_that_a_plain_dockerfile_needs_no_client(
    engine: DockerEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    write(tmp_path, "RUN true")
    built = dockerfile_image(engine, tmp_path, BuildOptions(TAG))
    labels = engine.api.inspect_image(built.id)["Config"]["Labels"]
    assert labels["mlops-studio.kind"] == "environment"


def test_that_a_base_that_cant_be_had_is_told_before_the_build(
    engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM studio-nowhere.invalid/base:1\n")
    with pytest.raises(StudioError, match="can't be pulled"):
        dockerfile_image(engine, tmp_path, BuildOptions(TAG))
    (tmp_path / "Dockerfile").write_text("FROM UPPER:1\n")
    with pytest.raises(InvalidError, match="isn't the name of an image"):
        dockerfile_image(engine, tmp_path, BuildOptions(TAG))
