"""Images really built: reused, cancelled, broken off, and with nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from docker_engine import TestEngine, start, stopped

from studio.domain.container_engine import EngineContext
from studio.domain.errors import StudioError, UnavailableError
from studio.environments.build_log import BuildFailedError
from studio.environments.image_build import (
    BuildOptions,
    BuiltImage,
    build_classic,
    image_id,
)
from studio.environments.image_context import folder_context
from studio.environments.tool import Progress, WorkCancelled
from studio.targets.docker_engine import DockerEngine, connect
from tests.workspaces import eventually

pytestmark = pytest.mark.docker

CANCELS = 20


def write(folder: Path, *lines: str, base: str = "studio-test-base:1") -> None:
    (folder / "Dockerfile").write_text("\n".join([f"FROM {base}", *lines]) + "\n")


def build(engine: DockerEngine, folder: Path, **options: bool) -> BuiltImage:
    """Under a name of its own: other tests use the same engine meanwhile."""
    wanted = BuildOptions(f"studio-test:{folder.name}", **options)
    return build_classic(engine, folder_context(folder), wanted)


def held(engine: DockerEngine) -> tuple[set[str], set[str]]:
    """Every image and container, intermediate ones among them."""
    images = engine.api.images(all=True, quiet=True)
    return set(images), {each["Id"] for each in engine.api.containers(all=True)}


def test_that_a_build_tells_its_phases_and_runs_without_a_network(
    engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "data.bin").write_bytes(b"x" * 300_000)
    write(tmp_path, "COPY data.bin /d", "RUN python3 -c 'import os; print(6*7)'")
    told: list[Progress] = []
    context = folder_context(tmp_path)
    options = BuildOptions("studio-test:phases", fresh=True)
    built = build_classic(engine, context, options, progress=told.append)
    assert [p.done for p in told if p.phase == "sending"][-1] == 300_000
    steps = [p for p in told if p.phase == "building"]
    assert [p.message for p in steps if p.message == "42"] == ["42"]
    assert (steps[-1].done, steps[-1].total) == (2, 3)
    assert "42\n" in built.log
    assert built.size_bytes > 100e6
    engine.api.remove_image("studio-test:phases", force=True)

    write(tmp_path, "RUN ls /sys/class/net")
    devices = build(engine, tmp_path, fresh=True).log.splitlines()
    assert "lo" in devices and "eth0" not in devices


def test_that_only_lines_after_a_change_are_built_again(
    engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "score.py").write_text("1")
    write(tmp_path, f"RUN echo {tmp_path.name}", "COPY score.py /s")
    first = build(engine, tmp_path)
    (tmp_path / "score.py").write_text("2")
    second = build(engine, tmp_path)
    assert "Using cache" not in first.log
    assert second.log.count("Using cache") == 1
    assert second.id != first.id
    with pytest.raises(StudioError):  # the one it replaced isn't left without a name
        from studio.targets.docker_errors import told

        with told(engine.context):
            engine.api.inspect_image(first.id)


def test_that_a_build_cancelled_at_twenty_points_leaves_nothing(
    own_engine: DockerEngine, tmp_path: Path
) -> None:
    for number in range(20):
        (tmp_path / f"file{number}").write_bytes(bytes([number]) * 200_000)
    lines = ["COPY . /w", "RUN echo one", "ENV A=1", "RUN sleep 0.2", "RUN echo two"]
    write(tmp_path, *lines)
    before = held(own_engine)
    points = 0
    for point in range(CANCELS):
        cancel = threading.Event()
        heard = 0

        def hear(
            _: Progress, cancel: threading.Event = cancel, at: int = point
        ) -> None:
            nonlocal heard
            heard += 1
            if heard > at * 2:
                cancel.set()

        with pytest.raises(WorkCancelled):
            build_classic(
                own_engine,
                folder_context(tmp_path),
                BuildOptions("studio-test:cancelled", fresh=True),
                progress=hear,
                cancel=cancel,
            )
        points += 1
        assert held(own_engine) == before
    assert points == CANCELS


BUILD = """
import os, signal, sys
from pathlib import Path
from studio.domain.container_engine import EngineContext
from studio.environments.image_build import BuildOptions, build_classic
from studio.environments.image_context import folder_context
from studio.targets.docker_engine import connect

host, folder, point = sys.argv[1:]

def hear(progress):
    if point in (progress.phase, progress.message[: len(point)]):
        os.kill(os.getpid(), signal.SIGKILL)

with connect(EngineContext("own", host)) as engine:
    options = BuildOptions("studio-test:killed", fresh=True)
    build_classic(engine, folder_context(Path(folder)), options, progress=hear)
"""


def test_that_a_builder_that_was_killed_has_made_no_image(
    own_docker_engine: TestEngine, own_engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "data.bin").write_bytes(b"x" * 300_000)
    write(tmp_path, "COPY data.bin /d", "RUN sleep 1", "RUN echo done")
    for point in ("sending", "Step 2", "Step 3"):
        words = [sys.executable, "-c", BUILD, own_docker_engine.host]
        killed = subprocess.run([*words, str(tmp_path), point], check=False)
        assert killed.returncode == -signal.SIGKILL
        eventually(lambda: not own_engine.api.containers(), "the end of its commands")
        assert image_id(own_engine, "studio-test:killed") == ""
    options = BuildOptions("studio-test:killed")
    built = build_classic(own_engine, folder_context(tmp_path), options)
    assert image_id(own_engine, "studio-test:killed") == built.id
    own_engine.api.remove_image("studio-test:killed", force=True)
    own_engine.api.prune_images({"dangling": True})


def test_that_a_command_that_runs_for_long_is_cancelled_at_once(
    own_engine: DockerEngine, tmp_path: Path
) -> None:
    write(tmp_path, "RUN sleep 300")
    before, cancel = held(own_engine), threading.Event()

    def hear(progress: Progress) -> None:
        if "Running in" in progress.message:
            cancel.set()

    began = time.monotonic()
    with pytest.raises(WorkCancelled):
        build_classic(
            own_engine,
            folder_context(tmp_path),
            BuildOptions("studio-test:cancelled", fresh=True),
            progress=hear,
            cancel=cancel,
        )
    assert time.monotonic() - began < 30
    assert held(own_engine) == before


def test_that_an_engine_that_stops_in_mid_build_is_told_and_its_cache_serves_again(
    own_docker_engine: TestEngine, tmp_path: Path
) -> None:
    write(tmp_path, "RUN echo before", "RUN sleep 300")
    running, refused = threading.Event(), []

    def hear(progress: Progress) -> None:
        if "sleep 300" in progress.message:
            running.set()

    def work() -> None:
        context = EngineContext("tests", own_docker_engine.host)
        try:
            with connect(context) as engine:
                build_classic(
                    engine,
                    folder_context(tmp_path),
                    BuildOptions("studio-test:stopped"),
                    progress=hear,
                )
        except StudioError as error:
            refused.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert running.wait(60)
    with stopped(own_docker_engine):
        thread.join(60)
        assert not thread.is_alive()
    assert isinstance(refused[0], UnavailableError)
    assert "stopped while it was building at step 3 of 3" in refused[0].message
    write(tmp_path, "RUN echo before")
    with connect(EngineContext("tests", own_docker_engine.host)) as engine:
        built = build(engine, tmp_path)
    assert "Using cache" in built.log


def test_that_a_disk_that_is_full_in_mid_build_is_told(
    docker_engine: TestEngine, tmp_path: Path
) -> None:
    import os

    small = start(os.getpid(), megabytes=420)
    with (tmp_path / "big").open("wb") as big:
        big.truncate(400_000_000)
    write(tmp_path, "COPY big /big")
    with connect(EngineContext("tests", small.host)) as engine:
        with pytest.raises(StudioError, match="on which Docker keeps its images"):
            build(engine, tmp_path)
        assert engine.api.images("studio-test") == []


def test_that_the_layers_of_a_failed_build_are_used_by_the_next(
    engine: DockerEngine, tmp_path: Path
) -> None:
    write(tmp_path, f"RUN echo {tmp_path}", "RUN false")
    with pytest.raises(BuildFailedError):
        build(engine, tmp_path)
    write(tmp_path, f"RUN echo {tmp_path}", "RUN true")
    assert "Using cache" in build(engine, tmp_path).log


def test_that_a_secret_that_a_command_prints_isnt_in_the_log(
    engine: DockerEngine, tmp_path: Path
) -> None:
    write(tmp_path, "RUN echo the password is hun''ter2")
    told: list[Progress] = []
    built = build_classic(
        engine,
        folder_context(tmp_path),
        BuildOptions("studio-test:hidden", fresh=True),
        progress=told.append,
        hide=lambda text: text.replace("hunter2", "***"),
    )
    assert "the password is ***" in built.log
    assert "hunter2" not in built.log + "".join(p.message for p in told)
