"""Models tried in images of environments; the containers are gone afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from docker_engine import TestEngine

from studio.bootstrap import Studio, create_workspace
from studio.domain.container_engine import LABEL, EngineContext
from studio.domain.endpoint import DeploymentSpec
from studio.domain.environment import Declaration
from studio.environments.tool import Progress, WorkCancelled
from studio.services.environments.twin import ImageWish
from studio.targets.docker_engine import DockerEngine
from tests.local_index import LocalIndex
from tests.workspaces import eventually

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

BASE = "studio-test-base:1"
SHUT_IN = """
    import os, pathlib, socket
    import alpha

    def init():
        assert os.getuid() == 10001
        assert os.environ["AZUREML_MODEL_DIR"].startswith("/opt/studio-trial/model")
        assert (pathlib.Path(__file__).parent / "words.txt").read_text() == "words"
        for refused in (outside, lambda: pathlib.Path(__file__).write_text("")):
            try:
                refused()
            except OSError:
                continue
            raise AssertionError("that should not be possible")
        pathlib.Path("/tmp/made").write_text("fine")

    def outside():
        socket.create_connection(("192.0.2.1", 80), 5)

    def run(raw):
        return [alpha.__version__]
"""


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Studio]:
    """A workspace whose only package is alpha, with `letters:1` that declares it and
    `bare:1`, which is nothing but the base image."""
    index = LocalIndex()
    index.wheel("alpha", "1.0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with index.served() as url:
        monkeypatch.setenv("UV_DEFAULT_INDEX", url)
        studio = create_workspace(tmp_path / "letters")
        studio.environments.create("letters", Declaration("pip", "alpha\n"))
        studio.environments.create("bare", Declaration("image", image=BASE))
        yield studio
        studio.close()


@pytest.fixture
def wish(own_docker_engine: TestEngine) -> ImageWish:
    return ImageWish(BASE, EngineContext("tests", own_docker_engine.host))


def spec(folder: Path, environment: str, text: str) -> DeploymentSpec:
    code = folder / "code"
    code.mkdir()
    (code / "score.py").write_text(dedent(text))
    (code / "words.txt").write_text("words")
    return DeploymentSpec(
        *("e", "d"),
        model="m:1",
        code=str(code),
        scoring_script="score.py",
        environment=environment,
        trust=True,
    )


def left(engine: DockerEngine) -> list[object]:
    """Containers of trials, and volumes that no container has any more."""
    trials = engine.api.containers(all=True, filters={"label": LABEL + "trial"})
    dangling = engine.api.volumes(filters={"dangling": True})["Volumes"]
    return [*trials, *(dangling or ())]


def test_that_a_model_is_tried_in_an_image_that_it_cannot_get_out_of(
    letters: Studio, wish: ImageWish, own_engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "model.txt").write_text("a model")
    letters.models.register("m", tmp_path / "model.txt")
    wanted = spec(tmp_path, "letters:1", SHUT_IN)
    report = letters.twin.check_deployment(wanted, image=wish)
    assert report.passed, report.reasons
    assert report.image.startswith("mlops-studio/environment:")
    (alpha,) = [row for row in report.rows if row.name == "alpha"]
    assert (alpha.declared, alpha.locked, alpha.imported) == ("any", "1.0", "1.0")
    assert left(own_engine) == []
    own_engine.api.remove_image(report.image)


def test_that_an_image_of_others_is_told_what_it_lacks(
    letters: Studio, wish: ImageWish, own_engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "model.txt").write_text("a model")
    letters.models.register("m", tmp_path / "model.txt")
    wanted = spec(tmp_path, "bare:1", SHUT_IN)
    report = letters.twin.check_deployment(wanted, image=wish)
    assert not report.passed and "alpha" in report.words
    rows = {row.name: row for row in report.rows}
    assert rows["alpha"].verdict == "missing"
    assert rows["pip"].locked and rows["pip"].verdict == "unused"
    assert "An image has no lock" in report.notes[0]
    assert left(own_engine) == []


def test_that_the_command_line_tries_a_model_in_an_image(
    letters: Studio,
    own_docker_engine: TestEngine,
    own_engine: DockerEngine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "model.pkl").write_bytes(b"a pickle that is never read")
    letters.models.register("m", tmp_path / "model.pkl")
    monkeypatch.setenv("DOCKER_HOST", own_docker_engine.host)
    words = ["--json", "--workspace", str(letters.workspace.root), "environments"]
    asked = ["check", "letters", "--model", "m:1", "--trust", "--base", BASE]
    ended = subprocess.run(
        [sys.executable, "-m", "studio", *words, *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(ended.stdout)
    assert (ended.returncode, told["passed"]) == (1, False)
    assert "pandas" in told["reasons"][0]
    assert told["image"].startswith("mlops-studio/environment:")
    assert left(own_engine) == []
    own_engine.api.remove_image(told["image"])


KILLED = """
import pathlib, sys
from studio.bootstrap import open_workspace
from studio.domain.container_engine import EngineContext
from studio.domain.endpoint import DeploymentSpec
from studio.services.environments.twin import ImageWish

root, code, host = sys.argv[1:]
given = {"code": code, "scoring_script": "score.py", "environment": "bare"}
spec = DeploymentSpec("e", "d", **given)
wish = ImageWish(context=EngineContext("tests", host))
open_workspace(pathlib.Path(root)).twin.check_deployment(spec, image=wish)
"""


def test_that_a_trial_ends_with_the_studio(
    letters: Studio,
    own_docker_engine: TestEngine,
    own_engine: DockerEngine,
    tmp_path: Path,
) -> None:
    spec(tmp_path, "bare:1", "import threading\nthreading.Event().wait()\n")
    words = (letters.workspace.root, tmp_path / "code", own_docker_engine.host)
    studio = subprocess.Popen([sys.executable, "-c", KILLED, *map(str, words)])
    try:
        asked = {"label": LABEL + "trial", "status": "running"}
        eventually(lambda: own_engine.api.containers(filters=asked), "a trial", 60)
    finally:
        studio.kill()
        studio.wait()
    eventually(lambda: not left(own_engine), "the container's end", 60)


def test_that_a_cancelled_trial_leaves_no_container(
    letters: Studio, wish: ImageWish, own_engine: DockerEngine, tmp_path: Path
) -> None:
    (tmp_path / "model.txt").write_text("a model")
    letters.models.register("m", tmp_path / "model.txt")
    waits = "import threading\nthreading.Event().wait()\n"
    wanted = spec(tmp_path, "bare:1", waits)
    cancel = threading.Event()
    running: list[object] = []

    def watch(told: Progress) -> None:
        if told.phase == "try":
            threading.Thread(target=stop).start()

    def stop() -> None:
        asked = {"label": LABEL + "trial", "status": "running"}
        while not running:
            running.extend(own_engine.api.containers(filters=asked))
        cancel.set()

    with pytest.raises(WorkCancelled):
        letters.twin.check_deployment(wanted, image=wish, progress=watch, cancel=cancel)
    assert running and left(own_engine) == []
