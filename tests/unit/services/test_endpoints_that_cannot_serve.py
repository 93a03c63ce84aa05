"""An endpoint that fails, is stopped or was copied says one thing everywhere."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from workspaces import eventually

from studio.bootstrap import Studio, open_workspace
from studio.cli.app import run as command_line
from studio.domain.endpoint import Deployment, DeploymentSpec, Endpoint
from studio.domain.errors import UnavailableError
from studio.services.endpoints import scoring
from studio.services.processes import this_process, works_in

SCRIPT = """
def init(): pass
def run(raw_data): return raw_data
"""


@pytest.fixture
def spec(tmp_path: Path) -> DeploymentSpec:
    (tmp_path / "score.py").write_text(SCRIPT)
    return DeploymentSpec("echo", "blue", scoring_script=str(tmp_path / "score.py"))


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield int(taken.getsockname()[1])


@pytest.fixture
def stopping(studio: Studio) -> Iterator[Studio]:
    yield studio
    studio.endpoints.stop_all()


def blue(studio: Studio) -> Deployment:
    found = studio.endpoints.get("echo").deployment("blue")
    assert found
    return found


def fail(studio: Studio, spec: DeploymentSpec, port: int) -> Endpoint:
    studio.endpoints.deploy(replace(spec, port=port))
    eventually(lambda: studio.endpoints.get("echo").state == "FAILED", "the failure")
    return studio.endpoints.get("echo")


def test_that_a_deployment_shares_the_failure_of_its_endpoint(
    stopping: Studio, spec: DeploymentSpec, taken_port: int
) -> None:
    endpoint = fail(stopping, spec, taken_port)
    assert f"Port {taken_port} is already used" in endpoint.message
    found = blue(stopping)
    assert (found.state, found.message) == ("FAILED", endpoint.message)
    with pytest.raises(UnavailableError) as refused:
        stopping.endpoints.invoke("echo", b"{}")
    assert "(FAILED): Port" in str(refused.value)


def test_that_a_failed_endpoint_is_stopped_after_stop(
    stopping: Studio, spec: DeploymentSpec, taken_port: int
) -> None:
    fail(stopping, spec, taken_port)
    stopped = stopping.endpoints.stop("echo")
    assert (stopped.state, stopped.message) == ("STOPPED", "")
    assert (blue(stopping).state, blue(stopping).message) == ("STOPPED", "")
    assert [each.state for each in stopping.endpoints.list()] == ["STOPPED"]


def test_that_start_exits_with_3_when_the_endpoint_failed(
    stopping: Studio,
    spec: DeploymentSpec,
    taken_port: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fail(stopping, spec, taken_port)
    stopping.endpoints.stop("echo")
    root = str(stopping.workspace.root)
    assert command_line(("--workspace", root, "endpoints", "start", "echo")) == 3
    assert f"Port {taken_port} is already used" in capsys.readouterr().err


def test_that_a_copied_workspace_doesnt_say_that_it_serves(
    stopping: Studio, spec: DeploymentSpec, tmp_path: Path
) -> None:
    stopping.endpoints.deploy(spec)
    serving = stopping.endpoints.wait("echo", "blue")
    assert (serving.state, bool(serving.pid)) == ("RUNNING", True)
    shutil.copytree(stopping.workspace.root, tmp_path / "copy")
    copy = open_workspace(tmp_path / "copy")
    try:
        seen = copy.endpoints.get("echo")
        assert seen.state == "STOPPED"
        assert str(stopping.workspace.root) in seen.message
        found = blue(copy)
        assert (found.state, found.pid, found.health) == ("STOPPED", None, "")
        assert seen.scoring_uri == ""
        copy.endpoints.start("echo")
        assert copy.endpoints.wait("echo", "blue").state == "RUNNING"
        mine = copy.endpoints.get("echo")
        assert mine.message == ""
        assert mine.scoring_uri != stopping.endpoints.get("echo").scoring_uri
        assert copy.endpoints.invoke("echo", b'"x"').ok
        assert stopping.endpoints.invoke("echo", b'"x"').ok
    finally:
        copy.endpoints.stop_all()
        copy.close()


def test_that_the_runner_of_another_folder_isnt_this_ones(tmp_path: Path) -> None:
    words = ["sh", "-c", "read line; exit", "runner"]
    runner = psutil.Popen(words, cwd=tmp_path, stdin=-1)
    try:
        process = replace(this_process(), pid=runner.pid)
        assert works_in(process, tmp_path)
        (tmp_path / "copy").mkdir()
        assert not works_in(process, tmp_path / "copy")
        assert works_in(this_process(), tmp_path / "copy")
    finally:
        runner.communicate(b"\n")


def test_that_the_hint_fits_what_the_endpoint_does_now() -> None:
    def hint(state: str) -> str:
        return scoring.not_serving(Endpoint("echo", state), None).hint

    assert "Wait until it serves" in hint("STARTING")
    assert hint("STOPPED") == "Start it: studio endpoints start echo"
