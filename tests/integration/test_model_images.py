"""A model as an image that needs nothing but `docker run`."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import joblib
import pytest
from docker_engine import TestEngine
from our_lock import SKLEARN, our_indexes, our_lock
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from studio.environments.image_making import (
    ImageSource,
    environment_image,
    lineage,
    model_image,
    platform_of,
)
from studio.environments.image_packages import unpack_packages
from studio.environments.model_image import ServedModel, server_requirements
from studio.environments.software_bill import software_bill
from studio.environments.tool import Progress
from studio.targets.docker_engine import DockerEngine

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(600)]

BASE = "studio-test-base:1"
WAIT_SECONDS = 60


@pytest.fixture
def iris(tmp_path: Path) -> tuple[Path, Any]:
    rows, kinds = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(rows, kinds)
    folder = tmp_path / "model"
    folder.mkdir()
    joblib.dump(model, folder / "model.joblib")
    return folder, model


@contextmanager
def running(engine: DockerEngine, image: str, **variables: str) -> Iterator[str]:
    """As `docker run --read-only --publish 127.0.0.1::8080` does; its id."""
    api = engine.api
    config = api.create_host_config(
        port_bindings={8080: ("127.0.0.1", None)}, read_only=True, cap_drop=["ALL"]
    )
    made = api.create_container(
        image, host_config=config, environment=variables, ports=[8080]
    )["Id"]
    try:
        api.start(made)
        yield made
    finally:
        api.remove_container(made, force=True)


def state(engine: DockerEngine, container: str) -> dict[str, Any]:
    return dict(engine.api.inspect_container(container)["State"])


def wait_for_health(engine: DockerEngine, container: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while (now := state(engine, container))["Health"]["Status"] != "healthy":
        assert now["Running"], engine.api.logs(container).decode()
        assert time.monotonic() < deadline, now
        time.sleep(0.1)


def score(engine: DockerEngine, container: str, key: str, body: object) -> Any:
    port = engine.api.port(container, 8080)[0]["HostPort"]
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/score",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_that_a_scikit_learn_model_runs_anywhere_with_docker_run(
    engine: DockerEngine,
    docker_engine: TestEngine,
    iris: tuple[Path, Any],
    tmp_path: Path,
) -> None:
    folder, model = iris
    indexes = our_indexes()
    lock = our_lock(platform_of(engine), *SKLEARN)
    assert server_requirements(lock, "sklearn") == ["httptools>=0.6"]
    library = tmp_path / "library"
    unpack_packages(
        our_lock(platform_of(engine), "httptools"), library, indexes=indexes
    )
    environment = environment_image(
        engine, ImageSource("iris-env:1", lock, BASE), indexes=indexes
    )
    bill = software_bill("iris", "1", lock)
    served = ServedModel(
        "sklearn", model=folder, library=library, deployment="blue", bill=bill
    )
    image = model_image(
        engine,
        served,
        environment.tag,
        "studio-test/iris:1",
        labels=lineage(model="iris:1", run="r-1"),
    )
    with running(engine, image.tag, STUDIO_KEY="first") as container:
        wait_for_health(engine, container)
        rows = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]
        answer = score(engine, container, "first", {"data": rows})
        assert answer == {"predictions": model.predict(rows).tolist()}
        with pytest.raises(urllib.error.HTTPError, match="401"):
            score(engine, container, "second", {"data": rows})
        assert docker_engine.docker("exec", container, "id", "-u") == "10001\n"
        kept = "/opt/studio/server/sbom.cdx.json"
        assert docker_engine.docker("exec", container, "cat", kept) == bill
        began = time.monotonic()
        engine.api.stop(container)
        assert time.monotonic() - began < 8  # it ends by itself, it isn't killed
        assert state(engine, container)["ExitCode"] == 0
    labels = engine.api.inspect_image(image.id)["Config"]["Labels"]
    assert labels["mlops-studio.model"] == "iris:1"
    assert labels["mlops-studio.environment"] == "iris-env:1"
    assert labels["mlops-studio.lock"] == lock.digest
    assert labels["mlops-studio.base"].startswith("sha256:")


def test_that_a_changed_scoring_script_makes_one_layer(
    engine: DockerEngine, tmp_path: Path
) -> None:
    indexes, lock = our_indexes(), our_lock(platform_of(engine), "httptools")
    environment = environment_image(
        engine, ImageSource("script-env:1", lock, BASE), indexes=indexes
    )
    code = tmp_path / "code"
    code.mkdir()
    (tmp_path / "words.txt").write_text("from a file")
    told: list[Progress] = []

    def build(word: str) -> str:
        (code / "score.py").write_text(
            "from pathlib import Path\n"
            "def init(): pass\n"
            "def run(raw):\n"
            "    asset = Path('/opt/studio/assets/words.txt').read_text()\n"
            f"    return [{word!r}, asset]\n"
        )
        served = ServedModel(
            "script",
            code=code,
            script="score.py",
            assets={"words.txt": tmp_path / "words.txt"},
        )
        told.clear()
        return model_image(
            engine,
            served,
            environment.tag,
            "studio-test/script:1",
            progress=told.append,
        ).id

    build("old")
    image = build("new")
    steps = [each.message for each in told]
    made = [each for each in steps if re.match(r" ---> [0-9a-f]{12}$", each)]
    reused = [each for each in steps if each == " ---> Using cache"]
    assert len(made) - len(reused) == 2  # FROM, and the code
    with running(engine, image) as container:
        wait_for_health(engine, container)
        log = engine.api.logs(container).decode()
        found = re.search(r"No key was given; .*: (\S+)", log)
        assert found, log
        assert score(engine, container, found[1], {}) == ["new", "from a file"]


def test_that_a_model_that_cant_be_loaded_is_told_in_the_log(
    engine: DockerEngine, tmp_path: Path
) -> None:
    indexes, lock = our_indexes(), our_lock(platform_of(engine), "httptools")
    environment = environment_image(
        engine, ImageSource("script-env:1", lock, BASE), indexes=indexes
    )
    (tmp_path / "model.onnx").write_bytes(b"not a model")
    served = ServedModel("onnx", model=tmp_path / "model.onnx")
    image = model_image(engine, served, environment.tag, "studio-test/broken:1")
    with running(engine, image.id) as container:
        assert engine.api.wait(container, timeout=60)["StatusCode"] == 1
        log = engine.api.logs(container).decode()
    assert "No module named 'onnxruntime'" in log
